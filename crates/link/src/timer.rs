//! What the timers of a link are for.

use crate::table::{self, Kind, Table};

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// To ask for a session again.
    Syn,
    /// To send the next probe.
    Probe,
    /// The peer should have been heard by now: time to ask its kernel.
    Miss,
    /// The peer has been silent for the detection time.
    Detect,
    /// The session that was replaced is kept no longer.
    Drain,
}

impl Timer {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Syn, Self::Probe, Self::Miss, Self::Detect, Self::Drain];
}

impl Kind for Timer {
    const ALL: &'static [Self] = &Timer::ALL;

    fn place(self) -> usize {
        self as usize
    }
}

/// A timer of a link that was armed.
pub type Armed = table::Armed<Timer>;

/// The timers of one link.
pub type Timers = Table<Timer, { Timer::ALL.len() }>;

#[cfg(test)]
mod tests;
