//! How many results of a kind came in a row: all that a decision looks at.

use allswell_model::{Outcome, ProbeResult, Timestamp};

/// What one result says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    /// Up, and nothing to warn of.
    Clean,
    /// Up, but a warning.
    Warned,
    Down,
    /// Nothing about the target: we failed.
    Nothing,
}

impl Says {
    pub(crate) fn of(result: &ProbeResult) -> Self {
        match (&result.outcome, &result.degraded) {
            (Outcome::Up, None) => Self::Clean,
            (Outcome::Up, Some(_)) => Self::Warned,
            (Outcome::Down { .. }, _) => Self::Down,
            (Outcome::Unknown { .. }, _) => Self::Nothing,
        }
    }
}

/// Results in a row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) count: u32,
    /// When the first of them began.
    pub(crate) since: Timestamp,
}

impl Row {
    fn add(&mut self, started: Timestamp) {
        if self.count == 0 {
            self.since = started;
        }
        self.count = self.count.saturating_add(1);
    }

    fn end(&mut self) {
        self.count = 0;
    }
}

/// The rows that the last results of a target form.
///
/// A result that says nothing about the target neither adds to a row nor breaks it: down, unknown, down are two
/// failures in a row. So many of them in a row that the status itself is unknown end every other row.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    /// Up, with or without a warning.
    pub(crate) good: Row,
    pub(crate) clean: Row,
    pub(crate) warned: Row,
    pub(crate) down: Row,
    pub(crate) nothing: Row,
}

impl Rows {
    /// Adds a result. `limit` is the number of results without a statement that make the status unknown.
    pub(crate) fn add(&mut self, says: Says, started: Timestamp, limit: u32) {
        match says {
            Says::Clean => self.add_good(started, |rows| (&mut rows.clean, &mut rows.warned)),
            Says::Warned => self.add_good(started, |rows| (&mut rows.warned, &mut rows.clean)),
            Says::Down => {
                self.down.add(started);
                [&mut self.good, &mut self.clean, &mut self.warned, &mut self.nothing].into_iter().for_each(Row::end);
            }
            Says::Nothing => {
                self.nothing.add(started);
                if self.nothing.count >= limit.max(1) {
                    [&mut self.good, &mut self.clean, &mut self.warned, &mut self.down].into_iter().for_each(Row::end);
                }
            }
        }
    }

    fn add_good(&mut self, started: Timestamp, kinds: impl FnOnce(&mut Self) -> (&mut Row, &mut Row)) {
        self.good.add(started);
        [&mut self.down, &mut self.nothing].into_iter().for_each(Row::end);
        let (kind, other) = kinds(self);
        kind.add(started);
        other.end();
    }
}
