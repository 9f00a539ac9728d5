//! From which figures on a connection counts as alive, and as stalled.

use std::time::Duration;

/// The limits between alive, idle and stalled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Patience {
    /// A sign of life is a proof for so long. After that, *idle*: it may be alive, and nobody knows.
    pub fresh: Duration,
    /// So many retransmissions or probes in a row without an answer are a stall: one gets lost now and then, two seldom.
    pub unanswered: u8,
    /// So long a silence after something was sent is a stall, if it is also twice the retransmission time-out: local troubles
    /// (no route, no carrier) are not counted as retransmissions. And so long a window without room is a peer that does not read.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { fresh: Duration::from_secs(1), unanswered: 2, silence: Duration::from_secs(1) }
    }
}
