//! Timers as data, one slot for each kind: what both protocols arm, move, cancel and fire. A timer that was cancelled or armed anew cannot
//! fire: whoever holds its old number holds nothing.

use std::marker::PhantomData;

use crate::time::Moment;

/// What timers are for, by protocol.
pub trait Kind: Copy + Ord + 'static {
    /// All of them.
    const ALL: &'static [Self];

    /// Its place among them.
    fn place(self) -> usize;
}

/// A timer that was armed: when, and by which arming.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Armed<K> {
    /// When it is due.
    pub at: Moment,
    /// What for.
    pub timer: K,
    generation: u32,
}

#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    at: Option<Moment>,
    /// Raised by each arming and each cancel. It would take a timer that is held through 2^32 of these to confuse it.
    generation: u32,
}

/// The timers of one session or link, `N` kinds of them: so there are never more than that.
#[derive(Debug, Clone)]
pub struct Table<K, const N: usize>([Slot; N], PhantomData<K>);

impl<K, const N: usize> Default for Table<K, N> {
    fn default() -> Self {
        Self([Slot::default(); N], PhantomData)
    }
}

impl<K: Kind, const N: usize> Table<K, N> {
    /// Arms a timer; one that was armed already moves.
    pub(crate) fn arm(&mut self, timer: K, at: Moment) {
        self.set(timer, Some(at));
    }

    /// Disarms a timer. To do so twice is to do it once.
    pub(crate) fn cancel(&mut self, timer: K) {
        self.set(timer, None);
    }

    /// Disarms all of them.
    pub(crate) fn cancel_all(&mut self) {
        K::ALL.iter().for_each(|timer| self.cancel(*timer));
    }

    /// When a timer is due; `None` when it is not armed.
    #[must_use]
    pub fn at(&self, timer: K) -> Option<Moment> {
        self.0.get(timer.place())?.at
    }

    /// A timer as it is armed now.
    #[must_use]
    pub fn armed(&self, timer: K) -> Option<Armed<K>> {
        let Slot { at, generation } = *self.0.get(timer.place())?;
        at.map(|at| Armed { at, timer, generation })
    }

    /// The earliest of those that the filter wants; of several at one moment the first kind.
    #[must_use]
    pub fn first(&self, wanted: impl Fn(K) -> bool) -> Option<Armed<K>> {
        K::ALL.iter().copied().filter(|timer| wanted(*timer)).filter_map(|timer| self.armed(timer)).min()
    }

    /// Takes a timer to fire it. False when it was cancelled or armed anew since: then it must not fire.
    pub(crate) fn take(&mut self, armed: Armed<K>) -> bool {
        let fires = self.armed(armed.timer) == Some(armed);
        if fires {
            self.cancel(armed.timer);
        }
        fires
    }

    /// As if it had been armed and cancelled so often.
    #[cfg(test)]
    pub(crate) fn wear_out(&mut self, timer: K, generation: u32) {
        if let Some(slot) = self.0.get_mut(timer.place()) {
            slot.generation = generation;
        }
    }

    fn set(&mut self, timer: K, at: Option<Moment>) {
        if let Some(slot) = self.0.get_mut(timer.place()) {
            *slot = Slot { at, generation: slot.generation.wrapping_add(1) };
        }
    }
}
