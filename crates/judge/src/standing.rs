//! How one target stands, and all that its next results are judged by.

use std::collections::BTreeSet;

use allswell_model::{Mark, Outcome, Policy, ProbeResult, Status, Timestamp};

use crate::rows::{Rows, Says};
use crate::status::agrees;

/// How a target stands. A clone continues where the original was.
#[derive(Debug, Clone, PartialEq)]
pub struct Standing {
    /// Judged from its results.
    pub status: Status,
    /// Since when: the start of the first of the results that decided it.
    pub since: Timestamp,
    /// What else is true of it.
    pub marks: BTreeSet<Mark>,
    pub(crate) rows: Rows,
    /// When the latest result was heard, and when its probe began.
    pub(crate) latest: Option<Latest>,
    /// From when on its silence is counted: its latest result, or the latest change of its policy.
    pub(crate) waits_from: Option<Timestamp>,
    /// Why it is down or unknown, as the latest result that says so has it.
    pub(crate) because: Option<Outcome>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Latest {
    pub(crate) heard: Timestamp,
    pub(crate) started: Timestamp,
}

impl Standing {
    /// A target of which nothing is known.
    pub(crate) fn new(discovered: bool, now: Timestamp) -> Self {
        let marks = if discovered { [Mark::NeverAnswered].into() } else { BTreeSet::new() };
        Self { status: Status::Unknown, since: now, marks, rows: Rows::default(), latest: None, waits_from: Some(now), because: None }
    }

    /// How a target stood when the program ended, as it was stored.
    #[must_use]
    pub fn recovered(status: Status, since: Timestamp, marks: BTreeSet<Mark>) -> Self {
        Self { status, since, marks, rows: Rows::default(), latest: None, waits_from: None, because: None }
    }

    /// Counts the newest results again, oldest first, so that a row of failures continues where it was.
    ///
    /// They change neither the status nor the marks. They should reach back to a result that ends every row: 64 do
    /// in practice. Without them the rows begin anew, and so does the time until the target is stale.
    #[must_use]
    pub fn with_tail<'r>(mut self, policy: &Policy, tail: impl IntoIterator<Item = &'r ProbeResult>) -> Self {
        for result in tail {
            let heard = result.started + result.duration;
            if !self.is_late(result.started, heard) {
                self.add(result, policy, heard);
            }
        }
        self
    }

    /// Counts a result, and remembers why.
    pub(crate) fn add(&mut self, result: &ProbeResult, policy: &Policy, now: Timestamp) {
        // A silence that makes the status stale ends every row, whoever is first to notice it.
        if self.latest.is_some_and(|latest| now.since(latest.heard) >= policy.stale_after()) {
            self.rows = Rows::default();
        }
        self.latest = Some(Latest { heard: now, started: result.started });
        self.waits_from = Some(now);
        let says = Says::of(result);
        self.rows.add(says, result.started, policy.down_after);
        if agrees(self.status, says) && self.because.as_ref() != Some(&result.outcome) {
            self.because = (!result.outcome.is_up()).then(|| result.outcome.clone());
        }
    }

    /// Whether a probe began before the one that was last heard. When the clock went back nothing is late.
    pub(crate) fn is_late(&self, started: Timestamp, now: Timestamp) -> bool {
        self.latest.is_some_and(|latest| started < latest.started && now >= latest.heard)
    }

    /// Nothing was heard for too long: whatever was counted no longer counts.
    pub(crate) fn go_stale(&mut self) {
        self.rows = Rows::default();
        self.because = None;
        self.marks.remove(&Mark::Suspect);
        self.marks.insert(Mark::Stale);
    }

    /// Changes every time that is compared with the clock.
    pub(crate) fn each_time(&mut self, change: impl Fn(Timestamp) -> Timestamp) {
        self.latest = self.latest.map(|latest| Latest { heard: change(latest.heard), started: change(latest.started) });
        self.waits_from = self.waits_from.map(change);
    }

    pub(crate) fn never_answered(&self) -> bool {
        self.marks.contains(&Mark::NeverAnswered)
    }

    /// A stored time that lies ahead would make every result late: the clock was set back meanwhile.
    pub(crate) fn not_after(mut self, now: Timestamp) -> Self {
        self.since = self.since.min(now);
        self.each_time(|time| time.min(now));
        self
    }
}
