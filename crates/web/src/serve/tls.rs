//! TLS for the pages: a chain and a key from PEM files, read again when they change on the disk.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use rustls::ServerConfig;
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::patient::Patient;

/// The files are looked at no more often than this.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// What a client hears that does not speak TLS: a browser that was given the wrong scheme.
const NOT_TLS: &[u8] = b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 49\r\nConnection: close\r\n\r\n\
    This port speaks TLS: its address is https://...\n";

/// A certificate and its key. Clones are one: what one reads anew all use.
#[derive(Clone)]
pub struct Tls(Arc<Inner>);

struct Inner {
    certificate: PathBuf,
    key: PathBuf,
    config: RwLock<Arc<ServerConfig>>,
    looked: Mutex<Instant>,
    /// As they were when they were read; held while they are read again.
    read: Mutex<Changed>,
}

/// When each file was changed last, where it is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Changed([Option<SystemTime>; 2]);

/// Why there is no TLS, in one sentence that names the file.
#[derive(Debug)]
pub enum TlsError {
    /// A file cannot be read.
    Unreadable(PathBuf, io::Error),
    /// A file holds nothing of what it should: certificates, or a private key.
    Nothing(PathBuf, &'static str),
    /// A file is not PEM.
    NotPem(PathBuf),
    /// Certificate and key do not fit together, or are of a kind that is not spoken here.
    Unfit(PathBuf, PathBuf, rustls::Error),
}

impl fmt::Display for TlsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, error) => write!(f, "{} cannot be read: {error}.", path.display()),
            Self::Nothing(path, what) => write!(f, "{} holds no {what} in PEM.", path.display()),
            Self::NotPem(path) => write!(f, "{} is not PEM.", path.display()),
            Self::Unfit(certificate, key, error) => {
                write!(f, "The certificate of {} cannot be used with the key of {}: {error}.", certificate.display(), key.display())
            }
        }
    }
}

impl std::error::Error for TlsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable(_, error) => Some(error),
            Self::Unfit(.., error) => Some(error),
            Self::Nothing(..) | Self::NotPem(_) => None,
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.0.certificate).field("key", &self.0.key).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads a chain, the server's certificate first, and its private key (PKCS#8, PKCS#1 or SEC1). It blocks for the disk.
    ///
    /// # Errors
    /// When a file cannot be read, is not what it should be, or both do not fit together.
    pub fn read(certificate: &Path, key: &Path) -> Result<Self, TlsError> {
        let changed = Changed::of(certificate, key);
        let config = RwLock::new(configured(certificate, key)?);
        let (looked, read) = (Mutex::new(Instant::now()), Mutex::new(changed));
        Ok(Self(Arc::new(Inner { certificate: certificate.to_owned(), key: key.to_owned(), config, looked, read })))
    }

    /// Reads the files again when they have changed, and answers whether they had; a reload asks so. It blocks for the disk.
    ///
    /// # Errors
    /// As of [`Tls::read`]; what was read before stays in use.
    pub fn renew(&self) -> Result<bool, TlsError> {
        let mut read = self.0.read.lock().unwrap_or_else(PoisonError::into_inner);
        let changed = Changed::of(&self.0.certificate, &self.0.key);
        if *read == changed {
            return Ok(false);
        }
        let config = configured(&self.0.certificate, &self.0.key)?;
        *read = changed;
        *self.0.config.write().unwrap_or_else(PoisonError::into_inner) = config;
        Ok(true)
    }

    /// Greets a client with the certificate of now. The caller sets the deadline.
    pub(super) async fn shake(&self, stream: TcpStream, stalled: Duration) -> io::Result<TlsStream<Patient<TcpStream>>> {
        if self.falls_due() {
            let renewing = self.clone();
            // The disk may be slow; this client gets the certificate that is there.
            tokio::task::spawn_blocking(move || renewing.renew_or_say());
        }
        let mut first = [0_u8];
        if stream.peek(&mut first).await? == 1 && first.iter().all(u8::is_ascii_alphabetic) {
            let _ = stream.try_write(NOT_TLS);
            return Err(io::Error::other("it spoke plain HTTP"));
        }
        let config = Arc::clone(&self.0.config.read().unwrap_or_else(PoisonError::into_inner));
        TlsAcceptor::from(config).accept(Patient::new(stream, stalled)).await
    }

    /// Whether it is time to look at the files; once it was said, not for a while.
    fn falls_due(&self) -> bool {
        let mut looked = self.0.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let due = looked.elapsed() >= LOOK_EVERY;
        if due {
            *looked = Instant::now();
        }
        due
    }

    fn renew_or_say(&self) {
        match self.renew() {
            Ok(false) => {}
            Ok(true) => tracing::info!(certificate = %self.0.certificate.display(), "the page's new certificate is in use"),
            Err(error) => tracing::warn!(%error, "the page goes on with its old certificate"),
        }
    }
}

impl Changed {
    fn of(certificate: &Path, key: &Path) -> Self {
        Self([certificate, key].map(|path| std::fs::metadata(path).and_then(|found| found.modified()).ok()))
    }
}

fn configured(certificate: &Path, key: &Path) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Vec<_> = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect)
        .map_err(|error| unread(certificate, "certificate", error))?;
    if chain.is_empty() {
        return Err(TlsError::Nothing(certificate.to_owned(), "certificate"));
    }
    let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, "private key", error))?;
    let unfit = |error| TlsError::Unfit(certificate.to_owned(), key.to_owned(), error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(unfit)?;
    let mut config = builder.with_no_client_auth().with_single_cert(chain, secret).map_err(unfit)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn unread(path: &Path, what: &'static str, error: pem::Error) -> TlsError {
    match error {
        pem::Error::Io(error) => TlsError::Unreadable(path.to_owned(), error),
        pem::Error::NoItemsFound => TlsError::Nothing(path.to_owned(), what),
        _ => TlsError::NotPem(path.to_owned()),
    }
}

#[cfg(test)]
mod tests;
