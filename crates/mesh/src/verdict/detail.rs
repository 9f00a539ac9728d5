//! What a link that is down is known to suffer from, as one end of it sees it.

/// Why a link is down, from the side of whoever says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Detail {
    /// Neither the peer's process nor its kernel answers.
    Silent,
    /// Its process does not answer, and its kernel could not be asked: we may not send ICMP.
    Unasked,
    /// Its kernel says that nothing listens on the port.
    Refused,
    /// The peer says that it does not hear us: our packets do not arrive, and we hear it.
    OneWayOut,
    /// We hear nothing from the peer, and it hears us.
    OneWayIn,
    /// Packets come from its address, signed with a key that we do not have.
    OtherKeys,
    /// Our own packets do not leave, so nothing is known of the peer.
    Own,
}

impl Detail {
    /// All of them.
    pub const ALL: [Self; 7] = [Self::Silent, Self::Unasked, Self::Refused, Self::OneWayOut, Self::OneWayIn, Self::OtherKeys, Self::Own];

    /// As one word, the same everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::Unasked => "unasked",
            Self::Refused => "refused",
            Self::OneWayOut => "one_way_out",
            Self::OneWayIn => "one_way_in",
            Self::OtherKeys => "other_keys",
            Self::Own => "own",
        }
    }

    /// Whether packets were seen to go in neither direction, as far as this end can tell.
    #[must_use]
    pub fn is_silence(self) -> bool {
        matches!(self, Self::Silent | Self::Unasked | Self::Own)
    }
}
