//! What a link tells its owner.

use std::time::Duration;

use crate::ids::Pair;

/// Of what a session died, or why none came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Death {
    /// Neither the peer's process nor its kernel answered.
    Silent,
    /// The peer's process did not answer, and its kernel could not be asked.
    SilentUnasked,
    /// The peer's process did not answer, and its kernel says that nobody listens there.
    Refused,
    /// The peer says that it hears nothing of us: packets go one way only.
    HearsNothing,
    /// The peer said that it leaves.
    Left,
    /// The peer never spoke in it.
    Unconfirmed,
    /// A newer session took its place: the peer began anew, or both ends had asked at once.
    Replaced,
    /// Our own interface is down.
    LinkDown,
    /// We left.
    WeLeft,
}

impl Death {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Silent,
        Self::SilentUnasked,
        Self::Refused,
        Self::HearsNothing,
        Self::Left,
        Self::Unconfirmed,
        Self::Replaced,
        Self::LinkDown,
        Self::WeLeft,
    ];

    /// As one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::SilentUnasked => "silent_unasked",
            Self::Refused => "refused",
            Self::HearsNothing => "hears_nothing",
            Self::Left => "left",
            Self::Unconfirmed => "unconfirmed",
            Self::Replaced => "replaced",
            Self::LinkDown => "link_down",
            Self::WeLeft => "we_left",
        }
    }
}

/// What happened on a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// A session stands.
    Up {
        /// Which.
        pair: Pair,
        /// Whether we asked for it.
        initiated: bool,
        /// From when the link was opened, or lost its last session, until now; nothing when one session took another's place.
        took: Duration,
        /// Whether the peer has begun anew since the last one.
        restarted: bool,
    },
    /// A session ended.
    Ended {
        /// Which.
        pair: Pair,
        /// Of what.
        death: Death,
        /// How long the peer had been silent in it.
        silent: Duration,
    },
    /// The peer's kernel answers, and its process has been silent for the detection time. The session stands.
    PeerStalled {
        /// How long it has been silent.
        silent: Duration,
    },
    /// The peer's process is heard again.
    PeerBack {
        /// How long it had been silent.
        silent: Duration,
    },
    /// We ourselves were too late to judge, so nothing was said of the peer.
    SelfStalled {
        /// By so much.
        late: Duration,
    },
}
