//! What the engine counts of itself: turns that ran, were late, skipped, collapsed; results kept and not kept.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

/// A turn that starts later than this is counted as late.
pub(crate) const LATE: Duration = Duration::from_millis(20);

/// Lags by powers of two of a microsecond: bucket n holds lags below 2^n microseconds.
const BUCKETS: usize = 40;

/// Counted since the engine's start; read by the metrics.
#[derive(Debug)]
pub struct Counters {
    /// Probes begun.
    pub started: AtomicU64,
    /// Turns that began more than 20 ms after they were due.
    pub late: AtomicU64,
    /// Turns skipped because the target's last probe still ran.
    pub skipped: AtomicU64,
    /// Grid turns that went by while the process did not run, made up for by one later turn.
    pub collapsed: AtomicU64,
    /// Turns answered with unknown `overloaded` because too many probes were under way.
    pub overloaded: AtomicU64,
    /// Turns not run because the pipe had no place for their result.
    pub no_place: AtomicU64,
    /// Results from elsewhere that the pipe had no place for.
    pub refused: AtomicU64,
    /// Probes that panicked.
    pub bugs: AtomicU64,
    /// Probes under way now.
    pub in_flight: AtomicU64,
    /// Results judged.
    pub judged: AtomicU64,
    /// Results and events that the store did not take.
    pub not_kept: AtomicU64,
    /// When results were last judged, or the set of targets last changed, in microseconds of the engine's clock.
    pub(crate) judged_us: AtomicI64,
    /// Within so many microseconds some target's next result is due; 0 while nothing is watched.
    pub(crate) expected_us: AtomicU64,
    /// Group commits.
    pub commits: AtomicU64,
    /// Targets watched now.
    pub targets: AtomicU64,
    lags: [AtomicU64; BUCKETS],
}

impl Default for Counters {
    fn default() -> Self {
        let zero = AtomicU64::default;
        Self {
            started: zero(),
            late: zero(),
            skipped: zero(),
            collapsed: zero(),
            overloaded: zero(),
            no_place: zero(),
            refused: zero(),
            bugs: zero(),
            in_flight: zero(),
            judged: zero(),
            judged_us: AtomicI64::default(),
            expected_us: zero(),
            not_kept: zero(),
            commits: zero(),
            targets: zero(),
            lags: std::array::from_fn(|_| zero()),
        }
    }
}

/// Adds one.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

impl Counters {
    /// Notes a started turn and how long after its time it began.
    pub(crate) fn started(&self, lag: Duration) {
        count(&self.started);
        if lag > LATE {
            count(&self.late);
        }
        let micros = u64::try_from(lag.as_micros()).unwrap_or(u64::MAX);
        let bucket = usize::try_from(u64::BITS - micros.leading_zeros()).unwrap_or(BUCKETS).min(BUCKETS - 1);
        if let Some(counter) = self.lags.get(bucket) {
            count(counter);
        }
    }

    /// The start lag that this share of the turns kept, rounded up to a power of two of a microsecond.
    #[must_use]
    pub fn lag_quantile(&self, share: f64) -> Duration {
        let counts: Vec<u64> = self.lags.iter().map(|counter| counter.load(Ordering::Relaxed)).collect();
        let total: u64 = counts.iter().sum();
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of a count")]
        let wanted = (total as f64 * share).ceil() as u64;
        let mut seen = 0;
        for (bucket, count) in counts.iter().enumerate() {
            seen += count;
            if seen >= wanted.max(1) {
                return Duration::from_micros(1 << bucket);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests;
