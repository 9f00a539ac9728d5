//! What the processes of the bench tell each other: one line a fact.

use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};

/// One clock for all processes of this machine.
pub(crate) fn monotonic_nanos() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    u64::try_from(now.tv_sec).unwrap() * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap()
}

/// Seconds since 1970, as strace writes them.
pub(crate) fn wall_seconds() -> f64 {
    let now = clock_gettime(ClockId::Realtime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}

/// The figure behind a word in a line such as `window 17.5 25.5`.
pub(crate) fn figures<'a>(lines: &'a [String], word: &str) -> Vec<Vec<&'a str>> {
    let of = |line: &'a String| line.split(' ').collect::<Vec<&str>>();
    lines.iter().map(of).filter(|parts| parts.first() == Some(&word)).map(|parts| parts.into_iter().skip(1).collect()).collect()
}

/// A quantile of what was measured; the list is sorted by this.
pub(crate) fn quantile(times: &mut [Duration], share: f64) -> Duration {
    times.sort_unstable();
    let last = times.len().saturating_sub(1);
    times.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
}
