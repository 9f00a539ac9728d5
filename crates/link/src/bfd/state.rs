//! The words of the protocol: how a session is, and why it last changed.

/// How one end of a session is (RFC 5880, 4.1 and 6.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Held down on purpose.
    AdminDown,
    /// Nothing is heard, or only from a peer that says the same.
    Down,
    /// The peer is heard, and is not known to hear us.
    Init,
    /// Both ends hear each other.
    Up,
}

impl State {
    /// All of them, in the order of their numbers.
    pub const ALL: [Self; 4] = [Self::AdminDown, Self::Down, Self::Init, Self::Up];

    /// As one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::AdminDown => "admin_down",
            Self::Down => "down",
            Self::Init => "init",
            Self::Up => "up",
        }
    }

    /// From the two bits of a packet.
    pub(crate) fn of_bits(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::AdminDown,
            1 => Self::Down,
            2 => Self::Init,
            _ => Self::Up,
        }
    }
}

/// Why a session last changed, as its end says (RFC 5880, 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Diagnostic {
    /// Nothing to say.
    None,
    /// Control packets did not come.
    DetectionTimeExpired,
    /// Echo packets did not come back.
    EchoFailed,
    /// The other end said that it is down.
    NeighborSignaledDown,
    /// What forwards packets began anew.
    ForwardingPlaneReset,
    /// What lies under the session is down.
    PathDown,
    /// A path further on is down.
    ConcatenatedPathDown,
    /// An operator wants it so.
    AdministrativelyDown,
    /// A path further on is down, on the way back.
    ReverseConcatenatedPathDown,
    /// One that the RFC has not given out.
    Other(u8),
}

impl Diagnostic {
    /// Those that have a name, in the order of their numbers.
    pub const NAMED: [Self; 9] = [
        Self::None,
        Self::DetectionTimeExpired,
        Self::EchoFailed,
        Self::NeighborSignaledDown,
        Self::ForwardingPlaneReset,
        Self::PathDown,
        Self::ConcatenatedPathDown,
        Self::AdministrativelyDown,
        Self::ReverseConcatenatedPathDown,
    ];

    /// As a few words that can end a sentence: "it says: ...".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "no diagnostic",
            Self::DetectionTimeExpired => "it heard nothing for its detection time",
            Self::EchoFailed => "its echo packets did not come back",
            Self::NeighborSignaledDown => "we told it that we are down",
            Self::ForwardingPlaneReset => "its forwarding began anew",
            Self::PathDown => "its path is down",
            Self::ConcatenatedPathDown => "a path behind it is down",
            Self::AdministrativelyDown => "its operator holds it down",
            Self::ReverseConcatenatedPathDown => "a path behind it is down on the way back",
            Self::Other(_) => "a diagnostic that no standard names",
        }
    }

    /// From the five bits of a packet.
    pub(crate) fn of_bits(bits: u8) -> Self {
        let bits = bits & 0x1f;
        Self::NAMED.get(usize::from(bits)).copied().unwrap_or(Self::Other(bits))
    }

    pub(crate) fn bits(self) -> u8 {
        match self {
            Self::None => 0,
            Self::DetectionTimeExpired => 1,
            Self::EchoFailed => 2,
            Self::NeighborSignaledDown => 3,
            Self::ForwardingPlaneReset => 4,
            Self::PathDown => 5,
            Self::ConcatenatedPathDown => 6,
            Self::AdministrativelyDown => 7,
            Self::ReverseConcatenatedPathDown => 8,
            Self::Other(bits) => bits & 0x1f,
        }
    }
}
