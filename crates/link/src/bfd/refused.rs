//! Why a packet was refused, and how often. Nothing is ever answered to a refused packet.

/// The reason, in the order of the checks (RFC 5880, 6.8.6; the hop limit is RFC 5881's).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    /// Of another version than 1.
    Version,
    /// Its length field is less than the mandatory part.
    Length,
    /// Its length field is more than came.
    Truncated,
    /// Its detection multiplier is 0.
    Multiplier,
    /// It is meant for more than one system.
    Multipoint,
    /// It does not say which session of its sender it belongs to.
    NoDiscriminator,
    /// It names a session that we do not have.
    UnknownSession,
    /// It names no session of ours, though its sender claims to hear us.
    StateWithoutSession,
    /// It names no session of ours, and comes from no peer of ours.
    UnknownPeer,
    /// It comes from further away than the next host.
    HopLimit,
    /// It is signed, and no signatures are in use.
    Authentication,
    /// The session is held down by our operator.
    AdminDown,
}

impl Refused {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Version,
        Self::Length,
        Self::Truncated,
        Self::Multiplier,
        Self::Multipoint,
        Self::NoDiscriminator,
        Self::UnknownSession,
        Self::StateWithoutSession,
        Self::UnknownPeer,
        Self::HopLimit,
        Self::Authentication,
        Self::AdminDown,
    ];

    /// As one word, as it stands in metrics beside the reasons of our own protocol.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Version => "bfd_version",
            Self::Length => "bfd_length",
            Self::Truncated => "bfd_truncated",
            Self::Multiplier => "bfd_multiplier",
            Self::Multipoint => "bfd_multipoint",
            Self::NoDiscriminator => "bfd_no_discriminator",
            Self::UnknownSession => "bfd_unknown_session",
            Self::StateWithoutSession => "bfd_state_without_session",
            Self::UnknownPeer => "bfd_unknown_peer",
            Self::HopLimit => "bfd_hop_limit",
            Self::Authentication => "bfd_authentication",
            Self::AdminDown => "bfd_admin_down",
        }
    }

    /// Where the rule stands.
    #[must_use]
    pub fn section(self) -> &'static str {
        match self {
            Self::HopLimit => "RFC 5881, 5",
            Self::UnknownPeer => "RFC 5881, 3",
            _ => "RFC 5880, 6.8.6",
        }
    }
}

/// How often, by reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Refusals([u64; Refused::ALL.len()]);

impl Refusals {
    /// Counts one.
    pub fn count(&mut self, why: Refused) {
        if let Some(count) = self.0.get_mut(why as usize) {
            *count += 1;
        }
    }

    /// How often for this reason.
    #[must_use]
    pub fn of(&self, why: Refused) -> u64 {
        self.0.get(why as usize).copied().unwrap_or(0)
    }

    /// Each reason with its count.
    pub fn iter(&self) -> impl Iterator<Item = (Refused, u64)> + '_ {
        Refused::ALL.into_iter().zip(self.0)
    }
}
