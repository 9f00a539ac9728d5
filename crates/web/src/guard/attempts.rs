//! How often a wrong password may be tried: a few times at once, then slowly; for each address, and for each name from each
//! address, so that whoever tries names in vain from one place keeps nobody out elsewhere. No clock here: the time is an argument.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::time::{Duration, Instant};

use crate::serve::Whence;

/// So many addresses and names are remembered. Then the least guilty is forgotten: what is lost is only that it was tried.
const MOST: usize = 4096;

/// How many attempts at once, and after how long one more.
#[derive(Debug, Clone, Copy)]
struct Rate {
    at_once: u32,
    every: Duration,
}

/// Of one name from one address: people mistype.
const OF_NAME: Rate = Rate { at_once: 5, every: Duration::from_secs(10) };
/// Of one address, which may be a proxy's: many people mistype.
const OF_ADDRESS: Rate = Rate { at_once: 20, every: Duration::from_secs(3) };

/// Who is counted: an address, or a name from an address. Names are kept as keyed hashes; they may be passwords in the wrong field.
type Counted = (Whence, Option<u64>);

/// The attempts of late.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    /// When the last attempt will be forgiven; each attempt adds to it (the generic cell rate algorithm).
    guilty_until: BTreeMap<Counted, Instant>,
    names: RandomState,
}

impl Attempts {
    /// How long to wait before an attempt; nothing when there is no need to.
    pub(super) fn wait(&self, whence: Whence, name: &str, now: Instant) -> Option<Duration> {
        let counted = self.counted(whence, name);
        let waits = counted.into_iter().filter_map(|(counted, rate)| {
            let guilty = self.guilty_until.get(&counted)?.saturating_duration_since(now);
            (guilty + rate.every).checked_sub(rate.every * rate.at_once).filter(|wait| !wait.is_zero())
        });
        waits.max()
    }

    /// Counts an attempt as failed, before it is made: so many at once are no way around it.
    pub(super) fn begin(&mut self, whence: Whence, name: &str, now: Instant) {
        for (counted, rate) in self.counted(whence, name) {
            if !self.guilty_until.contains_key(&counted) {
                self.make_room(now);
            }
            let until = self.guilty_until.entry(counted).or_insert(now);
            *until = (*until).max(now) + rate.every;
        }
    }

    /// It did not fail after all.
    pub(super) fn forgive(&mut self, whence: Whence, name: &str) {
        for (counted, rate) in self.counted(whence, name) {
            if let Some(until) = self.guilty_until.get_mut(&counted) {
                *until = until.checked_sub(rate.every).unwrap_or(*until);
            }
        }
    }

    fn counted(&self, whence: Whence, name: &str) -> [(Counted, Rate); 2] {
        [((whence, None), OF_ADDRESS), ((whence, Some(self.names.hash_one(name))), OF_NAME)]
    }

    fn make_room(&mut self, now: Instant) {
        if self.guilty_until.len() < MOST {
            return;
        }
        self.guilty_until.retain(|_, until| *until > now);
        if self.guilty_until.len() >= MOST
            && let Some(least) = self.guilty_until.iter().min_by_key(|(_, until)| **until).map(|(counted, _)| *counted)
        {
            self.guilty_until.remove(&least);
        }
    }
}

#[cfg(test)]
mod tests;
