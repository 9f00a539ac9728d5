//! How long and how often everything is measured.

use std::time::Duration;

/// A smoke test, or figures to be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Everything runs once, briefly: within half a minute in all.
    Quick,
    /// Within six minutes.
    Whole,
}

impl Mode {
    /// The first in quick mode, else the second.
    pub(crate) fn pick<T>(self, quick: T, whole: T) -> T {
        match self {
            Self::Quick => quick,
            Self::Whole => whole,
        }
    }

    /// How often each contender of a comparison has its turn.
    pub(crate) fn rounds(self) -> usize {
        self.pick(1, 5)
    }

    /// Seconds, as a load is told them.
    pub(crate) fn seconds(self, quick: f64, whole: f64) -> Duration {
        Duration::from_secs_f64(self.pick(quick, whole))
    }
}
