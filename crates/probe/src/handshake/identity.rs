//! Who we are: the client certificate, and whether a server asked for one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustls::SignatureScheme;
use rustls::client::ResolvesClientCert;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::handshake::provider::PROVIDER;
use allswell_model::settings::{Mistake, Settings};

/// Reads `certificate` and `key`, which need each other.
pub(super) fn read(settings: &Settings) -> Result<Option<Arc<CertifiedKey>>, Mistake> {
    let (certificate, key) = match (settings.text("certificate"), settings.text("key")) {
        (None, None) => return Ok(None),
        (Some(certificate), Some(key)) => (certificate, key),
        (Some(_), None) => return Err(Mistake::of("key", "`certificate` needs its `key`")),
        (None, Some(_)) => return Err(Mistake::of("certificate", "`key` needs its `certificate`")),
    };
    let chain = certificates("certificate", certificate)?;
    let key_der = PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("key", key, "private key that is not encrypted", &error))?;
    CertifiedKey::from_der(chain, key_der, &PROVIDER)
        .map(|identity| Some(Arc::new(identity)))
        .map_err(|error| Mistake::of("key", format!("`key` {key} does not belong to `certificate` {certificate} ({error})")))
}

/// All certificates of a PEM file; at least one.
pub(super) fn certificates(setting: &str, path: &str) -> Result<Vec<CertificateDer<'static>>, Mistake> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_file_iter(Path::new(path)).and_then(Iterator::collect);
    match all {
        Ok(all) if all.is_empty() => Err(unreadable(setting, path, "certificate", &pem::Error::NoItemsFound)),
        Ok(all) => Ok(all),
        Err(error) => Err(unreadable(setting, path, "certificate", &error)),
    }
}

fn unreadable(setting: &str, path: &str, what: &str, error: &pem::Error) -> Mistake {
    match error {
        pem::Error::Io(error) => Mistake::of(setting, format!("`{setting}` {path} cannot be read ({error})")),
        pem::Error::NoItemsFound => Mistake::of(setting, format!("`{setting}` {path} holds no {what} in PEM")),
        other => Mistake::of(setting, format!("`{setting}` {path} is malformed ({other})")),
    }
}

/// Shows our certificate to a server that asks, and remembers that it asked.
#[derive(Debug)]
pub(super) struct Shown {
    identity: Option<Arc<CertifiedKey>>,
    asked: AtomicBool,
}

impl Shown {
    pub(super) fn new(identity: Option<Arc<CertifiedKey>>) -> Self {
        Self { identity, asked: AtomicBool::new(false) }
    }

    /// The server asked.
    pub(super) fn was_asked(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }
}

impl ResolvesClientCert for Shown {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.asked.store(true, Ordering::Relaxed);
        self.identity.clone()
    }

    fn has_certs(&self) -> bool {
        self.identity.is_some()
    }
}
