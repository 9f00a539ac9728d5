//! How much time a chart shows, and the buckets that it is cut into.

use std::time::Duration;

use allswell_model::Timestamp;
use allswell_store::{Rollup, Span};

/// How much time is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Extent {
    /// One hour by minutes.
    #[default]
    Hour,
    /// One day by ten minutes.
    Day,
    /// Thirty days by four hours.
    Month,
}

const MINUTE: i64 = 60_000_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

impl Extent {
    /// All of them, the shortest first.
    pub(crate) const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::Month];

    /// As the address says it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Hour => "1h",
            Self::Day => "24h",
            Self::Month => "30d",
        }
    }

    /// As people read it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Hour => "1 h",
            Self::Day => "24 h",
            Self::Month => "30 d",
        }
    }

    /// The one of this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|extent| extent.code() == code)
    }

    /// The roll-ups that its buckets are made of.
    pub(crate) fn rollups(self) -> Span {
        match self {
            Self::Hour | Self::Day => Span::Minute,
            Self::Month => Span::Hour,
        }
    }

    fn length_us(self) -> i64 {
        match self {
            Self::Hour => HOUR,
            Self::Day => DAY,
            Self::Month => 30 * DAY,
        }
    }

    /// The shortest bucket.
    fn step_us(self) -> i64 {
        match self {
            Self::Hour => MINUTE,
            Self::Day => 10 * MINUTE,
            Self::Month => 4 * HOUR,
        }
    }

    /// From one label to the next; all stand at whole multiples of it.
    pub(super) fn tick_us(self) -> i64 {
        match self {
            Self::Hour => 10 * MINUTE,
            Self::Day => 4 * HOUR,
            Self::Month => 5 * DAY,
        }
    }
}

/// A stretch of time in buckets of equal length, which begin at whole multiples of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// How much time it is.
    pub(crate) extent: Extent,
    /// When the first bucket begins.
    pub(crate) from: Timestamp,
    /// How long each is.
    pub(crate) step_us: i64,
    /// How many there are.
    pub(crate) count: usize,
}

impl Window {
    /// The window whose last bucket holds this moment. A bucket is never shorter than the target's interval: else every other
    /// one would be empty, and look like a gap.
    pub(crate) fn until(now: Timestamp, extent: Extent, every: Duration) -> Self {
        let (least, length) = (extent.step_us(), extent.length_us());
        let every = i64::try_from(every.as_micros()).unwrap_or(length);
        let times = every.div_euclid(least) + i64::from(every % least > 0);
        let step_us = (least * times.max(1)).min(length);
        let count = usize::try_from(length / step_us).unwrap_or(1).max(1);
        let to = now.0.div_euclid(step_us).saturating_add(1).saturating_mul(step_us);
        let from = Timestamp(to.saturating_sub(step_us.saturating_mul(i64::try_from(count).unwrap_or(1))));
        Self { extent, from, step_us, count }
    }

    /// When this bucket begins.
    pub(crate) fn begin(&self, number: usize) -> Timestamp {
        Timestamp(self.from.0.saturating_add(self.step_us.saturating_mul(i64::try_from(number).unwrap_or(i64::MAX))))
    }

    /// When the last one ends.
    pub(crate) fn to(&self) -> Timestamp {
        self.begin(self.count)
    }

    /// The bucket that holds this moment.
    fn place(&self, at: Timestamp) -> Option<usize> {
        let number = usize::try_from(at.0.checked_sub(self.from.0)?.div_euclid(self.step_us)).ok()?;
        (number < self.count).then_some(number)
    }

    /// Adds up what began in each bucket.
    pub(super) fn gather(&self, rollups: &[(Timestamp, Rollup)]) -> Vec<Rollup> {
        let mut buckets = vec![Rollup::default(); self.count];
        for (begin, rollup) in rollups {
            if let Some(bucket) = self.place(*begin).and_then(|number| buckets.get_mut(number)) {
                bucket.merge(rollup);
            }
        }
        buckets
    }
}

#[cfg(test)]
mod tests;
