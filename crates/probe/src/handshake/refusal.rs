//! Why there is no TLS: each way in which a handshake fails, in a sentence.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use allswell_model::{DownCause, Stage};
use rustls::pki_types::ServerName;
use rustls::{AlertDescription, CertificateError, Error, PeerIncompatible};

use crate::certificate::Certificate;
use crate::ending::{Ending, find, foreign, glimpse, spot};
use crate::failure::Failure;
use crate::handshake::identity::Shown;
use crate::handshake::{alert, trust};
use crate::wire::Line;
use allswell_model::quantity::spoken;

/// All that a sentence may need.
pub(super) struct Refusal<'a> {
    pub(super) name: &'a ServerName<'static>,
    pub(super) peer: SocketAddr,
    pub(super) chain: &'a [Certificate],
    pub(super) line: &'a Line,
    pub(super) shown: &'a Shown,
}

impl Refusal<'_> {
    pub(super) fn failure(&self, error: &io::Error) -> Failure {
        if let Some(failure) = Failure::our_own(&Stage::TLS, error) {
            return failure;
        }
        match find::<Error>(error) {
            Some(Error::InvalidCertificate(why)) => self.certificate(why).said_by(self.peer.ip()),
            Some(Error::AlertReceived(alert)) => self.alert(*alert),
            _ if self.is_plain_text() => self.plain_text(),
            Some(other) => self.handshake(&in_words(other)),
            None => Ending::of(error).failure(Stage::TLS, self.peer, self.when()),
        }
    }

    fn when(&self) -> &'static str {
        if self.line.watch.received() == 0 { "instead of a TLS handshake" } else { "in the middle of the TLS handshake" }
    }

    fn down(&self, cause: DownCause, reason: String) -> Failure {
        Failure::down(Stage::TLS, cause, reason).said_by(self.peer.ip())
    }

    fn handshake(&self, why: &str) -> Failure {
        self.down(DownCause::HANDSHAKE_FAILED, format!("TLS handshake with {} failed: {why}.", spot(self.peer)))
    }

    /// A record of TLS begins with its kind, 20 to 23, and the major version 3.
    fn is_plain_text(&self) -> bool {
        match self.line.watch.opening().as_slice() {
            [] => false,
            [kind] => !(20..=23).contains(kind),
            [kind, major, ..] => !(20..=23).contains(kind) || *major != 3,
        }
    }

    fn plain_text(&self) -> Failure {
        let opening = glimpse(&self.line.watch.opening());
        self.down(DownCause::PROTOCOL, format!("{} does not speak TLS: it answered {opening}.", spot(self.peer)))
    }

    fn alert(&self, alert: AlertDescription) -> Failure {
        if alert == AlertDescription::CloseNotify {
            return Ending::Closed.failure(Stage::TLS, self.peer, self.when());
        }
        alert::failure(alert, self.peer, self.shown.was_asked())
    }

    /// `api.example.com at 192.0.2.7`; the address alone where it is the name.
    fn whose(&self) -> String {
        match self.name {
            ServerName::DnsName(name) => format!("{} at {}", name.as_ref(), spot(self.peer)),
            _ => spot(self.peer),
        }
    }

    fn wanted(&self) -> String {
        match self.name {
            ServerName::IpAddress(address) => std::net::IpAddr::from(*address).to_string(),
            other => other.to_str().into_owned(),
        }
    }

    fn certificate(&self, why: &CertificateError) -> Failure {
        match why {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => self.expired(),
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => self.not_yet_valid(),
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => self.wrong_name(),
            CertificateError::UnknownIssuer => self.unknown_issuer(),
            CertificateError::BadSignature => {
                self.untrusted("bears a signature that does not hold, or of a kind too weak to count (an RSA key below 2048 bits)")
            }
            CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => self.untrusted("is not made for a server"),
            CertificateError::Revoked => self.untrusted("is revoked"),
            CertificateError::BadEncoding => self.untrusted("cannot be read (bad encoding)"),
            CertificateError::Other(_) if self.is_self_signed() => self.self_signed(),
            other => self.untrusted(&format!("is refused ({other})")),
        }
    }

    fn expired(&self) -> Failure {
        let now = trust::now();
        let found = self.chain.iter().enumerate().find(|(_, certificate)| certificate.not_after < now);
        let since = |certificate: &Certificate| apart(now, certificate.not_after);
        let reason = match found {
            Some((0, own)) => format!("Certificate of {} expired {} ago (serial {}).", self.whose(), since(own), own.serial),
            Some((_, other)) => format!(
                "Certificate of {} is signed by {}, whose own certificate expired {} ago (serial {}).",
                self.whose(),
                other.subject,
                since(other),
                other.serial
            ),
            None => format!("Certificate of {} has expired.", self.whose()),
        };
        self.down(DownCause::CERTIFICATE_EXPIRED, reason)
    }

    fn not_yet_valid(&self) -> Failure {
        let now = trust::now();
        let reason = match self.chain.iter().find(|certificate| certificate.not_before > now) {
            Some(early) => format!(
                "Certificate of {} becomes valid in {} (serial {}): a clock is wrong, here or where it was made.",
                self.whose(),
                apart(now, early.not_before),
                early.serial
            ),
            None => format!("Certificate of {} is not yet valid.", self.whose()),
        };
        self.down(DownCause::CERTIFICATE_NOT_YET_VALID, reason)
    }

    fn wrong_name(&self) -> Failure {
        let own = self.chain.first();
        let presented = match own.map(|own| own.names.as_slice()) {
            Some([]) | None => format!("a certificate without names ({})", own.map_or("?", |own| own.subject.as_str())),
            Some([name]) => name.clone(),
            Some([one, two]) => format!("{one} and {two}"),
            Some([one, two, last]) => format!("{one}, {two} and {last}"),
            Some([one, two, rest @ ..]) => format!("{one}, {two} and {} more names", rest.len()),
        };
        let reason = format!("{} presented {presented} for {}: wrong virtual host?", spot(self.peer), self.wanted());
        self.down(DownCause::CERTIFICATE_WRONG_NAME, reason)
    }

    fn is_self_signed(&self) -> bool {
        self.chain.first().is_some_and(Certificate::is_self_signed)
    }

    fn self_signed(&self) -> Failure {
        self.untrusted("is self-signed: give it as `ca` to trust it")
    }

    fn unknown_issuer(&self) -> Failure {
        if self.is_self_signed() {
            return self.self_signed();
        }
        let Some(last) = self.chain.last() else { return self.untrusted("has no trusted authority") };
        let issuer = &last.issuer;
        match self.chain.len() {
            1 => self.untrusted(&format!(
                "is signed by {issuer}, which is not trusted here, and no intermediate certificate was sent: often an incomplete chain"
            )),
            _ => self.untrusted(&format!("leads to {issuer}, which is not trusted here: give it as `ca` to trust it")),
        }
    }

    fn untrusted(&self, why: &str) -> Failure {
        self.down(DownCause::CERTIFICATE_UNTRUSTED, format!("Certificate of {} {why}.", self.whose()))
    }
}

/// A connection that was lost after its handshake, for a reason of TLS. `None` when TLS has nothing to say.
pub(crate) fn lost(error: &io::Error, peer: SocketAddr) -> Option<Failure> {
    find::<Error>(error).map(|error| broken(error, peer))
}

/// The same, where the reason is in hand.
pub(crate) fn broken(error: &Error, peer: SocketAddr) -> Failure {
    match error {
        // Only after its handshake does a client of TLS 1.3 learn that its certificate was missed or refused.
        Error::AlertReceived(alert) => alert::failure(*alert, peer, true),
        other => {
            let reason = format!("TLS with {} broke: {}.", spot(peer), in_words(other));
            Failure::down(Stage::TLS, DownCause::PROTOCOL, reason).said_by(peer.ip())
        }
    }
}

fn in_words(error: &Error) -> String {
    match error {
        Error::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13 | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        ) => "it speaks neither TLS 1.2 nor 1.3".into(),
        Error::NoCertificatesPresented => "it showed no certificate".into(),
        Error::NoApplicationProtocol => "it speaks none of the offered application protocols".into(),
        Error::PeerSentOversizedRecord | Error::InvalidMessage(_) | Error::DecryptError => format!("it sent what is not TLS ({error})"),
        other => foreign(&other.to_string()),
    }
}

/// Between two moments in seconds: `3 h`.
fn apart(one: i64, other: i64) -> String {
    spoken(Duration::from_secs(one.abs_diff(other)))
}
