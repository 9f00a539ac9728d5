//! What the server's certificate says, from the measurements that every protocol over TLS makes.

use allswell_model::{ProbeResult, Timestamp, Value};

use super::value::{self, said};
use crate::moment::Moment;

/// All measurements of a certificate begin so.
pub(super) const PREFIX: &str = "certificate_";

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Certificate {
    /// Whether it has expired.
    pub(super) expired: bool,
    /// When the first of its chain expires.
    pub(super) expires: Moment,
    /// How far that is from now: `41 d`.
    pub(super) distance: String,
    /// The names that it is made out for; the subject where it has none.
    pub(super) names: Vec<String>,
    /// How many more names it has.
    pub(super) more: usize,
    /// Who signed it.
    pub(super) issuer: Option<String>,
    /// Its number.
    pub(super) serial: Option<String>,
    /// Its fingerprint.
    pub(super) sha256: Option<String>,
}

/// So many names are shown.
const NAMES: usize = 12;

/// The certificate that a result saw, if it saw one.
pub(super) fn of(result: &ProbeResult, now: Timestamp) -> Option<Certificate> {
    let Value::Integer(seconds) = value::of(result, "certificate_expires")? else { return None };
    let expires = Timestamp(seconds.checked_mul(1_000_000)?);
    let mut names = names(result);
    let more = names.len().saturating_sub(NAMES);
    names.truncate(NAMES);
    let (expired, span) = if expires < now { (true, now.since(expires)) } else { (false, expires.since(now)) };
    Some(Certificate {
        expired,
        expires: Moment::of(expires, now),
        distance: crate::text::age(span),
        names,
        more,
        issuer: text(result, "certificate_issuer"),
        serial: text(result, "certificate_serial"),
        sha256: text(result, "certificate_sha256"),
    })
}

fn text(result: &ProbeResult, name: &str) -> Option<String> {
    match value::of(result, name)? {
        Value::Text(text) if !text.is_empty() => Some(text.clone()),
        _ => None,
    }
}

fn names(result: &ProbeResult) -> Vec<String> {
    let listed = match value::of(result, "certificate_names") {
        Some(Value::List(items)) => items.iter().map(said).collect(),
        _ => Vec::new(),
    };
    if listed.is_empty() { text(result, "certificate_subject").into_iter().collect() } else { listed }
}

#[cfg(test)]
mod tests;
