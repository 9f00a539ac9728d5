//! Times in buckets of equal relative width: quantiles within 0.8 %, in fixed memory, and two of them can be added.

use std::fmt;
use std::time::Duration;

/// Buckets of an octave. Half a bucket's width is the error: 1/128 of the value.
const PARTS: u64 = 1 << PART_BITS;
const PART_BITS: u32 = 6;

/// The first octave begins at 64 ns: below that a kernel's stamps mean nothing.
const LOWEST: u64 = 1 << LOWEST_BIT;
const LOWEST_BIT: u32 = 6;

/// The last octave ends at 137 s: nobody waits longer for a packet.
const HIGHEST: u64 = (1 << 37) - 1;

const BUCKETS: usize = 31 * PARTS as usize;

/// How many times fell where. It allocates once, 8 kB, when it is made.
///
/// Times below 64 ns and above 137 s share the outermost buckets; the smallest and the largest are kept as they were.
#[derive(Clone, PartialEq, Eq)]
pub struct Quantiles {
    buckets: Box<[u32; BUCKETS]>,
    count: u64,
    min: u64,
    max: u64,
}

impl Default for Quantiles {
    fn default() -> Self {
        Self { buckets: Box::new([0; BUCKETS]), count: 0, min: u64::MAX, max: 0 }
    }
}

impl fmt::Debug for Quantiles {
    /// Without its two thousand buckets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quantiles").field("count", &self.count).field("min", &self.min).field("max", &self.max).finish_non_exhaustive()
    }
}

impl Quantiles {
    /// Without any time.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in one time, in nanoseconds.
    pub fn add(&mut self, nanos: u64) {
        if let Some(bucket) = self.buckets.get_mut(bucket_of(nanos)) {
            *bucket = bucket.saturating_add(1);
        }
        self.count += 1;
        self.min = self.min.min(nanos);
        self.max = self.max.max(nanos);
    }

    /// Takes in everything that another one holds.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(other.buckets.iter()) {
            *mine = mine.saturating_add(*theirs);
        }
        self.count = self.count.saturating_add(other.count);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Forgets everything.
    pub fn clear(&mut self) {
        self.buckets.fill(0);
        (self.count, self.min, self.max) = (0, u64::MAX, 0);
    }

    /// How many times were taken in.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The shortest, exactly.
    #[must_use]
    pub fn min(&self) -> Option<Duration> {
        (self.count > 0).then_some(Duration::from_nanos(self.min))
    }

    /// The longest, exactly.
    #[must_use]
    pub fn max(&self) -> Option<Duration> {
        (self.count > 0).then_some(Duration::from_nanos(self.max))
    }

    /// The time that a share `q` of all, from 0 to 1, does not exceed: the one of rank ⌈q · count⌉, within 0.8 %. `None` without times.
    #[must_use]
    pub fn quantile(&self, q: f64) -> Option<Duration> {
        let rank = rank(q, self.count)?;
        let mut below = 0_u64;
        let found = self.buckets.iter().position(|bucket| {
            below += u64::from(*bucket);
            below >= rank
        });
        // Only a bucket that is full to its brim can leave a rank without one.
        let nanos = match found {
            Some(0) if self.min < LOWEST => self.min,
            Some(LAST) | None => self.max,
            Some(bucket) => middle_of(bucket),
        };
        Some(Duration::from_nanos(nanos.clamp(self.min, self.max)))
    }
}

const LAST: usize = BUCKETS - 1;

/// Which of `count` values in their order, from 1, a share `q` does not exceed; `None` without values.
#[must_use]
pub fn rank(q: f64, count: u64) -> Option<u64> {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "q is a share and counts are below 2^53"
    )]
    let rank = (q.clamp(0.0, 1.0) * count as f64).ceil() as u64;
    (count > 0).then(|| rank.clamp(1, count))
}

fn bucket_of(nanos: u64) -> usize {
    let nanos = nanos.clamp(LOWEST, HIGHEST);
    let octave = nanos.ilog2() - LOWEST_BIT;
    let part = (nanos >> (octave + LOWEST_BIT - PART_BITS)) % PARTS;
    #[expect(clippy::cast_possible_truncation, reason = "31 octaves at most, of 64 parts")]
    let bucket = (u64::from(octave) * PARTS + part) as usize;
    bucket
}

fn middle_of(bucket: usize) -> u64 {
    let (octave, part) = (bucket as u64 / PARTS, bucket as u64 % PARTS);
    let width = 1 << octave;
    (PARTS + part) * width + width / 2
}

#[cfg(test)]
mod tests;
