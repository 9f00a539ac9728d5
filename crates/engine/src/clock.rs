//! UTC for results and events: anchored to the monotonic clock, so that a jump of the wall clock is an event and no hole.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use allswell_model::Timestamp;

use crate::schedule::Moment;

/// The wall clock may differ by this much from the anchored one before it counts as a jump; less is followed silently,
/// as a time server slews it.
pub(crate) const JUMP: Duration = Duration::from_millis(500);

/// One clock for the whole engine.
#[derive(Debug)]
pub(crate) struct Clock {
    start: Instant,
    /// Microseconds since 1970 at `start`, as far as is known now.
    wall_at_start: AtomicI64,
}

impl Clock {
    /// Anchored at this instant, which the wall clock calls `wall`.
    pub(crate) fn anchored(start: Instant, wall: Timestamp) -> Self {
        Self { start, wall_at_start: AtomicI64::new(wall.0) }
    }

    /// What an instant is called in UTC.
    pub(crate) fn utc(&self, at: Instant) -> Timestamp {
        Timestamp(self.wall_at_start.load(Ordering::Relaxed)) + at.saturating_duration_since(self.start)
    }

    /// What an instant is called in the schedule.
    pub(crate) fn moment(&self, at: Instant) -> Moment {
        Moment(0).after(at.saturating_duration_since(self.start))
    }

    /// The instant of a moment.
    pub(crate) fn instant(&self, moment: Moment) -> Instant {
        self.start + Duration::from_micros(moment.0)
    }

    /// Compares with the wall clock and follows it; says by how many milliseconds it jumped, if it did.
    pub(crate) fn compare(&self, at: Instant, wall: Timestamp) -> Option<i64> {
        let by = wall.0 - self.utc(at).0;
        self.wall_at_start.fetch_add(by, Ordering::Relaxed);
        (by.unsigned_abs() > u64::try_from(JUMP.as_micros()).unwrap_or(u64::MAX)).then_some(by / 1000)
    }
}

#[cfg(test)]
mod tests;
