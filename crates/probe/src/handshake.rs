//! The TLS client that tls, https and dns+tls share. Each handshake is a full one: no session is ever resumed,
//! because a resumed one shows no certificate.

mod alert;
mod arbiter;
mod identity;
mod provider;
mod refusal;
mod trust;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use allswell_model::{DownCause, Stage};
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::pki_types::{DnsName, IpAddr, ServerName};
use rustls::sign::CertifiedKey;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::attempt::Attempt;
use crate::certificate;
use crate::ending::spot;
use crate::failure::Failure;
use crate::locator::{Endpoint, Host};
use crate::wire::{self, Line, Wire};
use allswell_model::quantity::spoken;
use allswell_model::settings::{Mistake, SettingKind, SettingSpec, Settings};
use identity::Shown;
use provider::PROVIDER;
use refusal::Refusal;
pub(crate) use refusal::{broken, lost};
pub(crate) use trust::Authorities;
use trust::{Trust, Witness};

/// The settings of every protocol over TLS.
pub(crate) const TLS_SETTINGS: &[SettingSpec] = &[
    SettingSpec {
        name: "verify",
        kind: SettingKind::Bool,
        default: Some("true"),
        doc: "whether the certificate must be trusted, valid now, and made out for the name; what it says is measured in any case",
    },
    SettingSpec {
        name: "server_name",
        kind: SettingKind::Text,
        default: None,
        doc: "the name to ask for (SNI) and to verify; unset: the URL's host",
    },
    SettingSpec {
        name: "ca",
        kind: SettingKind::File,
        default: None,
        doc: "PEM file of the only authorities to trust; unset: the system's, or Mozilla's where the system has none",
    },
    SettingSpec {
        name: "certificate",
        kind: SettingKind::File,
        default: None,
        doc: "PEM file of a client certificate with its chain, shown when the server asks for one; needs `key`",
    },
    SettingSpec { name: "key", kind: SettingKind::File, default: None, doc: "PEM file of the client certificate's key, not encrypted" },
];

/// How a probe speaks TLS: made once, used for every handshake.
pub(crate) struct Client {
    /// Its verifier and client certificate are put in for each handshake, because they take notes.
    config: ClientConfig,
    trust: Trust,
    identity: Option<Arc<CertifiedKey>>,
    name: ServerName<'static>,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("name", &self.name).finish_non_exhaustive()
    }
}

/// A verified stream, and what can be said of it from outside.
pub(crate) struct Secured {
    pub(crate) stream: TlsStream<Wire>,
    pub(crate) line: Line,
    /// The server asked for a client certificate, and with TLS 1.3 has not yet said what it thinks of the answer.
    pub(crate) may_object: bool,
}

impl Client {
    /// Reads [`TLS_SETTINGS`]; `alpn` is what to offer, the preferred first.
    ///
    /// # Errors
    /// Files that are missing or malformed, a name that is none.
    pub(crate) fn read(settings: &Settings, endpoint: &Endpoint, alpn: Vec<Vec<u8>>) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let name = settings.text("server_name").map_or_else(|| server_name(&endpoint.host), typed_name);
        let trust = Trust::read(settings);
        let identity = identity::read(settings);
        let config = config(alpn);
        mistakes.extend(name.as_ref().err().cloned());
        mistakes.extend(trust.as_ref().err().cloned());
        mistakes.extend(identity.as_ref().err().cloned());
        mistakes.extend(config.as_ref().err().cloned());
        match (name, trust, identity, config) {
            (Ok(name), Ok(trust), Ok(identity), Ok(config)) => Ok(Self { config, trust, identity, name }),
            _ => Err(mistakes),
        }
    }

    /// For another service of the same host, that a redirect named: our certificate is not meant for it.
    pub(crate) fn at_another_port(&self) -> Self {
        Self { config: self.config.clone(), trust: self.trust.clone(), identity: None, name: self.name.clone() }
    }

    /// For another host that a redirect named: neither `server_name` nor our certificate is meant for it.
    ///
    /// # Errors
    /// Its name is none that a certificate could hold.
    pub(crate) fn stranger(&self, host: &Host) -> Result<Self, Mistake> {
        Ok(Self { name: server_name(host)?, ..self.at_another_port() })
    }

    /// Whether the peer must prove who it is.
    pub(crate) fn verifies(&self) -> bool {
        !matches!(self.trust, Trust::Anyone)
    }

    /// The stage `tls`, whole. What the certificates say is measured also when they are refused.
    ///
    /// # Errors
    /// Which way it failed; nothing but the handshake itself was sent then.
    pub(crate) async fn handshake(&self, attempt: &mut Attempt, stream: TcpStream, peer: SocketAddr) -> Result<Secured, Failure> {
        attempt.enter(Stage::TLS);
        let arbiter = self.trust.arbiter(&attempt.environment.authorities)?;
        // A handshake is several small writes; none may wait for the acknowledgement of another.
        let _ = stream.set_nodelay(true);
        let witness = Arc::new(Witness::new(Arc::clone(&PROVIDER), arbiter));
        let shown = Arc::new(Shown::new(self.identity.clone()));
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(Arc::clone(&witness) as _);
        config.client_auth_cert_resolver = Arc::clone(&shown) as _;
        let (wire, line) = wire::tapped(stream);
        let connecting = TlsConnector::from(Arc::new(config)).connect(self.name.clone(), wire);
        let ended = attempt.within(connecting).await;
        let chain = witness.chain();
        let agreed = if let Ok(Ok(stream)) = &ended { self.measure_agreed(attempt, stream) } else { String::new() };
        certificate::measure(attempt, &chain, witness.sent(), trust::now());
        attempt.facts(agreed);
        let refusal = Refusal { name: &self.name, peer, chain: &chain, line: &line, shown: &shown };
        match ended {
            Ok(Ok(stream)) => Ok(Secured { may_object: shown.was_asked() && is_13(&stream), stream, line }),
            Ok(Err(error)) => Err(refusal.failure(&error)),
            Err(_) => Err(silent(attempt, &line, peer)),
        }
    }

    /// `TLS 1.3`.
    fn measure_agreed(&self, attempt: &mut Attempt, stream: &TlsStream<Wire>) -> String {
        let (_, connection) = stream.get_ref();
        let version = if is_13(stream) { "1.3" } else { "1.2" };
        attempt.measure("tls_version", version);
        if let Some(suite) = connection.negotiated_cipher_suite() {
            attempt.measure("tls_cipher", iana_name(suite.suite()));
        }
        if let Some(protocol) = connection.alpn_protocol() {
            attempt.measure("tls_alpn", String::from_utf8_lossy(protocol).into_owned());
        }
        format!("TLS {version}")
    }
}

fn is_13(stream: &TlsStream<Wire>) -> bool {
    stream.get_ref().1.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_3)
}

/// The library writes `TLS13_AES_...` where IANA writes `TLS_AES_...`.
fn iana_name(suite: rustls::CipherSuite) -> String {
    let name = suite.as_str().unwrap_or("unknown");
    name.strip_prefix("TLS13_").map_or_else(|| name.to_owned(), |rest| format!("TLS_{rest}"))
}

fn config(alpn: Vec<Vec<u8>>) -> Result<ClientConfig, Mistake> {
    let nobody = Arc::new(Witness::new(Arc::clone(&PROVIDER), None));
    let versions = ClientConfig::builder_with_provider(Arc::clone(&PROVIDER)).with_safe_default_protocol_versions();
    let builder = versions.map_err(|error| Mistake::whole(format!("TLS cannot be set up ({error})")))?;
    let mut config = builder.dangerous().with_custom_certificate_verifier(nobody).with_no_client_auth();
    config.alpn_protocols = alpn;
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// What a certificate must be made out for.
fn server_name(host: &Host) -> Result<ServerName<'static>, Mistake> {
    match host {
        Host::Name(name) => DnsName::try_from(name.trim_end_matches('.').to_owned())
            .map(ServerName::DnsName)
            .map_err(|_| Mistake::of("url", format!("no certificate can be made out for the name `{name}`")).hint("set `server_name`")),
        Host::Address(address) => Ok(ServerName::IpAddress(IpAddr::from(*address))),
        Host::Scoped(address, _) => Ok(ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V6(*address)))),
    }
}

fn typed_name(text: &str) -> Result<ServerName<'static>, Mistake> {
    ServerName::try_from(text.to_owned())
        .map_err(|_| Mistake::of("server_name", format!("`server_name` takes a host name or an address, not `{text}`")))
}

/// The deadline came in the middle of the handshake.
fn silent(attempt: &Attempt, line: &Line, peer: SocketAddr) -> Failure {
    let at = spot(peer);
    let waited = spoken(attempt.in_stage());
    let reason = match line.watch.received() {
        0 => format!("{at} accepted the connection, then no byte of TLS for {waited}: it hangs, or does not speak TLS."),
        bytes => format!("{at} sent {bytes} bytes of its TLS handshake in {waited}, then nothing."),
    };
    Failure::down(Stage::TLS, DownCause::TIMED_OUT, reason)
}
