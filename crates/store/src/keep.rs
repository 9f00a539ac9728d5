//! Which results are kept whole, with their sentences: the last good one before a failure, and of a long failure the first, each change
//! of cause, the last, and one a minute.

use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Outcome, ProbeResult, Timestamp};

/// Of a failure that goes on, one in so much time is kept whole.
const EVERY: Duration = Duration::from_secs(60);

/// What is remembered of a target's failure that goes on, or of its last good result.
#[derive(Debug, Clone, Default)]
pub(crate) struct Keep {
    failing: Option<Failing>,
    /// The last result, when it was good. The board has it too.
    good: Option<Arc<ProbeResult>>,
    /// When the last good one began that was kept whole: of a target that keeps flapping, one in [`EVERY`] is enough.
    good_at: Option<Timestamp>,
}

#[derive(Debug, Clone)]
struct Failing {
    outcome: Outcome,
    /// When the last one began that was kept whole.
    whole_at: Timestamp,
    /// The last one, when it was not kept whole.
    compact: Option<Arc<ProbeResult>>,
}

/// What is to be kept of a result.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// The result itself is kept whole.
    pub(crate) whole: bool,
    /// The one before it was the last of its failure, or the last before this one, and is kept whole after all.
    pub(crate) amends: Option<Arc<ProbeResult>>,
}

impl Keep {
    /// Hears the next result of the target.
    pub(crate) fn hear(&mut self, result: &Arc<ProbeResult>) -> Kept {
        if result.outcome.is_up() && result.degraded.is_none() {
            self.good = Some(Arc::clone(result));
            return Kept { whole: false, amends: self.failing.take().and_then(|failing| failing.compact) };
        }
        match &mut self.failing {
            Some(failing) if failing.outcome == result.outcome => {
                let whole = result.started.since(failing.whole_at) >= EVERY || result.started < failing.whole_at;
                if whole {
                    failing.whole_at = result.started;
                }
                failing.compact = (!whole).then(|| Arc::clone(result));
                Kept { whole, amends: None }
            }
            failing => {
                let before = failing.replace(Failing { outcome: result.outcome.clone(), whole_at: result.started, compact: None });
                Kept { whole: true, amends: before.and_then(|before| before.compact).or_else(|| self.last_good()) }
            }
        }
    }

    /// The good result before a failure, unless one was kept a moment ago.
    fn last_good(&mut self) -> Option<Arc<ProbeResult>> {
        let recent = |at: Timestamp, good: &ProbeResult| good.started >= at && good.started.since(at) < EVERY;
        let good = self.good.take()?;
        if self.good_at.is_some_and(|at| recent(at, &good)) {
            return None;
        }
        self.good_at = Some(good.started);
        Some(good)
    }

    /// The last result, when it is part of a failure and was not kept whole.
    pub(crate) fn compact(&self) -> Option<&Arc<ProbeResult>> {
        self.failing.as_ref()?.compact.as_ref()
    }

    /// The results since the last commit were not kept: the next one is told whole again.
    pub(crate) fn forget(&mut self) {
        self.failing = None;
        self.good = None;
    }
}

#[cfg(test)]
mod tests;
