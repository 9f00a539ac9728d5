//! Durations and sizes as people type and read them: `250ms`, `1h30m`, `10MiB`.

use std::fmt::Write;
use std::time::Duration;

const UNITS: &[(&str, u64)] =
    &[("us", 1), ("µs", 1), ("ms", 1_000), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000), ("d", 86_400_000_000)];

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("KB", 1_000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

/// Reads `5s`, `50ms`, `1h30m`, `1.5s`.
///
/// # Errors
/// One sentence on what is wrong with it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err("a duration is missing, such as 15s".into());
    }
    if rest.starts_with('-') {
        return Err(format!("{text} is negative"));
    }
    let mut micros = 0_u64;
    while !rest.is_empty() {
        let (number, tail) = split_number(rest);
        let (unit, tail) = split_word(tail);
        let per_unit = UNITS.iter().find(|(name, _)| *name == unit).map(|(_, n)| *n);
        let part = per_unit.and_then(|n| scaled(number, n));
        micros = match (part, unit) {
            (Some(part), _) => micros.checked_add(part).ok_or_else(|| format!("{text} is too long"))?,
            // Only a unit is lacking where the text ends with the number: with one more letter it ends here.
            (None, "") if tail.is_empty() && duration(&in_seconds(text)).is_ok() => {
                return Err(format!("{}; did you mean {}?", unitless(text), in_seconds(text)));
            }
            _ => return Err(format!("{text} is not a duration such as 250ms, 15s, 1h30m")),
        };
        rest = tail;
    }
    Ok(Duration::from_micros(micros))
}

/// The same between bounds: what is out of them is not proposed either.
///
/// # Errors
/// One sentence on what is wrong with it; `None` where it is out of bounds.
pub fn duration_within(text: &str, (low, high): (Duration, Duration)) -> Result<Duration, Option<String>> {
    let within = |d: &Duration| (low..=high).contains(d);
    match duration(text) {
        Ok(d) => Some(d).filter(within).ok_or(None),
        Err(why) => {
            let proposed = text.trim().ends_with(|c: char| c.is_ascii_digit()).then(|| duration(&in_seconds(text)).ok()).flatten();
            Err(Some(if proposed.is_none_or(|d| within(&d)) { why } else { unitless(text) }))
        }
    }
}

fn in_seconds(text: &str) -> String {
    format!("{}s", text.trim())
}

fn unitless(text: &str) -> String {
    format!("{} has no unit", text.trim())
}

/// Reads `10MiB`, `2GB`, `512` (bytes).
///
/// # Errors
/// One sentence on what is wrong with it.
pub fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = split_number(text.trim());
    let unit = if unit.is_empty() { "B" } else { unit };
    SIZES
        .iter()
        .find(|(name, _)| *name == unit)
        .and_then(|(_, n)| scaled(number, *n))
        .ok_or_else(|| format!("{text} is not a size such as 64kB or 10MiB"))
}

/// The shortest exact way to write a duration that [`duration`] reads again.
#[must_use]
pub fn shown_duration(d: Duration) -> String {
    let mut micros = u64::try_from(d.as_micros()).unwrap_or(u64::MAX);
    if micros == 0 {
        return "0s".into();
    }
    let mut text = String::new();
    for (name, n) in [("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000), ("us", 1)] {
        if micros >= n {
            // Writing to a String cannot fail.
            let _ = write!(text, "{}{name}", micros / n);
            micros %= n;
        }
    }
    text
}

/// Milliseconds as measurements have them: the microsecond is the last digit, since what is finer is noise that history would have to keep.
#[must_use]
pub fn milliseconds(d: Duration) -> f64 {
    let micros = u32::try_from(d.as_micros()).unwrap_or(u32::MAX);
    f64::from(micros) / 1000.0
}

/// A time in a sentence: three digits are enough to act on. `0.4 ms`, `31 ms`, `4.97 s`, `3 h`.
#[must_use]
pub fn spoken(d: Duration) -> String {
    let ms = d.as_secs_f64() * 1000.0;
    let trimmed = |number: f64, digits: usize, unit: &str| {
        let text = format!("{number:.digits$}");
        let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
        format!("{text} {unit}")
    };
    match ms {
        ms if ms < 0.95 => trimmed(ms, 2, "ms"),
        ms if ms < 9.95 => trimmed(ms, 1, "ms"),
        ms if ms < 999.5 => trimmed(ms, 0, "ms"),
        ms if ms < 9_995.0 => trimmed(ms / 1e3, 2, "s"),
        ms if ms < 120_000.0 => trimmed(ms / 1e3, 0, "s"),
        ms if ms < 7_200_000.0 => trimmed(ms / 6e4, 0, "min"),
        ms if ms < 172_800_000.0 => trimmed(ms / 3.6e6, 0, "h"),
        ms => trimmed(ms / 8.64e7, 0, "days"),
    }
}

fn split_number(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()))
}

fn split_word(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len()))
}

/// `number` times `per_unit`, exact for whole numbers, rounded down for fractions.
fn scaled(number: &str, per_unit: u64) -> Option<u64> {
    if let Ok(whole) = number.parse::<u64>() {
        return whole.checked_mul(per_unit);
    }
    let (whole, fraction) = number.split_once('.')?;
    let digits: String = fraction.chars().take(6).collect();
    let fraction = digits.parse::<u64>().ok()?;
    let power = 10_u64.checked_pow(u32::try_from(digits.len()).ok()?)?;
    whole.parse::<u64>().ok()?.checked_mul(per_unit)?.checked_add(per_unit.checked_mul(fraction)? / power)
}

#[cfg(test)]
mod tests;
