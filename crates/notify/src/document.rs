//! An alert as the JSON document that channels send; templates see its keys as variables.

use allswell_model::{Affected, AlertKind, TargetId, Timestamp};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::channel::Letter;

/// Raised when a key changes its meaning or goes; new keys may come without.
const VERSION: u32 = 1;

/// The whole of an alert. Times stand twice: for people (RFC 3339, UTC), and as microseconds since 1970.
pub(crate) fn of(letter: &Letter) -> Value {
    let alert = &*letter.alert;
    let until = alert.ended.unwrap_or(alert.decided);
    let page = letter.page.as_deref();
    json!({
        "version": VERSION,
        "key": alert.key,
        "channel": alert.channel,
        "kind": alert.kind.word(),
        "resolved": alert.kind == AlertKind::Resolved,
        "incident": alert.incident,
        "incident_key": format!("{}-{}", alert.node, alert.incident),
        "number": alert.number,
        "status": alert.status.word(),
        "stage": alert.stage,
        "cause": alert.cause,
        "summary": alert.summary,
        "node": alert.node,
        "location": alert.location,
        "decided": told(alert.decided),
        "decided_us": alert.decided,
        "began": told(alert.began),
        "began_us": alert.began,
        "ended": alert.ended.map(told),
        "ended_us": alert.ended,
        "lasted_s": until.since(alert.began).as_secs(),
        "page": page_of(page, &alert.first),
        "total": alert.total,
        "more": alert.total.saturating_sub(alert.targets.len() as u64),
        "targets": alert.targets.iter().map(|target| affected(page, target)).collect::<Vec<_>>(),
    })
}

fn affected(page: Option<&str>, target: &Affected) -> Value {
    json!({
        "id": target.target,
        "name": target.name,
        "group": target.group,
        "url": target.url,
        "labels": target.labels,
        "status": target.status.word(),
        "since": told(target.since),
        "since_us": target.since,
        "reason": target.reason,
        "runbook": target.runbook,
        "page": page_of(page, &target.target),
    })
}

/// The page of a target, where the pages' address is known.
pub(crate) fn page_of(page: Option<&str>, target: &TargetId) -> Option<String> {
    Some(format!("{}/targets/{}", page?, encoded(target.as_str())))
}

/// As a part of a URL's path: all but unreserved characters escaped (RFC 3986, section 2.3).
pub(crate) fn encoded(text: &str) -> String {
    let escape = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(escape).collect()
}

/// A time for people; a number where it is none that a calendar knows.
fn told(at: Timestamp) -> String {
    let date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000).ok();
    date.and_then(|date| date.format(&Rfc3339).ok()).unwrap_or_else(|| at.0.to_string())
}

#[cfg(test)]
mod tests;
