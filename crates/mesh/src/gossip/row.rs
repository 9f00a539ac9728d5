//! A row: what one node says of its links.

use std::collections::BTreeSet;
use std::time::Duration;

use allswell_link::ids::Node;
use allswell_model::link::LinkState;

use crate::verdict::Detail;

/// What one node says of its links, at the moment that it was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Row {
    /// How often its process was too late, since it began.
    pub stalls: u32,
    /// The longest of these; milliseconds are kept.
    pub longest_stall: Duration,
    /// It tells people of troubles, and is heard by them.
    pub tells: bool,
    /// One for each node that it measures, in the order of [`Node`].
    pub entries: Vec<Entry>,
}

impl Row {
    /// Whether the node that made it says that packets go both ways between it and the peer.
    #[must_use]
    pub fn reaches(&self, peer: Node) -> bool {
        let entry = self.entries.binary_search_by_key(&peer, |entry| entry.peer).ok().and_then(|index| self.entries.get(index));
        entry.is_some_and(|entry| matches!(entry.state, LinkState::Up | LinkState::Degraded))
    }

    /// Whether the other one says the same of the same links, but for figures.
    pub(super) fn same_states(&self, other: &Self) -> bool {
        let states = |row: &Self| row.entries.iter().map(|e| (e.peer, e.state, e.detail)).collect::<Vec<_>>();
        self.tells == other.tells && states(self) == states(other)
    }

    pub(super) fn keep_only(&mut self, members: &BTreeSet<Node>) {
        self.entries.retain(|entry| members.contains(&entry.peer));
    }
}

/// What a row says of one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The other end.
    pub peer: Node,
    /// How the link is.
    pub state: LinkState,
    /// What is known of why it is down.
    pub detail: Option<Detail>,
    /// For how long it has been so, when the row was made. Milliseconds are kept.
    pub since: Duration,
    /// Median round trip of the last seconds: in steps of 10 ns, up to 42 s.
    pub rtt: Option<Duration>,
    /// The link's own normal: likewise.
    pub normal: Option<Duration>,
    /// Lost on the way to the peer.
    pub loss_forward: Loss,
    /// Lost on the way back.
    pub loss_reverse: Loss,
}

/// A share of lost packets in 65 534 steps, or that it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loss(pub(super) u16);

impl Loss {
    /// What stands where nothing is known.
    pub const UNKNOWN: Self = Self(u16::MAX);
    const ALL: f64 = 65_534.0;

    /// The nearest step; whatever is lost at all is never nothing.
    #[must_use]
    pub fn of(share: Option<f64>) -> Self {
        let Some(share) = share.filter(|share| !share.is_nan()) else { return Self::UNKNOWN };
        let steps = (share.clamp(0.0, 1.0) * Self::ALL).round().max(if share > 0.0 { 1.0 } else { 0.0 });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 65 534")]
        Self(steps as u16)
    }

    /// From 0 to 1.
    #[must_use]
    pub fn share(self) -> Option<f64> {
        (self != Self::UNKNOWN).then(|| f64::from(self.0) / Self::ALL)
    }
}
