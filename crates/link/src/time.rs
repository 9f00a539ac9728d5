//! Points in time as numbers that somebody else read from a clock: ours, which never goes back, and those of packets' stamps.

use std::ops::{Add, Sub};
use std::time::Duration;

/// Nanoseconds of a clock that never goes back (`CLOCK_MONOTONIC`). Timers and silence are measured by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Moment(pub u64);

impl Moment {
    /// The time from `earlier` to `self`; nothing when `earlier` is later.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.0.saturating_sub(earlier.0))
    }
}

impl Add<Duration> for Moment {
    type Output = Self;
    fn add(self, d: Duration) -> Self {
        Self(self.0.saturating_add(nanos(d)))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;
    fn sub(self, d: Duration) -> Self {
        Self(self.0.saturating_sub(nanos(d)))
    }
}

/// When the kernel of one node sent or received a packet: nanoseconds of that node's wall clock, the one clock that the kernel stamps
/// packets with. Two stamps of one node can be subtracted, those of two nodes cannot: their clocks differ by more than a round trip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Stamp(pub u64);

impl Stamp {
    /// The stamp that is not known; it is so on the wire, too.
    pub const UNKNOWN: Self = Self(0);

    /// Whether it is known.
    #[must_use]
    pub fn is_known(self) -> bool {
        self != Self::UNKNOWN
    }

    /// The nanoseconds from `earlier` to `self`, which may be negative; `None` when either is not known.
    #[must_use]
    pub fn after(self, earlier: Self) -> Option<i64> {
        let both = self.is_known() && earlier.is_known();
        both.then(|| self.0.wrapping_sub(earlier.0).cast_signed())
    }
}

/// As nanoseconds; more than 584 years are as good as for ever.
pub(crate) fn nanos(d: Duration) -> u64 {
    u64::try_from(d.as_nanos()).unwrap_or(u64::MAX)
}
