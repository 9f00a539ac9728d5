//! Which numbers were heard: stands in until the bounded window takes its place.

use std::collections::BTreeSet;

/// A number's place among the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Heard for the first time.
    New {
        /// How many later ones came before it; `None` when it came in order.
        reordered: Option<u64>,
    },
    /// Heard before.
    Duplicate,
    /// Too old to know.
    Stale,
}

/// The numbers that were heard.
#[derive(Debug, Clone, Default)]
pub struct Window {
    seen: BTreeSet<u64>,
    duplicates: u64,
    reordered: u64,
}

impl Window {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hears one.
    pub fn accept(&mut self, sequence: u64) -> Verdict {
        let late = self.seen.last().is_some_and(|last| *last > sequence);
        if !self.seen.insert(sequence) {
            self.duplicates += 1;
            return Verdict::Duplicate;
        }
        self.reordered += u64::from(late);
        Verdict::New { reordered: late.then_some(1) }
    }

    /// The highest.
    #[must_use]
    pub fn highest(&self) -> Option<u64> {
        self.seen.last().copied()
    }

    /// How many different ones.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.seen.len() as u64
    }

    /// How many came more than once.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.duplicates
    }

    /// How many came after a later one.
    #[must_use]
    pub fn reordered(&self) -> u64 {
        self.reordered
    }
}
