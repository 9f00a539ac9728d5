//! What one end tells the other of its pace, and what follows from both.

use std::time::Duration;

/// Faster than this nobody may ask us to send or listen.
pub const SHORTEST: Duration = Duration::from_millis(1);

/// Slower than this is no liveness.
pub const LONGEST: Duration = Duration::from_mins(1);

/// One silent interval is no proof: the peer's kernel must have had time to answer.
pub const LEAST_MULTIPLIER: u8 = 2;

/// More would make nothing surer.
pub const MOST_MULTIPLIER: u8 = 50;

/// What one end wishes and can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Terms {
    /// It sends no seldomer than this: the next packet comes within so long.
    pub interval: Duration,
    /// It does not want to hear more often than this.
    pub hears: Duration,
    /// Silence for so many intervals ends a session.
    pub multiplier: u8,
}

impl Terms {
    /// The same pace both ways.
    #[must_use]
    pub fn every(interval: Duration, multiplier: u8) -> Self {
        Self { interval, hears: interval, multiplier }
    }

    /// Whether they are within bounds; others are not agreed to.
    #[must_use]
    pub fn are_sound(&self) -> bool {
        let within = |d: Duration| (SHORTEST..=LONGEST).contains(&d);
        within(self.interval) && within(self.hears) && (LEAST_MULTIPLIER..=MOST_MULTIPLIER).contains(&self.multiplier)
    }

    /// How often we send to a peer that wants to hear no more often than `theirs` says.
    pub(crate) fn sends_every(&self, theirs: &Self) -> Duration {
        self.interval.max(theirs.hears)
    }
}

#[cfg(test)]
mod tests;
