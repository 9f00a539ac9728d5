//! When something is noticed, if ever.

use std::time::Duration;

use crate::keepalive::timers;

/// When something is noticed. Times are nominal; the kernel's timers fire a little later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum When {
    /// After this long.
    After(Duration),
    /// It depends on what happened before.
    Between {
        /// After this long at the earliest.
        at_least: Duration,
        /// After this long at the latest.
        at_most: Duration,
    },
    /// Not by the kernel.
    Never,
    /// The system does not tell what it depends on.
    Unknown,
}

impl When {
    /// When it has been noticed for sure, late timers included; absent when it may never be.
    #[must_use]
    pub fn latest(self) -> Option<Duration> {
        match self {
            Self::After(nominal) | Self::Between { at_most: nominal, .. } => Some(timers::latest(nominal)),
            Self::Never | Self::Unknown => None,
        }
    }
}
