//! Whether what was asked on a connection may be asked again on another.

use std::fmt;

use allswell_os::errno;

use crate::evidence::Evidence;
use crate::state::State;
use crate::who::Who;

/// What to do with a request that this connection owes an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// The connection stands, so the answer may still come. Who will not wait for it treats the request as [`Retry::OnlyIfIdempotent`].
    NotYet,
    /// No byte of ours has left: nobody can have acted on it.
    Safe,
    /// Some of it was sent, and may have been acted upon: only what may happen twice may be asked again.
    OnlyIfIdempotent,
    /// The same attempt fails in the same way until somebody changes something.
    Pointless,
}

impl Retry {
    pub(crate) fn of(state: State, evidence: &Evidence) -> Self {
        match state {
            State::Alive | State::Idle | State::Listening | State::HalfClosedByUs { .. } | State::PeerNotReading { .. } => Self::NotYet,
            State::Connecting { .. } => Self::NotYet,
            State::Refused { who } | State::Unreachable { who } if who.prohibits() || ours_to_mend(who, evidence) => Self::Pointless,
            // With TCP Fast Open, data may have left in the SYN.
            State::Refused { .. } | State::Unreachable { .. } if something_left(evidence) => Self::OnlyIfIdempotent,
            State::NotConnected | State::Refused { .. } | State::Unreachable { .. } => Self::Safe,
            _ if nothing_left(evidence) => Self::Safe,
            _ => Self::OnlyIfIdempotent,
        }
    }
}

/// Our own rule or a connection to ourselves; a neighbour that is silent may come back by itself.
fn ours_to_mend(who: Who, evidence: &Evidence) -> bool {
    who == Who::OurHost && evidence.error != Some(errno::EHOSTUNREACH)
}

/// An older kernel does not count what was sent; then it is not known.
fn nothing_left(evidence: &Evidence) -> bool {
    evidence.tcp.as_ref().is_some_and(|tcp| tcp.bytes_sent == Some(0))
}

fn something_left(evidence: &Evidence) -> bool {
    evidence.tcp.as_ref().and_then(|tcp| tcp.bytes_sent).is_some_and(|sent| sent > 0)
}

impl fmt::Display for Retry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotYet => "not yet: the connection stands",
            Self::Safe => "a retry is safe",
            Self::OnlyIfIdempotent => "retry only what may happen twice",
            Self::Pointless => "a retry is pointless until something is changed",
        })
    }
}
