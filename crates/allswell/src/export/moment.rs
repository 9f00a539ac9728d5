//! Points in time as people type them.

use allswell_model::{Timestamp, quantity};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Date, OffsetDateTime};

/// From when to when; what is not said is the beginning and the end of all time.
///
/// # Errors
/// What cannot be read, one sentence each without a full stop.
pub(crate) fn stretch(since: Option<&str>, until: Option<&str>, now: Timestamp) -> Result<(Timestamp, Timestamp), Vec<String>> {
    let mut mistakes = Vec::new();
    let mut at = |option: &str, text: Option<&str>, otherwise: i64| match text.map(|text| read(text, now)) {
        Some(Ok(at)) => at,
        Some(Err(why)) => {
            mistakes.push(format!("{option}: {why}"));
            Timestamp(otherwise)
        }
        None => Timestamp(otherwise),
    };
    let (from, to) = (at("--since", since, i64::MIN), at("--until", until, i64::MAX));
    if mistakes.is_empty() && from >= to {
        mistakes.push(format!("--since {} is not before --until {}", since.unwrap_or_default(), until.unwrap_or("now")));
    }
    if mistakes.is_empty() { Ok((from, to)) } else { Err(mistakes) }
}

/// `2026-11-01`, `2026-11-01T12:00:00Z`, `24h`.
pub(crate) fn read(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    if let Ok(date) = Date::parse(text, format_description!("[year]-[month]-[day]")) {
        return Ok(micros(date.midnight().assume_utc()));
    }
    if let Ok(time) = OffsetDateTime::parse(text, &Rfc3339) {
        return Ok(micros(time));
    }
    let ago = text.strip_suffix(" ago").unwrap_or(text);
    quantity::duration(ago).map(|ago| now - ago).map_err(|_| {
        format!("{text} is no time: a date such as 2026-11-01 (in UTC), a time such as 2026-11-01T12:00:00Z, or how long ago, such as 24h")
    })
}

/// A moment after RFC 3339, to the microsecond, in UTC.
pub(crate) fn shown(at: Timestamp) -> String {
    let form = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");
    let time = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1000);
    time.ok().and_then(|time| time.format(form).ok()).unwrap_or_default()
}

/// The years that a date can have are far fewer than microseconds can count.
fn micros(time: OffsetDateTime) -> Timestamp {
    Timestamp(i64::try_from(time.unix_timestamp_nanos().div_euclid(1000)).unwrap_or(i64::MAX))
}
