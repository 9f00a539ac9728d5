//! What came of a result, without stage and cause.

use allswell_model::{Outcome, ProbeResult};

/// What came of a result, degraded told apart from up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Look {
    /// All held.
    Up,
    /// Up, but a `warn` expectation failed.
    Degraded,
    /// The target's fault.
    Down,
    /// Ours.
    Unknown,
}

impl Look {
    /// All of them, the best first.
    pub const ALL: [Self; 4] = [Self::Up, Self::Degraded, Self::Down, Self::Unknown];

    /// Of this result.
    #[must_use]
    pub fn of(result: &ProbeResult) -> Self {
        match result.outcome {
            Outcome::Up if result.degraded.is_some() => Self::Degraded,
            Outcome::Up => Self::Up,
            Outcome::Down { .. } => Self::Down,
            Outcome::Unknown { .. } => Self::Unknown,
        }
    }

    /// As a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Down => "down",
            Self::Unknown => "unknown",
        }
    }
}
