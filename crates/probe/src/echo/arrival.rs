//! When a packet arrived: the kernel stamps with the wall clock, round trips are taken by the monotonic one.

use std::time::{Duration, Instant, SystemTime};

/// Slewing moves the wall clock by at most 500 millionths; what differs more has jumped.
const SLEW: u32 = 1000;

/// Two clocks are not read at the same instant.
const READING: Duration = Duration::from_millis(1);

/// Both clocks, as they were read last.
#[derive(Debug)]
pub(crate) struct Arrivals {
    now: Instant,
    wall: Duration,
    /// The wall clock jumped since the last reading, so that stamps from before say nothing.
    jumped: bool,
}

impl Arrivals {
    /// Both clocks as they stand.
    pub(crate) fn new() -> Self {
        Self { now: Instant::now(), wall: wall(), jumped: false }
    }

    /// Reads both clocks, right after packets were received.
    pub(crate) fn read(&mut self) {
        *self = self.after(Instant::now(), wall());
    }

    fn after(&self, now: Instant, wall: Duration) -> Self {
        let passed = now.saturating_duration_since(self.now);
        let jumped = wall.abs_diff(self.wall + passed) > READING + passed / SLEW;
        Self { now, wall, jumped }
    }

    /// When a packet with this stamp arrived. Without a stamp that can be used, it is when it was read.
    pub(crate) fn of(&self, stamp: Option<Duration>) -> Instant {
        let waited = match stamp {
            Some(stamp) if !self.jumped => self.wall.saturating_sub(stamp),
            _ => Duration::ZERO,
        };
        self.now.checked_sub(waited).unwrap_or(self.now)
    }
}

fn wall() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

#[cfg(test)]
mod tests;
