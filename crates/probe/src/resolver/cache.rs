//! Answers, for as long as they hold. Time is an argument.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// Two for each of 30,000 names. When it is full and nothing in it has expired, a new answer is not kept: what is there
/// is as useful, and whoever needs the new one asks again.
const MOST_ENTRIES: usize = 60_000;

/// A monitor wants to see a change within reason, whatever the zone says.
const LONGEST: Duration = Duration::from_secs(3600);

/// A full cache is swept no more often than this.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Values with the time at which they end.
#[derive(Debug)]
pub(crate) struct Cache<K, V> {
    entries: HashMap<K, (V, Instant)>,
    swept: Option<Instant>,
    most: usize,
}

impl<K: Eq + Hash, V: Clone> Default for Cache<K, V> {
    fn default() -> Self {
        Self::with_room(MOST_ENTRIES)
    }
}

impl<K: Eq + Hash, V: Clone> Cache<K, V> {
    /// A cache of so many entries at most.
    pub(crate) fn with_room(most: usize) -> Self {
        Self { entries: HashMap::new(), swept: None, most }
    }

    /// What is known and still holds.
    pub(crate) fn find(&self, key: &K, now: Instant) -> Option<V> {
        self.entries.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value.clone())
    }

    /// Keeps a value for a time; nothing is kept for no time.
    pub(crate) fn keep(&mut self, key: K, value: V, holds: Duration, now: Instant) {
        if holds.is_zero() || !(self.entries.contains_key(&key) || self.has_room(now)) {
            return;
        }
        self.entries.insert(key, (value, now + holds.min(LONGEST)));
    }

    fn has_room(&mut self, now: Instant) -> bool {
        if self.entries.len() >= self.most && self.swept.is_none_or(|swept| swept + SWEEP_EVERY <= now) {
            self.entries.retain(|_, (_, until)| now < *until);
            self.swept = Some(now);
        }
        self.entries.len() < self.most
    }
}

#[cfg(test)]
mod tests;
