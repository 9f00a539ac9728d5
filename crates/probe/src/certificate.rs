//! What the certificates of a peer say, whether they are trusted or not.

use std::net::IpAddr;

use allswell_model::{Field, Kind, Unit, Value};
use ring::digest;
use rustls::pki_types::CertificateDer;
use x509_parser::certificate::X509Certificate;
use x509_parser::extensions::GeneralName;
use x509_parser::parse_x509_certificate;

use crate::attempt::Attempt;
use crate::ending::foreign;

/// What every protocol over TLS measures, in this order.
pub(crate) const TLS_FIELDS: &[Field] = &[
    Field::measurement("tls_version", Kind::Text, Unit::None, "the protocol version that was agreed: 1.2 or 1.3"),
    Field::measurement("tls_cipher", Kind::Text, Unit::None, "the cipher suite that was agreed, by its IANA name"),
    Field::measurement("tls_alpn", Kind::Text, Unit::None, "the application protocol that the server chose; absent when none"),
    Field::measurement(
        "certificate_days",
        Kind::Number,
        Unit::Days,
        "until the first certificate of the chain expires; negative when it has",
    ),
    Field::measurement(
        "certificate_expires",
        Kind::Integer,
        Unit::None,
        "when the first certificate of the chain expires, in seconds of Unix time",
    ),
    Field::measurement("certificate_subject", Kind::Text, Unit::None, "whom the server's certificate names"),
    Field::measurement("certificate_issuer", Kind::Text, Unit::None, "who signed the server's certificate"),
    Field::measurement("certificate_serial", Kind::Text, Unit::None, "its serial number in hex, by bytes: 04:ab"),
    Field::measurement("certificate_names", Kind::TextList, Unit::None, "the names and addresses it is made out for, in its own order"),
    Field::measurement("certificate_sha256", Kind::Text, Unit::None, "its fingerprint, in hex"),
    Field::measurement("chain_length", Kind::Integer, Unit::None, "how many certificates the server sent"),
];

/// More names than this are not kept: some certificates have thousands.
const NAMES: usize = 100;

/// What one certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Certificate {
    pub(crate) subject: String,
    pub(crate) issuer: String,
    pub(crate) serial: String,
    /// Seconds of Unix time.
    pub(crate) not_before: i64,
    /// Seconds of Unix time.
    pub(crate) not_after: i64,
    pub(crate) names: Vec<String>,
    pub(crate) sha256: String,
}

impl Certificate {
    /// `None` when it cannot be read.
    pub(crate) fn read(der: &CertificateDer<'_>) -> Option<Self> {
        let (_, certificate) = parse_x509_certificate(der).ok()?;
        let serial = match certificate.raw_serial() {
            [0, rest @ ..] if !rest.is_empty() => rest,
            all => all,
        };
        Some(Self {
            subject: foreign(&certificate.subject().to_string()),
            issuer: foreign(&certificate.issuer().to_string()),
            serial: serial.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(":"),
            not_before: certificate.validity().not_before.timestamp(),
            not_after: certificate.validity().not_after.timestamp(),
            names: names(&certificate),
            sha256: hex(digest::digest(&digest::SHA256, der).as_ref()),
        })
    }

    /// Signed by none but itself.
    pub(crate) fn is_self_signed(&self) -> bool {
        self.subject == self.issuer
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(alternative)) = certificate.subject_alternative_name() else { return Vec::new() };
    let name = |name: &GeneralName<'_>| match name {
        GeneralName::DNSName(name) => Some(foreign(name)),
        GeneralName::IPAddress(bytes) => address(bytes).map(|address| address.to_string()),
        _ => None,
    };
    alternative.value.general_names.iter().filter_map(name).take(NAMES).collect()
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let four = <[u8; 4]>::try_from(bytes).map(IpAddr::from);
    four.or_else(|_| <[u8; 16]>::try_from(bytes).map(IpAddr::from)).ok()
}

/// Bytes in hex, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Notes what a chain says; the first certificate is the server's own.
pub(crate) fn measure(attempt: &mut Attempt, chain: &[Certificate], sent: usize, now: i64) {
    let Some(own) = chain.first() else { return };
    if let Some(expires) = chain.iter().map(|certificate| certificate.not_after).min() {
        #[expect(clippy::cast_precision_loss, reason = "2^53 seconds are 285 million years")]
        attempt.measure("certificate_days", (expires - now) as f64 / 86_400.0);
        attempt.measure("certificate_expires", expires);
    }
    attempt.measure("certificate_subject", own.subject.as_str());
    attempt.measure("certificate_issuer", own.issuer.as_str());
    attempt.measure("certificate_serial", own.serial.as_str());
    attempt.measure("certificate_names", Value::texts(own.names.iter().cloned()));
    attempt.measure("certificate_sha256", own.sha256.as_str());
    attempt.measure("chain_length", i64::try_from(sent).unwrap_or(i64::MAX));
}
