//! Why a packet was dropped, and how often. Nothing is ever answered to a dropped packet.

/// The reason, as it stands in metrics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dropped {
    /// Too short, too long, or of the wrong length for its kind.
    Length,
    /// Of a version that we do not speak.
    Version,
    /// Of a kind that we do not know.
    Kind,
    /// From a node that is no peer of ours.
    UnknownPeer,
    /// Addressed to another node.
    NotForUs,
    /// Signed with a key that we do not have.
    UnknownKey,
    /// Not signed by that peer: forged, damaged, or sent back to us.
    Mac,
    /// Of no session that we have.
    UnknownSession,
    /// Of a session of which only one half is ours.
    CrossSession,
    /// Heard already.
    Duplicate,
    /// So old that we no longer know whether we heard it.
    Stale,
    /// Its figures make no sense: an interval or a multiplier out of bounds.
    Malformed,
    /// An answer to nothing that we asked.
    Unasked,
    /// Its cookie is not ours, is used up, is too old, or is another address's.
    Cookie,
    /// Both ends asked at once, and ours goes on.
    TieBreak,
    /// More handshakes than a peer needs.
    RateLimited,
    /// The link is switched off.
    Closed,
}

impl Dropped {
    /// All of them, in the order of metrics.
    pub const ALL: [Self; 17] = [
        Self::Length,
        Self::Version,
        Self::Kind,
        Self::UnknownPeer,
        Self::NotForUs,
        Self::UnknownKey,
        Self::Mac,
        Self::UnknownSession,
        Self::CrossSession,
        Self::Duplicate,
        Self::Stale,
        Self::Malformed,
        Self::Unasked,
        Self::Cookie,
        Self::TieBreak,
        Self::RateLimited,
        Self::Closed,
    ];

    /// As one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::Version => "version",
            Self::Kind => "kind",
            Self::UnknownPeer => "unknown_peer",
            Self::NotForUs => "not_for_us",
            Self::UnknownKey => "unknown_key",
            Self::Mac => "mac",
            Self::UnknownSession => "unknown_session",
            Self::CrossSession => "cross_session",
            Self::Duplicate => "duplicate",
            Self::Stale => "stale",
            Self::Malformed => "malformed",
            Self::Unasked => "unasked",
            Self::Cookie => "cookie",
            Self::TieBreak => "tie_break",
            Self::RateLimited => "rate_limited",
            Self::Closed => "closed",
        }
    }
}

/// How often, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drops([u64; Dropped::ALL.len()]);

impl Drops {
    /// Counts one.
    pub(crate) fn count(&mut self, why: Dropped) {
        if let Some(count) = self.0.get_mut(why as usize) {
            *count += 1;
        }
    }

    /// How often for this reason.
    #[must_use]
    pub fn of(&self, why: Dropped) -> u64 {
        self.0.get(why as usize).copied().unwrap_or(0)
    }

    /// Each reason with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Dropped, u64)> + '_ {
        Dropped::ALL.into_iter().zip(self.0)
    }
}
