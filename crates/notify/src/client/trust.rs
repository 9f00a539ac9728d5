//! TLS: whom a channel trusts, and the sentence when it cannot.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use allswell_model::settings::Mistake;
use rustls::client::Resumption;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, IpAddr, ServerName};
use rustls::{CertificateError, ClientConfig, Error, RootCertStore};
use tokio::net::TcpStream;
use tokio::time::timeout_at;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::client::place::Host;

/// How TLS is spoken with one host.
pub(crate) struct Tls {
    connector: TlsConnector,
    name: ServerName<'static>,
}

impl Tls {
    /// `ca` is the path of a PEM file with the only authorities to trust.
    ///
    /// # Errors
    /// The file cannot be read, or the host is none that a certificate could name.
    pub(crate) fn read(host: &Host, ca: Option<&str>) -> Result<Self, Mistake> {
        let name = match host {
            Host::Name(name) => ServerName::try_from(name.trim_end_matches('.').to_owned())
                .map_err(|_| Mistake::of("url", format!("no certificate can be made out for the name `{name}`")))?,
            Host::Address(address) => ServerName::IpAddress(IpAddr::from(*address)),
        };
        let roots = match ca {
            Some(path) => Arc::new(own_roots(path)?),
            None => system_roots(),
        };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Mistake::whole(format!("TLS cannot be set up ({error})")))?;
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::in_memory_sessions(4);
        Ok(Self { connector: TlsConnector::from(Arc::new(config)), name })
    }

    /// The handshake.
    ///
    /// # Errors
    /// One sentence; nothing but the handshake was sent then.
    pub(crate) async fn secure(&self, line: TcpStream, shown: &str, until: Instant) -> Result<TlsStream<TcpStream>, String> {
        match timeout_at(until.into(), self.connector.connect(self.name.clone(), line)).await {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(refused(shown, &error)),
            Err(_) => Err(format!("{shown} accepted the connection, then did not end its TLS handshake in time.")),
        }
    }
}

fn refused(shown: &str, error: &std::io::Error) -> String {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    match tls {
        Some(Error::InvalidCertificate(why)) => {
            let why = match why {
                CertificateError::UnknownIssuer => "its issuer is not among the trusted authorities; `ca` names others",
                CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => "it is not valid yet",
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => "it is made out for another name",
                _ => "it cannot be verified",
            };
            format!("The certificate of {shown} is refused: {why}.")
        }
        // The alerts of TLS and the kinds of its mistakes are words of its standard, nothing that the peer wrote.
        Some(Error::AlertReceived(alert)) => format!("{shown} ended the TLS handshake ({alert:?})."),
        Some(_) => format!("{shown} does not speak TLS as it should."),
        None => format!("{shown} broke off the TLS handshake ({}).", error.kind()),
    }
}

fn own_roots(path: &str) -> Result<RootCertStore, Mistake> {
    let wrong = |why: String| Mistake::of("ca", format!("`ca` {path} {why}"));
    let pem = std::fs::read(Path::new(path)).map_err(|error| wrong(format!("cannot be read ({error})")))?;
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|error| wrong(format!("is not PEM ({error})")))?;
        roots.add(certificate).map_err(|error| wrong(format!("holds a certificate that cannot be used ({error})")))?;
    }
    if roots.is_empty() { Err(wrong("holds no certificate".into())) } else { Ok(roots) }
}

/// The system's authorities, read once and shared by all channels for as long as the program runs; Mozilla's where the system has none.
fn system_roots() -> Arc<RootCertStore> {
    static KEPT: Mutex<Option<Arc<RootCertStore>>> = Mutex::new(None);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(roots) = &*kept {
        return Arc::clone(roots);
    }
    let found = rustls_native_certs::load_native_certs();
    // Half a list, read for want of descriptors, must not be kept for ever.
    let is_whole = !found.errors.iter().any(|error| matches!(error.kind, rustls_native_certs::ErrorKind::Io { .. }));
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let roots = Arc::new(roots);
    *kept = is_whole.then(|| Arc::clone(&roots));
    roots
}
