//! Figures and times as people read them. The browser's script says ages in the same words.

use std::time::Duration;

use allswell_model::Timestamp;
use time::OffsetDateTime;
use time::macros::format_description;

/// How long, in at most two units: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `3 d 4 h`, `45 d`.
pub(crate) fn age(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..10 => format!("{}.{} s", seconds, span.subsec_millis() / 100),
        10..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => two((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        86_400..2_592_000 => two((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
        _ => format!("{} d", seconds / 86_400),
    }
}

fn two(whole: (u64, &str), rest: (u64, &str)) -> String {
    if rest.0 == 0 { format!("{} {}", whole.0, whole.1) } else { format!("{} {} {} {}", whole.0, whole.1, rest.0, rest.1) }
}

/// How long something took, three digits at most: `0.42 ms`, `4.2 ms`, `31 ms`, `4.97 s`.
pub(crate) fn took(span: Duration) -> String {
    let micros = span.as_micros();
    match micros {
        0..1_000 => format!("0.{:02} ms", micros / 10),
        1_000..10_000 => format!("{}.{} ms", micros / 1_000, micros % 1_000 / 100),
        10_000..1_000_000 => format!("{} ms", micros / 1_000),
        1_000_000..10_000_000 => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
        _ => age(span),
    }
}

/// A time that somebody set, exactly: `15 s`, `1 min 30 s`, `250 ms`.
pub(crate) fn set(span: Duration) -> String {
    let (seconds, millis) = (span.as_secs(), span.subsec_millis());
    match (seconds, millis) {
        (_, 1..) => format!("{} ms", span.as_millis()),
        (0..60, 0) => format!("{seconds} s"),
        (60..3_600, 0) => two((seconds / 60, "min"), (seconds % 60, "s")),
        _ => two((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
    }
}

/// A number with its thousands set apart: `9,992`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A sentence that goes on in another: without its full stop.
pub(crate) fn embedded(sentence: &str) -> &str {
    sentence.trim_end_matches(|end: char| end == '.' || end.is_whitespace())
}

fn date(at: Timestamp) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at.seconds()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-11-20 16:54:17 UTC`
pub(crate) fn utc(at: Timestamp) -> String {
    date(at).format(format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC")).unwrap_or_default()
}

/// `2026-11-20 16:54 UTC`
pub(crate) fn minute(at: Timestamp) -> String {
    date(at).format(format_description!("[year]-[month]-[day] [hour]:[minute] UTC")).unwrap_or_default()
}

/// `16:54:17`
pub(crate) fn second(at: Timestamp) -> String {
    date(at).format(format_description!("[hour]:[minute]:[second]")).unwrap_or_default()
}

/// `16:54`
pub(crate) fn clock(at: Timestamp) -> String {
    date(at).format(format_description!("[hour]:[minute]")).unwrap_or_default()
}

/// `Nov 20`
pub(crate) fn day(at: Timestamp) -> String {
    date(at).format(format_description!("[month repr:short] [day padding:none]")).unwrap_or_default()
}

/// A share in percent, rounded down so that nothing but all of it is 100%: `99.95%`, `97.2%`, `0.03%`.
pub(crate) fn percent(share: f64) -> String {
    let hundredths = (share.clamp(0.0, 1.0) * 10_000.0 + 1e-6).floor();
    if share > 0.0 && hundredths < 1.0 {
        return "under 0.01%".to_owned();
    }
    format!("{}%", hundredths / 100.0)
}

/// `2026-11-20T16:54:17Z`, for machines.
pub(crate) fn iso(at: Timestamp) -> String {
    date(at).format(format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z")).unwrap_or_default()
}

#[cfg(test)]
mod tests;
