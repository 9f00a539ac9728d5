//! For how much of the time it was up, always with how much of that time is known.

use std::time::Duration;

use allswell_model::{TargetId, Timestamp};
use allswell_store::{ReadError, Reader, Times};

use crate::text;

/// One stretch of time up to now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Uptime {
    /// How long it is.
    pub(super) over: &'static str,
    /// `99.95%`, or that nothing is known.
    pub(super) share: String,
    /// How much of the time is known.
    pub(super) coverage: String,
    /// For how long it was down, where it was.
    pub(super) down: Option<String>,
}

/// The stretches, the shortest first, in days.
const OVER: [(&str, u64); 4] = [("24 h", 1), ("7 d", 7), ("30 d", 30), ("365 d", 365)];

/// Figures that are added up from different parts differ by their rounding.
const ROUNDING_MS: u64 = 1_000;

/// Reads for how long it had which status.
///
/// # Errors
/// When the file cannot be read.
pub(super) fn read(reader: &Reader, target: &TargetId, now: Timestamp) -> Result<Vec<(&'static str, Times)>, ReadError> {
    let from = |days: u64| now - Duration::from_secs(days * 86_400);
    OVER.into_iter().map(|(over, days)| Ok((over, reader.uptime(target, from(days), now)?))).collect()
}

/// What was read, in words. A stretch is told only where something is known from before the next shorter one: else both say the same.
pub(super) fn told(read: &[(&'static str, Times)]) -> Vec<Uptime> {
    let known = read.last().map_or(0, |(_, times)| times.observed_ms());
    let shorter = std::iter::once(0).chain(read.iter().map(|(_, times)| times.observed_ms()));
    let worth = read.iter().zip(shorter).enumerate().filter(|(n, (_, shorter))| *n == 0 || known > shorter + ROUNDING_MS);
    worth.map(|(_, ((over, times), _))| one(over, times)).collect()
}

fn one(over: &'static str, times: &Times) -> Uptime {
    let down = Duration::from_millis(times.down_ms);
    Uptime {
        over,
        share: times.uptime().map_or_else(|| "nothing known".to_owned(), text::percent),
        coverage: text::percent(times.coverage()),
        down: (!down.is_zero()).then(|| text::age(down)),
    }
}

#[cfg(test)]
mod tests;
