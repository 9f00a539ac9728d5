//! Quantiles of round trips from counts in logarithmic buckets: small, mergeable, and right within one percent.

use std::time::Duration;

use crate::error::Malformed;
use crate::varint::{self, Bytes};

/// A quantile differs from the true one by at most this share of it.
pub const RELATIVE_ERROR: f64 = 0.01;

/// From one bucket's upper end to the next one's: every value of a bucket is within the error of its middle.
const GROWTH: f64 = (1.0 + RELATIVE_ERROR) / (1.0 - RELATIVE_ERROR);

/// The highest bucket: 2^63 microseconds.
const LAST_BUCKET: u32 = 2184;

/// Counts of durations. Two sketches merge into the very sketch that all their durations would have made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sketch {
    /// Bucket and count, by bucket; no count is 0. Bucket 0 holds what is below a microsecond and a microsecond itself.
    buckets: Vec<(u32, u64)>,
}

impl Sketch {
    /// Adds a duration.
    pub fn add(&mut self, took: Duration) {
        self.add_micros(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
    }

    pub(crate) fn add_micros(&mut self, micros: u64) {
        self.count_in(bucket(micros), 1);
    }

    fn count_in(&mut self, bucket: u32, count: u64) {
        match self.buckets.binary_search_by_key(&bucket, |(known, _)| *known) {
            Ok(at) => {
                if let Some((_, known)) = self.buckets.get_mut(at) {
                    *known = known.saturating_add(count);
                }
            }
            Err(at) => self.buckets.insert(at, (bucket, count)),
        }
    }

    /// Adds all that another one counted.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.buckets {
            self.count_in(*bucket, *count);
        }
    }

    /// How many durations it counted.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.buckets.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count))
    }

    /// The duration that this share of all does not exceed: 0.5 is the median. `None` when there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> Option<Duration> {
        let count = self.count();
        #[expect(clippy::cast_precision_loss, reason = "a rank is not wanted more precisely than 2^-53")]
        let rank = (share.clamp(0.0, 1.0) * count.saturating_sub(1) as f64).round() as u64;
        let mut below = 0u64;
        let at = self.buckets.iter().find(|(_, count)| {
            below = below.saturating_add(*count);
            below > rank
        });
        at.map(|(bucket, _)| middle(*bucket))
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        varint::put(out, self.buckets.len() as u64);
        let mut before = 0;
        for (bucket, count) in &self.buckets {
            varint::put(out, u64::from(bucket - before));
            varint::put(out, *count);
            before = *bucket;
        }
    }

    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, Malformed> {
        let mut sketch = Self::default();
        let mut bucket = 0u32;
        for place in 0..bytes.count()? {
            let step = bytes.index()?;
            bucket = bucket.checked_add(step).filter(|bucket| *bucket <= LAST_BUCKET).ok_or(Malformed("sketch"))?;
            let count = bytes.varint()?;
            if (step == 0 && place > 0) || count == 0 {
                return Err(Malformed("sketch"));
            }
            sketch.buckets.push((bucket, count));
        }
        Ok(sketch)
    }
}

fn bucket(micros: u64) -> u32 {
    #[expect(clippy::cast_precision_loss, reason = "far below the error that is allowed")]
    let bucket = (micros.max(1) as f64).ln() / GROWTH.ln();
    (bucket.ceil() as u32).min(LAST_BUCKET)
}

/// The value that is within the error of all values of the bucket.
fn middle(bucket: u32) -> Duration {
    let micros = 2.0 * GROWTH.powf(f64::from(bucket)) / (GROWTH + 1.0);
    Duration::try_from_secs_f64(micros / 1e6).unwrap_or(Duration::MAX)
}

#[cfg(test)]
mod tests;
