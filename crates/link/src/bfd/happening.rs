//! What a session tells its owner, in a queue that never grows.

use std::time::Duration;

use crate::bfd::state::Diagnostic;

/// Why a session is not up, or no longer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The peer was silent for the detection time.
    Silent,
    /// The peer says that it is down, and why: it does not hear us, or has begun anew.
    PeerDown(Diagnostic),
    /// The peer's operator holds it down. That is no failure.
    PeerAdminDown,
    /// Our operator holds it down.
    WePaused,
}

impl Cause {
    /// As one word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Silent => "silent",
            Self::PeerDown(_) => "peer_down",
            Self::PeerAdminDown => "left",
            Self::WePaused => "we_left",
        }
    }
}

/// What happened in a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Happening {
    /// It is up.
    Up {
        /// From when it was made, let go or last up, until now.
        took: Duration,
    },
    /// It was up, and is no longer.
    Down {
        /// Why.
        cause: Cause,
        /// How long the peer had been silent.
        silent: Duration,
    },
    /// We ourselves were too late to judge, so nothing was said of the peer; it has one more interval. At most once in a silence.
    SelfStalled {
        /// By so much.
        late: Duration,
    },
}

/// More than one call can tell. An owner that takes them after each call never loses one; for one that does not, the newest are kept.
const DEPTH: usize = 8;

/// The happenings that were not taken yet, the oldest first.
#[derive(Debug, Clone, Default)]
pub(crate) struct Queue {
    waiting: [Option<Happening>; DEPTH],
    first: usize,
    length: usize,
}

impl Queue {
    pub(crate) fn push(&mut self, happening: Happening) {
        if self.length == DEPTH {
            self.pop();
        }
        if let Some(place) = self.waiting.get_mut((self.first + self.length) % DEPTH) {
            *place = Some(happening);
            self.length += 1;
        }
    }

    pub(crate) fn pop(&mut self) -> Option<Happening> {
        let oldest = self.waiting.get_mut(self.first)?.take();
        if oldest.is_some() {
            self.first = (self.first + 1) % DEPTH;
            self.length -= 1;
        }
        oldest
    }
}
