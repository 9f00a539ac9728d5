//! What one peer was told of one row.

use std::time::Duration;

use allswell_link::time::Moment;

/// The newest version that the peer has, as far as we know, and how far the telling of the next one got.
#[derive(Debug, Default)]
pub(super) struct Told {
    version: u64,
    /// When we told it last; `None` when it had it from elsewhere.
    at: Option<Moment>,
    /// A version of which some parts are under way, and how many.
    begun: Option<(u64, usize)>,
}

impl Told {
    /// Whether the version has to be told now: at once where a state changed since, else when the last time is long enough ago.
    pub(super) fn is_due(&self, version: u64, changed: u64, (now, every): (Moment, Duration)) -> bool {
        // A lower version than was told is that of a node whose clock went back at its restart; its old row is dead by now.
        let news = version != self.version && (changed > self.version || changed == version);
        let again = version != self.version && self.at.is_none_or(|at| now.since(at) >= every);
        news || again || self.begun_of(version).is_some()
    }

    /// How many parts of this version went out, where it is under way.
    pub(super) fn begun_of(&self, version: u64) -> Option<usize> {
        self.begun.filter(|(of, _)| *of == version).map(|(_, parts)| parts)
    }

    /// So many parts of all went out.
    pub(super) fn sent(&mut self, version: u64, parts: usize, all: usize, now: Moment) {
        if parts < all {
            self.begun = Some((version, parts));
            return;
        }
        *self = Self { version, at: Some(now), begun: None };
    }

    /// The peer told us this version itself.
    pub(super) fn heard(&mut self, version: u64) {
        self.version = self.version.max(version);
    }
}
