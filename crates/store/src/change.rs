//! The last good result beside the first bad one: what was different when the newest trouble began.

use std::ops::ControlFlow;

use allswell_model::{Event, EventBody, Status, TargetId, Transition};

use crate::error::{Malformed, ReadError};
use crate::events;
use crate::history::{self, Kept};
use crate::look::Look;
use crate::shared::Shared;

/// How a target's newest trouble began: the one that lasts, or the latest that ended.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Change {
    /// The last good result before it. Stages, address and measurements are always kept; the sentence too where it was kept whole.
    pub last_good: Option<Kept>,
    /// The first bad result of it, whole. `None` also where the trouble is that nothing was heard.
    pub first_bad: Option<Kept>,
}

/// So many results before a transition are looked at: a target that fails one in ten without ever turning has a good one among them.
const LOOKED_AT: usize = 2000;

/// Reads it from the log and, around the moment that the log names, from the results.
pub(crate) fn last(shared: &Shared, target: &TargetId) -> Result<Change, ReadError> {
    let mut troubles = Troubles::default();
    events::back(shared, target, &mut |event| troubles.hear(event).is_continue())?;
    match troubles.finish() {
        Some((seq, began)) => around(shared, target, seq, &began),
        None => Ok(Change::default()),
    }
}

/// Goes back through a target's log to the transition with which its newest trouble began.
#[derive(Debug, Default)]
struct Troubles {
    /// Something good came after what is looked at.
    ended: bool,
    /// The oldest transition of the trouble so far.
    began: Option<(u64, Transition)>,
    /// The oldest that a result decided, where one did: of silence there is nothing to show.
    decided: Option<(u64, Transition)>,
}

impl Troubles {
    /// Hears the next older event; breaks when the trouble is known.
    fn hear(&mut self, event: Event) -> ControlFlow<()> {
        let transition = match event.body {
            EventBody::Transition(transition) => transition,
            EventBody::TargetAdded { .. } => return self.begin(),
            _ => return ControlFlow::Continue(()),
        };
        let from = transition.from;
        if matches!(transition.to, Status::Up | Status::Paused) {
            self.begin()?;
            self.ended = true;
            return ControlFlow::Continue(());
        }
        let begins = matches!((from, transition.to), (Status::Up | Status::Paused, _) | (Status::Degraded, Status::Down | Status::Unknown));
        let one = (event.stamp.seq.0, transition);
        if one.1.cause.is_some() || one.1.to == Status::Degraded {
            self.decided = Some(one.clone());
        }
        self.began = Some(one);
        if begins { self.begin() } else { ControlFlow::Continue(()) }
    }

    /// Here the trouble began, if there is one. One that lasts is told in any case, one that ended only where a result tells of it.
    fn begin(&mut self) -> ControlFlow<()> {
        if self.decided.is_some() || (self.began.is_some() && !self.ended) {
            return ControlFlow::Break(());
        }
        self.began = None;
        ControlFlow::Continue(())
    }

    fn finish(self) -> Option<(u64, Transition)> {
        let lasts = !self.ended;
        self.decided.or(self.began.filter(|_| lasts))
    }
}

/// The results on both sides of a transition with this number.
fn around(shared: &Shared, target: &TargetId, seq: u64, began: &Transition) -> Result<Change, ReadError> {
    let mut change = Change::default();
    let mut left = LOOKED_AT;
    history::walk(shared, target, seq, &mut |rows, place| {
        let row = rows.row(place).ok_or(Malformed("row"))?;
        left -= 1;
        let good = is_good(row.shape.look(), began.to);
        if good != (row.started() >= began.since) {
            let kept = history::kept(shared, target, rows, row)?;
            if good {
                change.last_good = Some(kept);
                return Ok(false);
            }
            change.first_bad = Some(kept);
        }
        Ok(left > 0)
    })?;
    Ok(change)
}

/// Whether this was still well, for a target that then turned to `to`.
fn is_good(look: Look, to: Status) -> bool {
    look == Look::Up || (look == Look::Degraded && to != Status::Degraded)
}

#[cfg(test)]
mod tests;
