//! One open incident: who is in it, and when somebody is told next.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use allswell_model::{AFFECTED_AT_MOST, AlertKind, Incident, IncidentId, TargetId, Timestamp};

use crate::incidents::called::Called;
use crate::incidents::sort::Sort;
use crate::timers::Armed;

/// Trouble that comes later than this after the last is another's: a known old trouble must not swallow a new one.
pub(crate) const JOIN_WITHIN: Duration = Duration::from_secs(5 * 60);

/// That an incident grows is told no more often than somebody can read.
pub(crate) const UPDATE_EVERY: Duration = Duration::from_secs(60);

/// A policy that asks to be reminded more often than this would make alerts without end.
const REMIND_AT_MOST_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(crate) struct Running {
    /// As it is to be stored; how many are in it is counted when that is decided.
    pub(crate) incident: Incident,
    /// In the order in which they joined.
    pub(crate) members: BTreeMap<u64, TargetId>,
    /// Those that were in it first, also when they have left: at most [`AFFECTED_AT_MOST`].
    pub(crate) early: Vec<TargetId>,
    /// How many members are no longer in the status that they have in common.
    pub(crate) eased: u64,
    /// What is stored is not what it is.
    pub(crate) changed: bool,
    /// A member's policy asks for other reminders than it did.
    pub(crate) remind_asked: bool,
    /// That it grew is to be told at once.
    pub(crate) hurried: bool,
    pub(crate) last_left: Option<Left>,
    /// Where members went that did not get well.
    pub(crate) went_to: BTreeSet<IncidentId>,
    pub(crate) pace: Pace,
    pub(crate) armed: Option<Armed>,
}

/// The one who left last.
#[derive(Debug, Clone)]
pub(crate) struct Left {
    pub(crate) target: TargetId,
    /// As people called it.
    pub(crate) called: Called,
}

/// The times that are compared with the clock, by our own time, which does not jump.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    pub(crate) began: Timestamp,
    grew: Timestamp,
    told: Option<Timestamp>,
    /// What is known from before a restart is to be judged again before somebody is reminded of it.
    remind_from: Timestamp,
}

impl Running {
    pub(crate) fn new(incident: Incident, began: Timestamp, now: Timestamp) -> Self {
        let pace = Pace { began, grew: now, told: None, remind_from: now };
        Self {
            incident,
            members: BTreeMap::new(),
            early: Vec::new(),
            eased: 0,
            changed: true,
            remind_asked: false,
            hurried: false,
            last_left: None,
            went_to: BTreeSet::new(),
            pace,
            armed: None,
        }
    }

    /// One that lasted when the program ended; its members are to be told. Whether it still owes somebody that it grew
    /// is not known: then it is told at once.
    pub(crate) fn recovered(incident: Incident) -> Self {
        let pace = Pace { began: incident.began, grew: incident.grew, told: incident.told, remind_from: Timestamp(i64::MIN) };
        Self { changed: false, hurried: true, pace, ..Self::new(incident, Timestamp::default(), Timestamp::default()) }
    }

    /// A stored time that lies ahead would hold back every alert: the clock was set back meanwhile.
    pub(crate) fn not_after(&mut self, now: Timestamp) {
        let Pace { began, grew, told, .. } = self.pace;
        self.pace = Pace { began: began.min(now), grew: grew.min(now), told: told.map(|at| at.min(now)), remind_from: now + UPDATE_EVERY };
    }

    pub(crate) fn sort(&self) -> Sort {
        Sort::of(&self.incident)
    }

    pub(crate) fn count(&self) -> u64 {
        self.members.len() as u64
    }

    pub(crate) fn is_joinable(&self, now: Timestamp) -> bool {
        now.since(self.pace.grew) <= JOIN_WITHIN
    }

    /// Somebody comes to it. `wall` is the time of day at `now`.
    pub(crate) fn grow(&mut self, order: u64, target: &TargetId, (now, wall): (Timestamp, Timestamp)) {
        self.adopt(order, target);
        (self.pace.grew, self.incident.grew, self.changed) = (now, wall, true);
    }

    /// Somebody was in it before.
    pub(crate) fn adopt(&mut self, order: u64, target: &TargetId) {
        self.members.insert(order, target.clone());
        self.incident.most = self.incident.most.max(self.count());
        if self.early.len() < AFFECTED_AT_MOST && !self.early.contains(target) {
            self.early.push(target.clone());
        }
    }

    pub(crate) fn leave(&mut self, order: u64, left: Left) {
        self.members.remove(&order);
        self.last_left = Some(left);
    }

    /// Whether more are in it than was told.
    pub(crate) fn has_grown(&self) -> bool {
        self.count() > self.incident.told_targets
    }

    /// What is told next, and when: at once when nobody was told yet.
    pub(crate) fn next(&self) -> Option<(Timestamp, AlertKind)> {
        let Some(told) = self.pace.told else { return Some((Timestamp(i64::MIN), AlertKind::Firing)) };
        let pace = if self.hurried { Duration::ZERO } else { UPDATE_EVERY };
        let update = self.has_grown().then(|| (told + pace, AlertKind::Update));
        let remind = self.incident.remind.map(|after| told + after.max(REMIND_AT_MOST_EVERY));
        let remind = remind.map(|at| (at.max(self.pace.remind_from), AlertKind::Reminder));
        update.into_iter().chain(remind).min_by_key(|(at, _)| *at)
    }

    /// Nobody is in it any more.
    pub(crate) fn end(&mut self, wall: Timestamp) {
        self.incident.ended = Some(wall);
        self.changed = true;
    }

    /// So many alerts were decided now.
    pub(crate) fn note_told(&mut self, alerts: u32, (now, wall): (Timestamp, Timestamp)) {
        self.pace.told = Some(now);
        self.incident.told = Some(wall);
        self.incident.told_targets = self.count();
        self.incident.alerts = self.incident.alerts.saturating_add(alerts);
        self.changed = true;
    }

    /// It as it is to be stored, if that is not what is stored.
    pub(crate) fn store(&mut self) -> Option<Incident> {
        let count = self.count();
        let recounted = std::mem::replace(&mut self.incident.targets, count) != count;
        (std::mem::take(&mut self.changed) || recounted).then(|| self.incident.clone())
    }
}
