//! How long probes took, in the buckets that `/metrics` exports.

use std::time::Duration;

/// The upper ends of the buckets, in microseconds: from loopback to a long timeout.
pub const BOUNDS_US: [u64; 18] = [
    100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000,
    30_000_000, 60_000_000,
];

/// Durations, counted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    buckets: [u64; BOUNDS_US.len()],
    count: u64,
    sum: Duration,
}

impl Histogram {
    pub(crate) fn add(&mut self, took: Duration) {
        let micros = took.as_micros();
        if let Some(bucket) = BOUNDS_US.iter().position(|bound| micros <= u128::from(*bound)).and_then(|n| self.buckets.get_mut(n)) {
            *bucket += 1;
        }
        self.count += 1;
        self.sum = self.sum.saturating_add(took);
    }

    /// For each bucket its upper end, and how many lasted at most so long. What lasted longer than the last stands only in [`Histogram::count`].
    pub fn cumulative(&self) -> impl Iterator<Item = (Duration, u64)> {
        let mut sum = 0;
        BOUNDS_US.iter().zip(&self.buckets).map(move |(bound, count)| {
            sum += count;
            (Duration::from_micros(*bound), sum)
        })
    }

    /// How many in all.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// How long all of them together.
    #[must_use]
    pub fn sum(&self) -> Duration {
        self.sum
    }
}
