//! The clocks of this host, read raw. Who anchors one to the other, and what a jump means, is decided elsewhere.

mod discipline;

use std::time::Duration;

use rustix::time::{ClockId, Timespec, clock_gettime};

pub use discipline::{Discipline, discipline};

/// All clocks, read together (within a fraction of a microsecond of each other).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Microseconds since 1970-01-01T00:00:00Z; it may jump.
    pub wall_micros: i64,
    /// Since some fixed point; never jumps, stands still while the host sleeps.
    pub monotonic: Duration,
    /// Since the host was booted; never jumps, runs on while the host sleeps.
    pub boottime: Duration,
}

/// Reads all clocks.
#[must_use]
pub fn read() -> Reading {
    Reading { wall_micros: wall_micros(), monotonic: monotonic(), boottime: boottime() }
}

/// Microseconds since 1970-01-01T00:00:00Z, by the wall clock.
#[must_use]
pub fn wall_micros() -> i64 {
    let now = clock_gettime(ClockId::Realtime);
    now.tv_sec.saturating_mul(1_000_000).saturating_add(now.tv_nsec / 1_000)
}

/// The monotonic clock, which `std::time::Instant` reads too.
#[must_use]
pub fn monotonic() -> Duration {
    duration(clock_gettime(ClockId::Monotonic))
}

/// The wall clock and the monotonic one at one moment, in nanoseconds: the second is the middle of what it said just before and just after.
#[must_use]
pub fn both_nanos() -> (u64, u64) {
    let nanos = |d: Duration| u64::try_from(d.as_nanos()).unwrap_or(u64::MAX);
    let before = nanos(monotonic());
    let wall = nanos(duration(clock_gettime(ClockId::Realtime)));
    (wall, before.midpoint(nanos(monotonic())))
}

/// How long ago the host was booted, its sleep included.
#[must_use]
pub fn boottime() -> Duration {
    duration(clock_gettime(ClockId::Boottime))
}

/// The clocks that come here never run below zero.
pub(crate) fn duration(time: Timespec) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

#[cfg(test)]
mod tests;
