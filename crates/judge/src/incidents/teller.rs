//! Makes the alerts of an incident.

use std::sync::Arc;

use allswell_model::{AFFECTED_AT_MOST, Affected, Alert, AlertKind, Incident, NodeId, Status, TargetId, Timestamp};

use crate::incidents::called::Called;
use crate::incidents::key::key;
use crate::incidents::running::{Left, Running};
use crate::incidents::sentence::{self, Became, Count, One};
use crate::incidents::targets::Targets;
use crate::incidents::watched::Watched;

/// Who speaks.
#[derive(Debug)]
pub(crate) struct Teller {
    pub(crate) node: NodeId,
    pub(crate) location: Arc<str>,
}

impl Teller {
    /// What every channel is told while it lasts; the incident then knows that it was told.
    pub(crate) fn tell(&self, running: &mut Running, targets: &Targets, kind: AlertKind, at: (Timestamp, Timestamp)) -> Vec<Alert> {
        let (called, status, reason, stands_alone) = first(running, targets);
        let one = One { called: &called, status, reason: &reason, stands_alone };
        let count = Count { targets: running.count(), eased: running.eased };
        let summary = match kind {
            AlertKind::Update => sentence::update(&running.incident, count, one),
            AlertKind::Reminder => sentence::reminder(&running.incident, count, one, at.0.since(running.pace.began)),
            AlertKind::Firing | AlertKind::Resolved => sentence::firing(&running.incident, count, one),
        };
        let affected = affected(running.members.values(), targets);
        let alerts = self.alerts(running, (kind, summary), (count.targets, affected), at.1);
        running.note_told(alerts.len().try_into().unwrap_or(u32::MAX), at);
        alerts
    }

    /// What every channel is told in the end, if it was told that it began.
    pub(crate) fn resolve(&self, running: &mut Running, targets: &Targets, at: (Timestamp, Timestamp)) -> Vec<Alert> {
        if running.incident.told.is_none() {
            return Vec::new();
        }
        let (last, became) = ending(running, targets);
        let summary = sentence::resolved(running.incident.most, &last, became, at.0.since(running.pace.began));
        let affected = affected(running.early.iter(), targets);
        let alerts = self.alerts(running, (AlertKind::Resolved, summary), (running.incident.most, affected), at.1);
        running.note_told(alerts.len().try_into().unwrap_or(u32::MAX), at);
        alerts
    }

    fn alerts(
        &self,
        running: &Running,
        (kind, summary): (AlertKind, String),
        (total, targets): (u64, Vec<Affected>),
        decided: Timestamp,
    ) -> Vec<Alert> {
        let incident = &running.incident;
        let numbered = incident.channels.iter().zip(incident.alerts..);
        let alert = |(channel, number)| Alert {
            key: key(&self.node, incident.id, (number, kind), channel),
            channel: channel.clone(),
            kind,
            incident: incident.id,
            number,
            decided,
            began: incident.began,
            ended: incident.ended,
            node: self.node.clone(),
            location: Arc::clone(&self.location),
            status: incident.status,
            stage: incident.stage.clone(),
            cause: incident.cause.clone(),
            summary: summary.clone(),
            first: incident.first.clone(),
            total,
            targets: targets.clone(),
        };
        numbered.map(alert).collect()
    }
}

fn affected<'a>(ids: impl Iterator<Item = &'a TargetId>, targets: &Targets) -> Vec<Affected> {
    ids.take(AFFECTED_AT_MOST).filter_map(|id| targets.get(id)?.affected(id)).collect()
}

/// Of the members the one that joined first.
fn first(running: &Running, targets: &Targets) -> (Called, Status, String, bool) {
    let first = running.members.values().find_map(|id| Some((id, targets.get(id)?)));
    match first {
        Some((id, watched)) => (watched.called(id), watched.status, watched.reason().to_owned(), watched.told_reason().is_some()),
        None => (Called::Id(running.incident.first.clone()), running.incident.status, running.incident.reason.clone(), false),
    }
}

/// Whom the last sentence names, and what became of it.
fn ending(running: &Running, targets: &Targets) -> (Called, Became) {
    let Some(Left { target, called }) = &running.last_left else {
        return (Called::Id(running.incident.first.clone()), Became::Removed);
    };
    let became = targets.get(target).map_or(Became::Removed, |watched| became(&running.incident, watched));
    (called.clone(), became)
}

fn became(incident: &Incident, watched: &Watched) -> Became {
    let same = watched.status == incident.status;
    match (watched.place, watched.status) {
        (Some(_), _) if watched.asks.channels != incident.channels => Became::Rerouted,
        (Some(_), _) if same => Became::Again,
        (None, Status::Unknown) => Became::Silenced,
        (None, Status::Down | Status::Degraded) if same || watched.asks.channels.is_empty() => Became::Silenced,
        (_, status) => Became::Turned(status),
    }
}
