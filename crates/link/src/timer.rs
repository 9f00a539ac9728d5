//! The timers of one link, as data. A timer that was cancelled or armed anew cannot fire: whoever holds its old number holds nothing.

use crate::time::Moment;

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

/// A timer that was armed: when, and by which arming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Armed {
    /// When it is due.
    pub at: Moment,
    /// What for.
    pub timer: Timer,
    generation: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    at: Option<Moment>,
    /// Raised by each arming and each cancel. It would take a timer that is held through 2^32 of these to confuse it.
    generation: u32,
}

/// The timers of one link: one slot for each kind, so that there are never more of them than that.
#[derive(Debug, Clone, Default)]
pub struct Timers([Slot; Timer::ALL.len()]);

impl Timers {
    /// Arms a timer; one that was armed already moves.
    pub(crate) fn arm(&mut self, timer: Timer, at: Moment) {
        self.set(timer, Some(at));
    }

    /// Disarms a timer. To do so twice is to do it once.
    pub(crate) fn cancel(&mut self, timer: Timer) {
        self.set(timer, None);
    }

    /// Disarms all of them.
    pub(crate) fn cancel_all(&mut self) {
        Timer::ALL.into_iter().for_each(|timer| self.cancel(timer));
    }

    /// When a timer is due; `None` when it is not armed.
    #[must_use]
    pub fn at(&self, timer: Timer) -> Option<Moment> {
        self.0.get(timer as usize)?.at
    }

    /// A timer as it is armed now.
    #[must_use]
    pub fn armed(&self, timer: Timer) -> Option<Armed> {
        let Slot { at, generation } = *self.0.get(timer as usize)?;
        at.map(|at| Armed { at, timer, generation })
    }

    /// The earliest of those that the filter wants.
    #[must_use]
    pub fn first(&self, wanted: impl Fn(Timer) -> bool) -> Option<Armed> {
        Timer::ALL.into_iter().filter(|timer| wanted(*timer)).filter_map(|timer| self.armed(timer)).min()
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
