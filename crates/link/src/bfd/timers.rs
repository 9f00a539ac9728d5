//! What the timers of a BFD session are for.

use crate::table::{Kind, Table};

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Timer {
    /// The peer has been silent for the detection time. It stands before [`Self::Transmit`]: when both are due, it is said at once.
    Detect,
    /// To send the next periodic packet.
    Transmit,
}

impl Timer {
    pub(crate) const ALL: [Self; 2] = [Self::Detect, Self::Transmit];
}

impl Kind for Timer {
    const ALL: &'static [Self] = &Timer::ALL;

    fn place(self) -> usize {
        self as usize
    }
}

/// The timers of one session.
pub(crate) type Timers = Table<Timer, { Timer::ALL.len() }>;

#[cfg(test)]
mod tests;
