//! What somebody who set these figures may not expect.

use std::fmt;
use std::time::Duration;

use crate::keepalive::span::Span;
use crate::keepalive::when::When;

/// An effect that the names of the figures do not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Warning {
    /// No probes are sent; with or without a user time-out a dead peer is never noticed while idle.
    Off,
    /// There is a user time-out, so the count does nothing.
    OverridesCount {
        /// What the count says.
        count: u32,
        /// How many probes stay unanswered before the connection ends.
        probes: u32,
    },
    /// A single lost packet ends a healthy idle connection.
    OneProbe,
    /// There is a user time-out, and it does not tell a dead peer from one that does not read.
    EndsSlowReader {
        /// How long a peer may read nothing.
        after: Duration,
    },
    /// No probes are sent while anything is unacknowledged, and nothing else bounds that.
    NoUserTimeout {
        /// When a dead peer is noticed then.
        in_flight: When,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("keepalive is off, so nothing is noticed while idle"),
            Self::OverridesCount { count, probes } => {
                let word = if probes > count { "only after" } else { "already after" };
                write!(f, "the user time-out takes the place of the count, and ends an idle connection {word} {probes} probes, not {count}")
            }
            Self::OneProbe => f.write_str("one lost probe ends an idle connection"),
            Self::EndsSlowReader { after } => write!(f, "a peer that lives but reads nothing for {} is taken for dead", Span(*after)),
            Self::NoUserTimeout { .. } => f.write_str("without a user time-out no probe helps while data is in flight"),
        }
    }
}
