//! Deadlines as data. A timer that was cancelled is gone: nothing can fire after its cancel.

use std::collections::BTreeMap;

use allswell_model::Timestamp;

/// Deadlines in the order in which they fall due; those of one instant in the order in which they were armed.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    due: BTreeMap<(Timestamp, Generation), K>,
    next: Generation,
}

/// Each arming has its own, so that one timer is never taken for another of the same instant.
type Generation = u64;

/// The one way to cancel a timer. It cannot be copied: who holds it owns the timer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Armed {
    at: Timestamp,
    generation: Generation,
}

impl<K> Timers<K> {
    pub(crate) fn new() -> Self {
        Self { due: BTreeMap::new(), next: 0 }
    }

    pub(crate) fn arm(&mut self, at: Timestamp, key: K) -> Armed {
        let generation = self.next;
        self.next += 1;
        self.due.insert((at, generation), key);
        Armed { at, generation }
    }

    /// Gives the key back; nothing when the timer has fired.
    pub(crate) fn cancel(&mut self, armed: &Armed) -> Option<K> {
        self.due.remove(&(armed.at, armed.generation))
    }

    /// The first deadline.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Fires the first timer if its deadline has come.
    pub(crate) fn fire(&mut self, now: Timestamp) -> Option<(Timestamp, K)> {
        let first = self.due.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((at, _), key) = first.remove_entry();
        Some((at, key))
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.due.len()
    }
}

#[cfg(test)]
mod tests;
