//! What results over time amount to.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::TargetId;
use crate::outcome::Outcome;
use crate::time::Timestamp;

/// Judged from results over time. The order is that of urgency, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not probed because somebody said so.
    Paused,
    /// All that is expected holds.
    Up,
    /// Up, but a `warn` expectation fails.
    Degraded,
    /// Nothing can be said: our own fault, nothing heard yet, or stale.
    Unknown,
    /// It failed `down_after` times in a row.
    Down,
}

impl Status {
    /// All of them, the best first.
    pub const ALL: [Self; 5] = [Self::Paused, Self::Up, Self::Degraded, Self::Unknown, Self::Down];

    /// The status as a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Down => "down",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What else is true of a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// The last result disagrees with the status; re-checks are under way.
    Suspect,
    /// Nothing has been heard for longer than the policy allows.
    Stale,
    /// Discovered, and has never answered: not watched yet.
    NeverAnswered,
}

/// A change of a target's status.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Whose.
    pub target: TargetId,
    /// When it was judged.
    #[serde(rename = "judged_us")]
    pub at: Timestamp,
    /// Since when it has been so: the start of the first of the results that decided it.
    #[serde(rename = "since_us")]
    pub since: Timestamp,
    /// From this.
    pub from: Status,
    /// To this.
    pub to: Status,
    /// The marks upon the new status.
    pub marks: BTreeSet<Mark>,
    /// The stage of the deciding result, where it failed.
    pub stage: Option<String>,
    /// The cause of the deciding result, where it failed.
    pub cause: Option<String>,
    /// The deciding result's sentence.
    pub reason: String,
    /// Who said so, where that is not the target itself.
    pub said_by: Option<String>,
}

impl Transition {
    /// The same with the deciding result's outcome filled in.
    #[must_use]
    pub fn because(mut self, outcome: &Outcome) -> Self {
        self.stage = outcome.stage().map(|s| s.as_str().to_owned());
        self.cause = outcome.cause().map(str::to_owned);
        self
    }
}
