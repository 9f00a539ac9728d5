//! A target as the incidents know it: how it is, why, whom to tell, and which incident it is in.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Affected, Alerting, IncidentId, Mark, Status, Target, TargetId, TargetName, Telling, Timestamp, Transition};

use crate::incidents::Stood;
use crate::incidents::called::Called;
use crate::timers::Armed;

pub(crate) type Labels = Arc<BTreeMap<String, String>>;

#[derive(Debug)]
pub(crate) struct Watched {
    pub(crate) asks: Alerting,
    /// Only of those of whom somebody is told: of ten thousand others it would be memory for nothing.
    shown: Option<Box<Shown>>,
    pub(crate) status: Status,
    since: Timestamp,
    pub(crate) never_answered: bool,
    why: Option<Box<Why>>,
    /// When this status was first heard of, by our own time.
    pub(crate) turned: Timestamp,
    /// Before this, by our own time, nobody could expect to know anything of it.
    pub(crate) quiet_until: Timestamp,
    pub(crate) place: Option<Place>,
    pub(crate) hold: Option<Armed>,
    /// Where its source knows more than its results say. Few have it.
    pub(crate) telling: Option<Box<Telling>>,
    /// Since when no other node does so, by our own time. Where one recovers a moment before the others, they are not to wake anybody for
    /// that moment.
    pub(crate) left_to_us: Timestamp,
    trouble: Option<Trouble>,
}

/// Trouble on and off, short pauses included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trouble {
    since: Timestamp,
    /// Since when it is over.
    over: Option<Timestamp>,
}

/// Trouble that returns within this time goes on: who flaps is not well in between.
pub(crate) const CALM: Duration = Duration::from_secs(60);

/// What an alert tells of a target, whatever its status.
#[derive(Debug)]
struct Shown {
    name: TargetName,
    url: String,
    labels: Labels,
    runbook: Option<String>,
}

/// Why a target is as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Why {
    pub(crate) stage: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) said_by: Option<String>,
    pub(crate) reason: String,
}

/// Where a target is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) incident: IncidentId,
    /// Its place among all that ever joined.
    pub(crate) order: u64,
    /// Its status is not the incident's any more, though it is not over.
    pub(crate) eased: bool,
}

impl Watched {
    pub(crate) fn new(target: &Target, stood: &Stood<'_>, now: Timestamp) -> Self {
        let mut watched = Self {
            asks: target.alerting.clone(),
            shown: None,
            status: stood.status,
            since: stood.since,
            never_answered: stood.marks.contains(&Mark::NeverAnswered),
            why: stood.decided.filter(|decided| decided.to == stood.status).and_then(Why::of),
            turned: now,
            quiet_until: now + target.policy.stale_after(),
            place: None,
            hold: None,
            telling: None,
            left_to_us: Timestamp(i64::MIN / 2),
            trouble: None,
        };
        watched.count(now);
        watched
    }

    /// The target may be called otherwise by now, and others may be told of it.
    pub(crate) fn describe(&mut self, target: &Target, labels: &mut Labels) {
        self.asks = target.alerting.clone();
        self.shown = (!self.asks.channels.is_empty()).then(|| Box::new(Shown::of(target, labels)));
        // As if it had been asked for since the status is this one.
        self.count(self.turned);
    }

    /// It is watched already: only what nobody else tells is taken over.
    pub(crate) fn stands(&mut self, stood: &Stood<'_>, now: Timestamp) {
        self.never_answered = stood.marks.contains(&Mark::NeverAnswered);
        if self.status != stood.status {
            self.why = stood.decided.filter(|decided| decided.to == stood.status).and_then(Why::of);
            (self.status, self.since, self.turned) = (stood.status, stood.since, now);
            self.count(now);
        }
    }

    pub(crate) fn turn(&mut self, transition: &Transition, now: Timestamp) {
        if self.status != transition.to {
            self.turned = now;
        }
        (self.status, self.since) = (transition.to, transition.since);
        self.never_answered = transition.marks.contains(&Mark::NeverAnswered);
        self.why = Why::of(transition);
        self.count(now);
    }

    /// Counts for how long it is in trouble of which somebody is told. That nothing is known of it neither ends that nor begins it.
    fn count(&mut self, now: Timestamp) {
        let asked = self.asks.on.contains(&self.status);
        self.trouble = match (self.status, self.trouble) {
            (Status::Down | Status::Degraded, Some(trouble)) if asked && trouble.over.is_none_or(|over| now.since(over) < CALM) => {
                Some(Trouble { over: None, ..trouble })
            }
            (Status::Down | Status::Degraded, _) if asked => Some(Trouble { since: now, over: None }),
            (Status::Unknown, trouble) => trouble,
            (_, trouble) => trouble.map(|trouble| Trouble { over: trouble.over.or(Some(now)), ..trouble }),
        };
    }

    /// It leaves the incident that it is in, if any: what comes after that is new.
    pub(crate) fn is_over(&mut self) {
        if self.place.is_some() {
            self.trouble = None;
        }
    }

    /// When somebody is to be told of its trouble, by our own time, if it stays.
    pub(crate) fn wakes_at(&self) -> Timestamp {
        self.trouble.map_or(self.turned, |trouble| trouble.since) + self.asks.after
    }

    pub(crate) fn explain(&mut self, why: Why) {
        self.why = Some(Box::new(why));
    }

    pub(crate) fn why(&self) -> Why {
        self.why.as_deref().cloned().unwrap_or_else(|| Why { stage: None, cause: None, said_by: None, reason: self.reason().to_owned() })
    }

    pub(crate) fn is_told_by_another(&self) -> bool {
        self.telling.as_ref().is_some_and(|telling| telling.by.is_some())
    }

    /// Why it is in trouble, where its source knows more than its results say.
    pub(crate) fn told_reason(&self) -> Option<&str> {
        let told = self.telling.as_ref().and_then(|telling| telling.reason.as_deref());
        told.filter(|_| !matches!(self.status, Status::Up | Status::Paused))
    }

    pub(crate) fn reason(&self) -> &str {
        if let Some(told) = self.told_reason() {
            return told;
        }
        match (&self.why, self.status) {
            (Some(why), _) => &why.reason,
            (None, Status::Unknown) => "Not judged so far.",
            (None, Status::Down | Status::Degraded) => "The sentence that says why was not kept.",
            (None, Status::Up | Status::Paused) => "Nothing is wrong with it.",
        }
    }

    pub(crate) fn called(&self, target: &TargetId) -> Called {
        self.shown.as_deref().map_or_else(|| Called::Id(target.clone()), |shown| Called::Name(shown.name.clone()))
    }

    pub(crate) fn affected(&self, target: &TargetId) -> Option<Affected> {
        let shown = self.shown.as_deref()?;
        Some(Affected {
            target: target.clone(),
            name: Arc::clone(&shown.name.name),
            group: Arc::clone(&shown.name.group),
            url: shown.url.clone(),
            labels: (*shown.labels).clone(),
            status: self.status,
            since: self.since,
            reason: self.reason().to_owned(),
            runbook: shown.runbook.clone(),
        })
    }
}

impl Shown {
    /// Targets that stand in one group mostly have the same labels: those of the one before are shared.
    fn of(target: &Target, labels: &mut Labels) -> Self {
        if **labels != target.labels {
            *labels = Arc::new(target.labels.clone());
        }
        Self { name: target.name.clone(), url: target.url.clone(), labels: Arc::clone(labels), runbook: target.runbook.clone() }
    }
}

impl Why {
    /// Nothing of a target that is well: it would be kept for ten thousand of them.
    fn of(transition: &Transition) -> Option<Box<Self>> {
        let troubled = !matches!(transition.to, Status::Up | Status::Paused);
        troubled.then(|| {
            Box::new(Self {
                stage: transition.stage.clone(),
                cause: transition.cause.clone(),
                said_by: transition.said_by.clone(),
                reason: transition.reason.clone(),
            })
        })
    }
}
