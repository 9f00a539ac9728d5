//! From transitions to incidents, and from those to alerts, for all targets. See the crate's documentation for the order of calls.

mod book;
mod called;
mod decided;
mod key;
mod lasted;
mod running;
mod sentence;
mod settle;
mod sort;
mod stood;
mod targets;
mod teller;
mod watched;
mod wish;

use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Incident, IncidentId, NodeId, ProbeResult, Stage, Target, TargetId, Telling, Timestamp, Transition};

pub use crate::incidents::decided::Decided;
pub use crate::incidents::stood::Stood;

use crate::incidents::book::Book;
use crate::incidents::targets::Targets;
use crate::incidents::teller::Teller;
use crate::incidents::watched::{Labels, Watched, Why};
use crate::incidents::wish::{Wish, wish};
use crate::said_by::said_by;
use crate::timers::Timers;

/// Unknown is mostly a blip of our own: it wakes nobody before it lasted so long.
pub const UNKNOWN_WAKES_AFTER: Duration = Duration::from_secs(2 * 60);

/// Groups the troubles of the watched targets into incidents, and decides who is told of them.
///
/// Whatever is decided between two calls of [`Incidents::settle`] is told by the second: a target that was in trouble
/// only between them wakes nobody.
#[derive(Debug)]
pub struct Incidents {
    teller: Teller,
    targets: Targets,
    book: Book,
    timers: Timers<Due>,
    /// How far the wall clock was set since the beginning: our own time is without it, so no timer need be moved.
    jumped: i64,
    /// The first set of targets was watched: an incident without a member has none.
    complete: bool,
    /// Those of the target that was watched last.
    labels: Labels,
}

/// What a timer is for.
#[derive(Debug)]
enum Due {
    /// The target was unknown for so long that somebody is to be told.
    Wake(TargetId),
    /// The incident is to be told of again.
    Tell(IncidentId),
}

/// Our own time, and the time of day.
type Moment = (Timestamp, Timestamp);

impl Incidents {
    /// Watches nothing yet. `open` are the incidents that lasted when the program ended, as they were stored; they stay
    /// until the first [`Incidents::settle`] after a [`Incidents::watch`], and end then if no target is in them.
    #[must_use]
    pub fn new(node: NodeId, location: Arc<str>, open: Vec<Incident>) -> Self {
        Self {
            teller: Teller { node, location },
            targets: Targets::default(),
            book: Book::recovered(open),
            timers: Timers::new(),
            jumped: 0,
            complete: false,
            labels: Labels::default(),
        }
    }

    /// Watches a target, or takes over how it is called and whom to tell of it. The whole first set must be watched
    /// before the first [`Incidents::settle`] after it.
    ///
    /// `stood` is how the judge has it by now. What it says of the incident and of what decided only counts for a
    /// target that was not watched before.
    pub fn watch(&mut self, target: &Target, stood: Stood<'_>, now: Timestamp) {
        self.watched_all(now);
        let at = self.moment(now);
        match self.targets.get_mut(&target.id) {
            Some(watched) => {
                watched.stands(&stood, at.0);
                let remind_asked = watched.asks.remind != target.alerting.remind;
                watched.describe(target, &mut self.labels);
                if let Some(running) = watched.place.filter(|_| remind_asked).and_then(|place| self.book.touch(place.incident)) {
                    running.remind_asked = true;
                }
            }
            None => {
                let mut watched = Watched::new(target, &stood, at.0);
                watched.describe(target, &mut self.labels);
                if let Some(incident) = stood.incident {
                    self.book.adopt(&target.id, &mut watched, incident);
                }
                self.targets.insert(target.id.clone(), watched);
            }
        }
        self.place(&target.id, at);
    }

    /// Says that the first set of targets was watched whole. Only a program whose first set may be empty need say so:
    /// any [`Incidents::watch`] says it too.
    pub fn watched_all(&mut self, now: Timestamp) {
        let (now, _) = self.moment(now);
        if !std::mem::replace(&mut self.complete, true) {
            self.book.each().for_each(|running| running.not_after(now));
        }
    }

    /// Watches a target no longer: it leaves its incident.
    pub fn forget(&mut self, target: &TargetId, _now: Timestamp) {
        let Some(mut watched) = self.targets.remove(target) else { return };
        if let Some(armed) = watched.hold.take() {
            self.timers.cancel(&armed);
        }
        self.book.leave(target, &mut watched);
        // Whoever is not watched has no standing to store.
        self.book.moved.remove(target);
    }

    /// Takes a change of status. One of a target that is not watched changes nothing.
    pub fn turned(&mut self, transition: &Transition, now: Timestamp) {
        let at = self.moment(now);
        if let Some(watched) = self.targets.get_mut(&transition.target) {
            watched.turn(transition, at.0);
            self.place(&transition.target, at);
        }
    }

    /// Takes the result that gives another reason for a status that stays (`Heard::cause_changed`). The target stays in
    /// its incident; what is told of it later has the new reason.
    pub fn cause_changed(&mut self, result: &ProbeResult) {
        let Some(watched) = self.targets.get_mut(&result.target) else { return };
        if result.outcome.word() == watched.status.word() && !result.outcome.is_up() {
            watched.explain(Why {
                stage: result.outcome.stage().map(Stage::as_str).map(str::to_owned),
                cause: result.outcome.cause().map(str::to_owned),
                said_by: said_by(result),
                reason: result.reason.clone(),
            });
        }
    }

    /// Takes how people are told of a target's troubles from now on. Where another node tells them, an incident that the target is in goes
    /// on: who was told of its beginning is told of its end.
    pub fn telling(&mut self, target: &TargetId, telling: Telling, now: Timestamp) {
        let at = self.moment(now);
        let Some(watched) = self.targets.get_mut(target) else { return };
        let was_told = watched.is_told_by_another();
        watched.telling = (telling != Telling::default()).then(|| Box::new(telling));
        if watched.is_told_by_another() != was_told {
            watched.left_to_us = at.0;
            self.place(target, at);
        }
    }

    /// The open incident that a target is in.
    #[must_use]
    pub fn of(&self, target: &TargetId) -> Option<IncidentId> {
        self.targets.get(target)?.place.map(|place| place.incident)
    }

    /// When [`Incidents::settle`] has something to do that no call announced.
    #[must_use]
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.timers.next().map(|at| Timestamp(at.0.saturating_add(self.jumped)))
    }

    /// The wall clock was set by so much: what is due in 10 s stays due in 10 s.
    pub fn clock_jumped(&mut self, by_ms: i64) {
        self.jumped = self.jumped.saturating_add(by_ms.saturating_mul(1000));
    }

    fn moment(&self, wall: Timestamp) -> Moment {
        (Timestamp(wall.0.saturating_sub(self.jumped)), wall)
    }

    /// Brings a target to where it belongs.
    fn place(&mut self, id: &TargetId, at: Moment) {
        let Some(watched) = self.targets.get_mut(id) else { return };
        if let Some(armed) = watched.hold.take() {
            self.timers.cancel(&armed);
        }
        let within = watched.place.and_then(|place| self.book.get(place.incident)).map(|running| &running.incident);
        let same_channels = within.is_none_or(|incident| incident.channels == watched.asks.channels);
        match wish(&watched.asks, watched.status, within.map(|incident| incident.status)) {
            Wish::Nowhere => {
                watched.is_over();
                self.book.leave(id, watched);
            }
            Wish::Stay if same_channels => self.book.stay(watched),
            Wish::Stay => self.book.reroute(id, watched, at),
            Wish::Join => {
                let due = watched.wakes_at();
                self.wait(id, due, at);
            }
            Wish::Wait if watched.never_answered => {}
            Wish::Wait => {
                let due = (watched.turned + UNKNOWN_WAKES_AFTER).max(watched.quiet_until);
                self.wait(id, due, at);
            }
        }
    }

    /// Somebody is told of a target that stays so until then, unless another node tells of it.
    fn wait(&mut self, id: &TargetId, due: Timestamp, at: Moment) {
        let Some(watched) = self.targets.get_mut(id) else { return };
        let due = due.max(watched.left_to_us + watched.asks.after);
        if !watched.is_told_by_another() && due <= at.0 {
            return self.book.join(id, watched, at);
        }
        self.book.stay(watched);
        if !watched.is_told_by_another() {
            watched.hold = Some(self.timers.arm(due, Due::Wake(id.clone())));
        }
    }
}

#[cfg(test)]
mod tests;
