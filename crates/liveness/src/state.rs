//! What can be said of a connection: one word for each thing that is so, with what belongs to it.

use std::fmt;
use std::time::Duration;

use crate::who::{Soft, Who};

/// What a connection is. The pages of the [manual](crate::manual::verdicts) say of each what it proves, and what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum State {
    /// It was never connected: nobody tried, we gave up, or `connect` failed before a packet left.
    NotConnected,
    /// It accepts connections and is none.
    Listening,
    /// The handshake goes on.
    Connecting {
        /// What somebody on the way said against it meanwhile; the kernel goes on trying.
        soft: Option<Soft>,
    },
    /// The peer's kernel has shown a sign of life just now; [`Proof`](crate::Proof) tells which, and how long ago.
    Alive,
    /// It stands, and nothing proves that the peer does: nothing is under way that would show it.
    Idle,
    /// The peer has finished sending. Whether it still reads, only a write would tell.
    HalfClosedByPeer,
    /// We have finished ourselves; the peer need not have.
    HalfClosedByUs {
        /// Which of our directions.
        side: Side,
    },
    /// Both sides have finished, and the last acknowledgement is on its way.
    Closing,
    /// Something is under way and nobody acknowledges it: host off, path cut, or filtered.
    Stalled {
        /// Since anything came from the peer.
        silent: Duration,
        /// What somebody on the way said against it.
        soft: Option<Soft>,
    },
    /// The peer's kernel lives and its window is shut: the application does not read.
    PeerNotReading {
        /// Bytes that wait in our kernel.
        waiting: u32,
    },
    /// Both sides have finished, and both know.
    ClosedInOrder,
    /// Nobody wanted the connection.
    Refused {
        /// Who said so.
        who: Who,
    },
    /// The connection could not be made.
    Unreachable {
        /// Who said so.
        who: Who,
    },
    /// The peer broke it off (RST).
    Reset,
    /// The peer had finished, and answered what we wrote then by breaking off: it had closed, not only stopped sending.
    ResetAfterFin,
    /// Our kernel gave up waiting: for the handshake, for an acknowledgement, or for the answer to a keepalive.
    TimedOut {
        /// What somebody on the way said meanwhile.
        soft: Option<Soft>,
    },
    /// Somebody on this host ended it (`ss -K`).
    KilledLocally,
    /// It is over, for a reason that this library has no word for.
    Failed {
        /// The system's error number.
        errno: i32,
    },
    /// It is over, and why is not for us to say.
    Ended {
        /// Whether the reason still waits to be taken by the socket's owner; else somebody has taken it already.
        pending: bool,
    },
    /// We have let go of the stream ourselves.
    LetGo,
}

/// A direction of ours that we have shut.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// We read no more. The peer is not told.
    Reading,
    /// We write no more.
    Writing,
    /// Neither.
    Both,
}

impl State {
    /// Whether it is over for good: nothing that happens can bring it back.
    #[must_use]
    pub fn is_end(&self) -> bool {
        matches!(
            self,
            Self::ClosedInOrder
                | Self::Refused { .. }
                | Self::Unreachable { .. }
                | Self::Reset
                | Self::ResetAfterFin
                | Self::TimedOut { .. }
                | Self::KilledLocally
                | Self::Failed { .. }
                | Self::Ended { .. }
                | Self::LetGo
        )
    }

    /// Whether no further request should be put on it: it is over, or the peer has finished sending and would not answer.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.is_end() || matches!(self, Self::HalfClosedByPeer | Self::Closing)
    }

    /// Whether a further request may be written to it.
    #[must_use]
    pub fn takes_requests(&self) -> bool {
        matches!(self, Self::Alive | Self::Idle)
    }

    /// Its name, as logs and metrics want it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotConnected => "not_connected",
            Self::Listening => "listening",
            Self::Connecting { .. } => "connecting",
            Self::Alive => "alive",
            Self::Idle => "idle",
            Self::HalfClosedByPeer => "half_closed_by_peer",
            Self::HalfClosedByUs { .. } => "half_closed_by_us",
            Self::Closing => "closing",
            Self::Stalled { .. } => "stalled",
            Self::PeerNotReading { .. } => "peer_not_reading",
            Self::ClosedInOrder => "closed_in_order",
            Self::Refused { .. } => "refused",
            Self::Unreachable { .. } => "unreachable",
            Self::Reset => "reset",
            Self::ResetAfterFin => "reset_after_fin",
            Self::TimedOut { .. } => "timed_out",
            Self::KilledLocally => "killed_locally",
            Self::Failed { .. } => "failed",
            Self::Ended { .. } => "ended",
            Self::LetGo => "let_go",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
