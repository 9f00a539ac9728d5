//! How a target's standing looks: always a colour, a shape and a word. The order is that of urgency, the worst last.

use std::collections::BTreeSet;

use allswell_model::{Mark, Outcome, ProbeResult, Status};

/// What a row is shown as: its status, or that it is not watched yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Look {
    /// Discovered, and has never answered.
    NotWatched,
    /// Not probed because somebody said so.
    Paused,
    /// All that is expected holds.
    Up,
    /// Up, but a warning stands.
    Degraded,
    /// Nothing can be said.
    Unknown,
    /// It failed.
    Down,
}

impl Look {
    /// All of them, the worst first: the order in which counts are told.
    pub(crate) const ALL: [Self; 6] = [Self::Down, Self::Degraded, Self::Unknown, Self::Up, Self::Paused, Self::NotWatched];

    /// How a target of this status and these marks looks.
    pub(crate) fn of(status: Status, marks: &BTreeSet<Mark>) -> Self {
        match status {
            Status::Unknown if marks.contains(&Mark::NeverAnswered) => Self::NotWatched,
            Status::Unknown => Self::Unknown,
            Status::Down => Self::Down,
            Status::Degraded => Self::Degraded,
            Status::Up => Self::Up,
            Status::Paused => Self::Paused,
        }
    }

    /// How a single result looks.
    pub(crate) fn of_result(result: &ProbeResult) -> Self {
        match result.outcome {
            Outcome::Up if result.degraded.is_some() => Self::Degraded,
            Outcome::Up => Self::Up,
            Outcome::Down { .. } => Self::Down,
            Outcome::Unknown { .. } => Self::Unknown,
        }
    }

    /// The status behind it.
    pub(crate) fn status(self) -> Status {
        match self {
            Self::NotWatched | Self::Unknown => Status::Unknown,
            Self::Paused => Status::Paused,
            Self::Up => Status::Up,
            Self::Degraded => Status::Degraded,
            Self::Down => Status::Down,
        }
    }

    /// As people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::NotWatched => "not watched",
            other => other.code(),
        }
    }

    /// As URLs, JSON, style sheet and shapes call it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotWatched => "not_watched",
            Self::Paused => "paused",
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::Unknown => "unknown",
            Self::Down => "down",
        }
    }

    /// The look of this code.
    pub(crate) fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|look| look.code() == code)
    }

    /// Whether somebody should look at it.
    pub(crate) fn is_problem(self) -> bool {
        self >= Self::Degraded
    }
}

/// How many targets look like this.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts([usize; 6]);

impl Counts {
    /// One more.
    pub(crate) fn add(&mut self, look: Look) {
        if let Some(n) = self.0.get_mut(look as usize) {
            *n += 1;
        }
    }

    /// How many.
    pub(crate) fn of(&self, look: Look) -> usize {
        self.0.get(look as usize).copied().unwrap_or(0)
    }

    /// All together.
    pub(crate) fn total(&self) -> usize {
        self.0.iter().sum()
    }

    /// Those that there are, the worst first.
    pub(crate) fn present(&self) -> impl Iterator<Item = (Look, usize)> {
        Look::ALL.into_iter().map(|look| (look, self.of(look))).filter(|(_, n)| *n > 0)
    }

    /// The worst look that any target has; not watched when there is none.
    pub(crate) fn worst(&self) -> Look {
        self.present().map(|(look, _)| look).max().unwrap_or(Look::NotWatched)
    }
}

#[cfg(test)]
mod tests;
