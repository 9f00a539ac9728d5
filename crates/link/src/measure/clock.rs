//! Whether our own wall clock was set: stamps from before and after that must not be subtracted from each other.

use std::time::Duration;

use crate::time::{Moment, Stamp};

/// A caller may read its clock once for a whole batch of packets, so the order of moment and stamp is only known this well. A jump that
/// is smaller than that is not seen, and cannot spoil more.
pub const SLACK: Duration = Duration::from_millis(1);

/// What the wall clock is ahead of the clock that never goes back. On Linux both run at one rate, so the difference is constant until
/// somebody sets the wall clock; being late makes it uncertain, but to one side only: a packet is stamped after its sender looked at the
/// clock, and before its receiver does. Hence no load, however heavy, looks like a jump.
#[derive(Debug, Clone, Copy)]
pub struct Offset {
    at_least: i64,
    at_most: i64,
}

impl Default for Offset {
    fn default() -> Self {
        Self { at_least: i64::MIN, at_most: i64::MAX }
    }
}

impl Offset {
    /// The caller looked at its clock, and then the kernel stamped what was sent. Returns whether the wall clock was set back since the
    /// last call; then everything from before is forgotten.
    pub fn sent(&mut self, at: Moment, stamp: Stamp) -> bool {
        let offset = difference(stamp, at);
        self.at_most = self.at_most.min(offset);
        self.is_impossible() && self.begin_anew(Self { at_most: offset, ..Self::default() })
    }

    /// The kernel stamped what came, and then the caller looked at its clock. Returns whether the wall clock was set forward since the
    /// last call; then everything from before is forgotten.
    pub fn received(&mut self, at: Moment, stamp: Stamp) -> bool {
        let offset = difference(stamp, at);
        self.at_least = self.at_least.max(offset);
        self.is_impossible() && self.begin_anew(Self { at_least: offset, ..Self::default() })
    }

    fn is_impossible(self) -> bool {
        let slack = i64::try_from(SLACK.as_nanos()).unwrap_or(i64::MAX);
        self.at_least > self.at_most.saturating_add(slack)
    }

    fn begin_anew(&mut self, new: Self) -> bool {
        *self = new;
        true
    }
}

fn difference(stamp: Stamp, at: Moment) -> i64 {
    stamp.0.wrapping_sub(at.0).cast_signed()
}

#[cfg(test)]
mod tests;
