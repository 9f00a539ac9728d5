//! Who decides on a chain: a path to a trusted authority, or the very certificate that the operator named.

use std::sync::Arc;

use rustls::client::danger::{ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, Error};

use crate::certificate::Certificate;

/// Verifies paths, and knows the certificates that were given one by one.
///
/// A certificate that signed itself has no path to be verified: webpki refuses one that says it is an authority, which is
/// what `openssl req -x509` makes. Given as `ca` it is trusted for itself, as other clients do.
#[derive(Debug, Clone)]
pub(super) struct Arbiter {
    paths: Arc<WebPkiServerVerifier>,
    given: Arc<[CertificateDer<'static>]>,
}

/// What the server showed, and what it is held against.
#[derive(Clone, Copy)]
pub(super) struct Shown<'a> {
    pub(super) own: &'a CertificateDer<'a>,
    pub(super) intermediates: &'a [CertificateDer<'a>],
    pub(super) name: &'a ServerName<'a>,
    pub(super) ocsp: &'a [u8],
    pub(super) now: UnixTime,
}

impl Arbiter {
    pub(super) fn new(paths: Arc<WebPkiServerVerifier>, given: Vec<CertificateDer<'static>>) -> Self {
        Self { paths, given: given.into() }
    }

    pub(super) fn decide(&self, shown: Shown<'_>) -> Result<ServerCertVerified, Error> {
        let Shown { own, intermediates, name, ocsp, now } = shown;
        let verdict = self.paths.verify_server_cert(own, intermediates, name, ocsp, now);
        let no_path = matches!(&verdict, Err(Error::InvalidCertificate(CertificateError::Other(_) | CertificateError::UnknownIssuer)));
        if no_path && self.given.iter().any(|given| given == own) { in_itself(shown) } else { verdict }
    }
}

/// All that is left to check of a certificate that is trusted itself: its dates and its names.
fn in_itself(shown: Shown<'_>) -> Result<ServerCertVerified, Error> {
    let read = Certificate::read(shown.own).ok_or(CertificateError::BadEncoding)?;
    let now = i64::try_from(shown.now.as_secs()).unwrap_or(i64::MAX);
    if now > read.not_after {
        return Err(CertificateError::Expired.into());
    }
    if now < read.not_before {
        return Err(CertificateError::NotValidYet.into());
    }
    verify_server_name(&ParsedCertificate::try_from(shown.own)?, shown.name)?;
    Ok(ServerCertVerified::assertion())
}
