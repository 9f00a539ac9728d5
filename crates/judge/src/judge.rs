//! From results to status, for all targets. See the crate's documentation for the order of calls.

use std::collections::HashMap;
use std::time::Duration;

use allswell_model::{Mark, Outcome, Policy, ProbeResult, Status, TargetId, Timestamp, Transition, UnknownCause};

use crate::rows::Says;
use crate::said_by::said_by;
use crate::standing::Standing;
use crate::status::{agrees, next};
use crate::timers::{Armed, Timers};

/// What a result led to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Heard {
    /// The status changed.
    pub transition: Option<Transition>,
    /// The marks are not what they were.
    pub marks_changed: bool,
    /// The target is still down, or unknown, but for another stage or cause than before.
    pub cause_changed: bool,
    /// The target is suspect: probe it again after this, instead of after the whole interval.
    pub recheck: Option<Duration>,
}

/// Judges every watched target.
#[derive(Debug)]
pub struct Judge {
    /// Looked up only, never walked.
    targets: HashMap<TargetId, Watched>,
    /// When each target goes stale: at most one timer for each.
    timers: Timers<TargetId>,
    /// Whose marks changed without a transition or a result.
    marked: Vec<TargetId>,
}

#[derive(Debug)]
struct Watched {
    policy: Policy,
    standing: Standing,
    /// `None` while it is stale.
    armed: Option<Armed>,
}

impl Default for Judge {
    fn default() -> Self {
        Self::new()
    }
}

impl Judge {
    /// Watches nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self { targets: HashMap::new(), timers: Timers::new(), marked: Vec::new() }
    }

    /// Watches a target, or changes how it is watched: what is known of it stays.
    ///
    /// A target that was `discovered` counts only after its first answer. `recovered` is how it stood before a
    /// restart; the transition is that to stale, where it has been silent for too long meanwhile.
    #[expect(clippy::too_many_arguments, reason = "five facts about a target, each of a type of its own")]
    pub fn watch(
        &mut self,
        id: TargetId,
        policy: Policy,
        discovered: bool,
        recovered: Option<Standing>,
        now: Timestamp,
    ) -> Option<Transition> {
        match self.targets.get_mut(&id) {
            Some(watched) => {
                if !discovered && watched.standing.marks.remove(&Mark::NeverAnswered) {
                    self.marked.push(id.clone());
                }
                let same = std::mem::replace(&mut watched.policy, policy) == policy;
                // Nobody could expect a result sooner than the new policy was made.
                if let Some(armed) = watched.armed.take_if(|_| !same) {
                    self.timers.cancel(&armed);
                    watched.standing.waits_from = Some(now);
                    watched.armed = Some(self.timers.arm(now + policy.stale_after(), id));
                }
                None
            }
            None => self.begin(&id, policy, stood(discovered, recovered, now), now),
        }
    }

    fn begin(&mut self, id: &TargetId, policy: Policy, mut standing: Standing, now: Timestamp) -> Option<Transition> {
        let due = *standing.waits_from.get_or_insert(now) + policy.stale_after();
        let stale = standing.marks.contains(&Mark::Stale);
        let mut watched = Watched { policy, standing, armed: None };
        let transition = if stale || due > now { None } else { watched.go_stale(id, due, now) };
        if !stale && due > now {
            watched.armed = Some(self.timers.arm(due, id.clone()));
        }
        self.targets.insert(id.clone(), watched);
        transition
    }

    /// Watches a target no longer. Nothing of it remains.
    pub fn forget(&mut self, id: &TargetId) {
        if let Some(armed) = self.targets.remove(id).and_then(|watched| watched.armed) {
            self.timers.cancel(&armed);
        }
    }

    /// Takes a result. One of a target that is not watched, or that began before the last one heard, changes nothing.
    pub fn hear(&mut self, result: &ProbeResult, now: Timestamp) -> Heard {
        let Some(watched) = self.targets.get_mut(&result.target).filter(|watched| !watched.standing.is_late(result.started, now)) else {
            return Heard::default();
        };
        let key = watched.armed.take().and_then(|armed| self.timers.cancel(&armed));
        let key = key.unwrap_or_else(|| result.target.clone());
        watched.armed = Some(self.timers.arm(now + watched.policy.stale_after(), key));
        watched.hear(result, now)
    }

    /// When [`Judge::tick`] has something to do.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// Does what is due: targets of which nothing was heard for too long become unknown.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Transition> {
        let mut transitions = Vec::new();
        while let Some((due, id)) = self.timers.fire(now) {
            let Some(watched) = self.targets.get_mut(&id) else { continue };
            watched.armed = None;
            match watched.go_stale(&id, due, now) {
                Some(transition) => transitions.push(transition),
                None => self.marked.push(id),
            }
        }
        transitions
    }

    /// The targets whose marks changed in [`Judge::tick`] or [`Judge::watch`] without a transition, since the last call.
    pub fn take_marked(&mut self) -> Vec<TargetId> {
        std::mem::take(&mut self.marked)
    }

    /// How a target stands.
    #[must_use]
    pub fn standing(&self, id: &TargetId) -> Option<&Standing> {
        self.targets.get(id).map(|watched| &watched.standing)
    }

    /// The wall clock was set by so much: what is due in 10 s stays due in 10 s.
    pub fn clock_jumped(&mut self, by_ms: i64) {
        let moved = |at: Timestamp| Timestamp(at.0.saturating_add(by_ms.saturating_mul(1000)));
        let mut old = std::mem::replace(&mut self.timers, Timers::new());
        while let Some((due, id)) = old.fire(Timestamp(i64::MAX)) {
            if let Some(watched) = self.targets.get_mut(&id) {
                watched.standing.each_time(moved);
                watched.armed = Some(self.timers.arm(moved(due), id));
            }
        }
    }
}

impl Watched {
    fn hear(&mut self, result: &ProbeResult, now: Timestamp) -> Heard {
        let says = Says::of(result);
        let cause_differs = self.standing.because.as_ref() != Some(&result.outcome);
        self.standing.add(result, &self.policy, now);
        let mut marks_changed = self.standing.marks.remove(&Mark::Stale);
        if matches!(says, Says::Clean | Says::Warned) {
            marks_changed |= self.standing.marks.remove(&Mark::NeverAnswered);
        }
        let turned = next(self.standing.status, &self.standing.rows, &self.policy);
        // A discovered target that never answered is not watched yet: it cannot go down.
        let turned = turned.filter(|_| !self.standing.never_answered());
        let agreed = turned.is_none() && agrees(self.standing.status, says);
        let suspect = !self.standing.never_answered() && !agrees(turned.map_or(self.standing.status, |(to, _)| to), says);
        marks_changed |= self.set_suspect(suspect);
        let transition = turned.map(|(to, since)| self.turn(result, to, since, now));
        Heard {
            transition,
            marks_changed,
            cause_changed: agreed && cause_differs && !result.outcome.is_up(),
            recheck: (suspect && !exhausted(&result.outcome)).then(|| self.policy.recheck.min(self.policy.every)),
        }
    }

    /// Whether the mark changed.
    fn set_suspect(&mut self, suspect: bool) -> bool {
        let marks = &mut self.standing.marks;
        if suspect { marks.insert(Mark::Suspect) } else { marks.remove(&Mark::Suspect) }
    }

    fn turn(&mut self, result: &ProbeResult, to: Status, since: Timestamp, now: Timestamp) -> Transition {
        let warning = result.degraded.as_ref().filter(|_| to == Status::Degraded);
        let reason = warning.map_or(&result.reason, |warning| &warning.reason).clone();
        self.standing.because = (!result.outcome.is_up()).then(|| result.outcome.clone());
        let transition = self.transition(&result.target, to, (since, now), reason).because(&result.outcome);
        Transition { said_by: said_by(result), ..transition }
    }

    /// Nothing was heard until `due`.
    fn go_stale(&mut self, id: &TargetId, due: Timestamp, now: Timestamp) -> Option<Transition> {
        self.standing.go_stale();
        if self.standing.status == Status::Unknown {
            return None;
        }
        let silence = self.policy.stale_after().as_secs_f64();
        let every = self.policy.every.as_secs_f64();
        let reason = format!("Not judged: no result for {silence} s, though one is due every {every} s.");
        Some(self.transition(id, Status::Unknown, (due, now), reason))
    }

    fn transition(&mut self, id: &TargetId, to: Status, (since, at): (Timestamp, Timestamp), reason: String) -> Transition {
        let from = std::mem::replace(&mut self.standing.status, to);
        self.standing.since = since;
        let marks = self.standing.marks.clone();
        Transition { target: id.clone(), at, since, from, to, marks, stage: None, cause: None, reason, said_by: None }
    }
}

/// How a target stands that begins to be watched.
fn stood(discovered: bool, recovered: Option<Standing>, now: Timestamp) -> Standing {
    let mut standing = recovered.map_or_else(|| Standing::new(discovered, now), |standing| standing.not_after(now));
    if !discovered {
        standing.marks.remove(&Mark::NeverAnswered);
    }
    standing
}

/// Whether we ourselves have run out of something: probing sooner would make it worse.
fn exhausted(outcome: &Outcome) -> bool {
    use UnknownCause as Cause;
    const EXHAUSTED: [UnknownCause; 4] = [Cause::NO_DESCRIPTORS, Cause::NO_PORTS, Cause::NO_MEMORY, Cause::OVERLOADED];
    matches!(outcome, Outcome::Unknown { cause, .. } if EXHAUSTED.contains(cause))
}

#[cfg(test)]
mod tests;
