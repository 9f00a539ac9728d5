//! What this system cannot do or does not tell.

use std::fmt;

use allswell_os::keepalive::{self as os, Knob};

/// A figure about which nothing can be promised here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lack {
    /// The system has no such option: it was not set.
    Missing(Knob),
    /// It was set, but the system does not tell what became of it.
    Untold(Knob),
}

impl Lack {
    pub(crate) fn of_this_system() -> Vec<Self> {
        let missing = os::MISSING.iter().copied().map(Self::Missing);
        missing.chain(os::UNTOLD.iter().copied().map(Self::Untold)).collect()
    }
}

impl fmt::Display for Lack {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(knob) => write!(f, "this system has no {knob}"),
            Self::Untold(knob) => write!(f, "this system does not tell {knob} after it was set"),
        }
    }
}
