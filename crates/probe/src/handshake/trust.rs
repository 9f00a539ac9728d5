//! Whom we trust, and the verifier that writes down what it was shown before it judges.

use std::sync::{Arc, Mutex, PoisonError};

use allswell_model::{Stage, UnknownCause};
use allswell_os::clock;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{DigitallySignedStruct, Error, RootCertStore, SignatureScheme};

use crate::certificate::Certificate;
use crate::failure::Failure;
use crate::handshake::arbiter::{Arbiter, Shown};
use crate::handshake::identity;
use crate::handshake::provider::PROVIDER;
use allswell_model::settings::{Mistake, Settings};

/// Whom a probe trusts.
#[derive(Debug, Clone)]
pub(super) enum Trust {
    /// The system's authorities.
    System,
    /// The authorities of a file.
    Own(Arbiter),
    /// Whoever answers.
    Anyone,
}

impl Trust {
    /// Reads `verify` and `ca`.
    pub(super) fn read(settings: &Settings) -> Result<Self, Mistake> {
        let own = settings.text("ca").map(own_authorities).transpose()?;
        Ok(match (settings.bool("verify"), own) {
            (false, _) => Self::Anyone,
            (true, Some(own)) => Self::Own(own),
            (true, None) => Self::System,
        })
    }

    /// `None` trusts anyone.
    pub(super) fn arbiter(&self, authorities: &Authorities) -> Result<Option<Arbiter>, Failure> {
        match self {
            Self::Anyone => Ok(None),
            Self::Own(own) => Ok(Some(own.clone())),
            Self::System => authorities.verifier().map(|verifier| Some(Arbiter::new(verifier, Vec::new()))),
        }
    }
}

fn own_authorities(path: &str) -> Result<Arbiter, Mistake> {
    let mut roots = RootCertStore::empty();
    let given = identity::certificates("ca", path)?;
    for certificate in &given {
        roots
            .add(certificate.clone())
            .map_err(|error| Mistake::of("ca", format!("`ca` {path} holds a certificate that cannot be read ({error})")))?;
    }
    let paths = verifier_of(roots).map_err(|error| Mistake::of("ca", format!("`ca` {path} cannot be used ({error})")))?;
    Ok(Arbiter::new(paths, given))
}

fn verifier_of(roots: RootCertStore) -> Result<Arc<WebPkiServerVerifier>, String> {
    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&PROVIDER)).build().map_err(|error| error.to_string())
}

/// The system's authorities: read when the first probe needs them, then kept.
#[derive(Debug, Default)]
pub(crate) struct Authorities(Mutex<Option<Arc<WebPkiServerVerifier>>>);

impl Authorities {
    /// Mozilla's list stands in where the system has none.
    fn verifier(&self) -> Result<Arc<WebPkiServerVerifier>, Failure> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(verifier) = &*kept {
            return Ok(Arc::clone(verifier));
        }
        let verifier = verifier_of(system_roots()?).map_err(|error| {
            Failure::unknown(Stage::TLS, UnknownCause::BUG, format!("Not judged: the trusted authorities cannot be used ({error})."))
        })?;
        *kept = Some(Arc::clone(&verifier));
        Ok(verifier)
    }
}

fn system_roots() -> Result<RootCertStore, Failure> {
    let found = rustls_native_certs::load_native_certs();
    // Half a list read for want of descriptors must not be kept: it would blame targets for ever.
    let starved = found.errors.iter().find_map(|error| match &error.kind {
        rustls_native_certs::ErrorKind::Io { inner, .. } => Failure::our_own(&Stage::TLS, inner),
        _ => None,
    });
    if let Some(failure) = starved {
        return Err(failure);
    }
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    Ok(roots)
}

/// Writes down the chain, then judges it: what it refuses is known all the same.
#[derive(Debug)]
pub(super) struct Witness {
    provider: Arc<CryptoProvider>,
    arbiter: Option<Arbiter>,
    shown: Mutex<Vec<CertificateDer<'static>>>,
}

impl Witness {
    pub(super) fn new(provider: Arc<CryptoProvider>, arbiter: Option<Arbiter>) -> Self {
        Self { provider, arbiter, shown: Mutex::new(Vec::new()) }
    }

    /// The certificates that can be read, the server's own first.
    pub(super) fn chain(&self) -> Vec<Certificate> {
        let shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        shown.iter().filter_map(Certificate::read).collect()
    }

    /// How many came.
    pub(super) fn sent(&self) -> usize {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let all = std::iter::once(end_entity).chain(intermediates).map(|der| der.clone().into_owned());
        *self.shown.lock().unwrap_or_else(PoisonError::into_inner) = all.collect();
        match &self.arbiter {
            Some(arbiter) => arbiter.decide(Shown { own: end_entity, intermediates, name: server_name, ocsp: ocsp_response, now }),
            None => Ok(ServerCertVerified::assertion()),
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// The wall clock, in seconds of Unix time.
pub(super) fn now() -> i64 {
    clock::wall_micros() / 1_000_000
}
