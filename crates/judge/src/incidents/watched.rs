//! A target as the incidents know it: how it is, why, whom to tell, and which incident it is in.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_model::{Affected, Alerting, IncidentId, Mark, Status, Target, TargetId, TargetName, Timestamp, Transition};

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
}

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
        Self {
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
        }
    }

    /// The target may be called otherwise by now, and others may be told of it.
    pub(crate) fn describe(&mut self, target: &Target, labels: &mut Labels) {
        self.asks = target.alerting.clone();
        self.shown = (!self.asks.channels.is_empty()).then(|| Box::new(Shown::of(target, labels)));
    }

    /// It is watched already: only what nobody else tells is taken over.
    pub(crate) fn stands(&mut self, stood: &Stood<'_>, now: Timestamp) {
        self.never_answered = stood.marks.contains(&Mark::NeverAnswered);
        if self.status != stood.status {
            self.why = stood.decided.filter(|decided| decided.to == stood.status).and_then(Why::of);
            (self.status, self.since, self.turned) = (stood.status, stood.since, now);
        }
    }

    pub(crate) fn turn(&mut self, transition: &Transition, now: Timestamp) {
        if self.status != transition.to {
            self.turned = now;
        }
        (self.status, self.since) = (transition.to, transition.since);
        self.never_answered = transition.marks.contains(&Mark::NeverAnswered);
        self.why = Why::of(transition);
    }

    pub(crate) fn explain(&mut self, why: Why) {
        self.why = Some(Box::new(why));
    }

    pub(crate) fn why(&self) -> Why {
        self.why.as_deref().cloned().unwrap_or_else(|| Why { stage: None, cause: None, said_by: None, reason: self.reason().to_owned() })
    }

    pub(crate) fn reason(&self) -> &str {
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
