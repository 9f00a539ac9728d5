//! What a heartbeat says: ask, missed, lost, back, and that we ourselves were late.

use std::fmt;
use std::time::Duration;

use crate::spell;

/// What [`Beats::poll`](super::Beats::poll) says of one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beat {
    /// Send a ping that carries this number. After a miss it is the same question again, under the same number.
    Ping(u64),
    /// No answer in time, and we were awake to hear one. Misses are still borne.
    Missed(Miss),
    /// One miss more than is borne. Nothing more is said of this connection until it is heard again.
    Lost(Miss),
    /// A deadline passed while we ourselves were not there: this much later than asked were we called. What the peer did meanwhile is unknown, so
    /// this is no miss, and it has another timeout to answer.
    Late(Duration),
    /// It is heard again after misses.
    Back(Back),
}

/// An answer that did not come in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Miss {
    /// The number of the ping.
    pub number: u64,
    /// How many misses in a row this makes.
    pub missed: u32,
    /// How many are borne.
    pub allowed: u32,
    /// How long ago the ping was first due to be sent.
    pub waited: Duration,
    /// How long ago the peer's application was last heard; since it was added when it never was.
    pub silent: Duration,
}

/// The end of a silence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Back {
    /// How many misses there were in a row.
    pub missed: u32,
    /// How long the peer's application was silent.
    pub silent: Duration,
}

impl fmt::Display for Beat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ping(number) => write!(f, "Ping {number:016x} is due."),
            Self::Missed(miss) => write!(f, "{miss}."),
            Self::Lost(miss) => write!(f, "{miss}: lost."),
            Self::Late(by) => write!(f, "Our own process looked {} late, so this silence says nothing of the peer.", spell::duration(*by)),
            Self::Back(Back { missed, silent }) => {
                let misses = if *missed == 1 { "1 miss".into() } else { format!("{missed} misses") };
                write!(f, "Heard again after {} and {misses}.", spell::duration(*silent))
            }
        }
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { missed, allowed, waited, silent, .. } = self;
        let (waited, silent) = (spell::duration(*waited), spell::duration(*silent));
        write!(f, "No answer for {waited} (miss {missed}, {allowed} allowed), last heard {silent} ago")
    }
}
