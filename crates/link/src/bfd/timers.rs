//! The timers of one session, as data. A timer that was cancelled or armed anew cannot fire: whoever holds its old number holds nothing.

use crate::time::Moment;

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

/// A timer that was armed: when, and by which arming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Armed {
    pub(crate) at: Moment,
    pub(crate) timer: Timer,
    generation: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    at: Option<Moment>,
    /// Raised by each arming and each cancel.
    generation: u32,
}

/// One slot for each kind, so that there are never more timers than that.
#[derive(Debug, Clone, Default)]
pub(crate) struct Timers([Slot; Timer::ALL.len()]);

impl Timers {
    /// Arms a timer; one that was armed already moves.
    pub(crate) fn arm(&mut self, timer: Timer, at: Moment) {
        self.set(timer, Some(at));
    }

    /// Disarms a timer. To do so twice is to do it once.
    pub(crate) fn cancel(&mut self, timer: Timer) {
        self.set(timer, None);
    }

    /// A timer as it is armed now.
    pub(crate) fn armed(&self, timer: Timer) -> Option<Armed> {
        let Slot { at, generation } = *self.0.get(timer as usize)?;
        at.map(|at| Armed { at, timer, generation })
    }

    /// The earliest.
    pub(crate) fn first(&self) -> Option<Armed> {
        Timer::ALL.into_iter().filter_map(|timer| self.armed(timer)).min()
    }

    /// Takes a timer to fire it. False when it was cancelled or armed anew since: then it must not fire.
    pub(crate) fn take(&mut self, armed: Armed) -> bool {
        let fires = self.armed(armed.timer) == Some(armed);
        if fires {
            self.cancel(armed.timer);
        }
        fires
    }

    fn set(&mut self, timer: Timer, at: Option<Moment>) {
        if let Some(slot) = self.0.get_mut(timer as usize) {
            *slot = Slot { at, generation: slot.generation.wrapping_add(1) };
        }
    }
}

#[cfg(test)]
mod tests;
