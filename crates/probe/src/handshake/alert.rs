//! Alerts of TLS by their names, and what they usually mean.

use std::net::SocketAddr;

use allswell_model::{DownCause, Stage};
use rustls::AlertDescription;

use crate::ending::spot;
use crate::failure::Failure;

/// The peer ended it with an alert; `asked` when it asked for a client certificate before.
pub(super) fn failure(alert: AlertDescription, peer: SocketAddr, asked: bool) -> Failure {
    let why = meaning(alert, asked);
    let hint = if why.is_empty() { String::new() } else { format!(": {why}") };
    let reason = format!("{} ended the TLS handshake with the alert {} ({}){hint}.", spot(peer), rfc_name(alert), u8::from(alert));
    Failure::down(Stage::TLS, DownCause::HANDSHAKE_FAILED, reason).said_by(peer.ip())
}

/// What an alert usually means for one who connects.
fn meaning(alert: AlertDescription, asked: bool) -> &'static str {
    use AlertDescription as Alert;
    match alert {
        Alert::HandshakeFailure if asked => "it wants a client certificate (`certificate` and `key`)",
        Alert::HandshakeFailure => "no cipher in common, or no virtual host of that name",
        Alert::ProtocolVersion => "it speaks neither TLS 1.2 nor 1.3",
        Alert::UnrecognisedName => "it has no virtual host of that name",
        Alert::CertificateRequired => "it wants a client certificate (`certificate` and `key`)",
        Alert::BadCertificate
        | Alert::UnsupportedCertificate
        | Alert::CertificateRevoked
        | Alert::CertificateExpired
        | Alert::CertificateUnknown
        | Alert::UnknownCA
        | Alert::AccessDenied => "it does not accept our client certificate",
        Alert::NoApplicationProtocol => "it speaks none of the offered application protocols",
        Alert::InternalError => "often no certificate for that name",
        _ => "",
    }
}

/// `HandshakeFailure` is `handshake_failure` in RFC 8446.
fn rfc_name(alert: AlertDescription) -> String {
    let mut name = String::new();
    let mut before_was_upper = true;
    for letter in alert.as_str().unwrap_or("Unknown").chars() {
        if letter.is_ascii_uppercase() && !before_was_upper {
            name.push('_');
        }
        before_was_upper = letter.is_ascii_uppercase();
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests;
