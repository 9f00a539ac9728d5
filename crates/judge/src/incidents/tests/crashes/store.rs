//! A store: it takes whole transactions, and objects to what must not be stored.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::{Alert, AlertKey, Incident, IncidentId, Mark, ProbeResult, Status, TargetId, Timestamp, Transition};

use super::receiver::{Which, which};
use super::{Done, Fault, wrong};
use crate::incidents::Decided;
use crate::incidents::tests::order::Order;

/// How a target stands, as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Kept {
    pub(super) status: Status,
    pub(super) since: Timestamp,
    pub(super) marks: BTreeSet<Mark>,
    pub(super) incident: Option<IncidentId>,
}

/// One transaction.
#[derive(Debug, Default)]
pub(super) struct Batch {
    pub(super) results: Vec<ProbeResult>,
    pub(super) transitions: Vec<Transition>,
    pub(super) standings: BTreeMap<TargetId, Kept>,
    pub(super) decided: Decided,
    pub(super) delivered: Vec<AlertKey>,
    /// Exactly these are watched; whether that changed since the one before.
    pub(super) watched: BTreeSet<TargetId>,
    pub(super) reloaded: bool,
}

#[derive(Debug, Default)]
pub(super) struct Store {
    results: BTreeMap<TargetId, Vec<ProbeResult>>,
    transitions: BTreeMap<TargetId, Transition>,
    standings: BTreeMap<TargetId, Kept>,
    incidents: BTreeMap<IncidentId, Incident>,
    /// All that were ever decided, and those that wait, in order.
    pub(super) alerts: BTreeMap<Which, Alert>,
    pub(super) outbox: Vec<Alert>,
    /// All that was ever true of a target.
    pub(super) ever: BTreeSet<(TargetId, Status, Timestamp)>,
    order: Order,
}

impl Store {
    pub(super) fn open(&self) -> Vec<Incident> {
        self.incidents.values().filter(|incident| incident.is_open()).cloned().collect()
    }

    pub(super) fn incidents(&self) -> impl Iterator<Item = &Incident> {
        self.incidents.values()
    }

    pub(super) fn incident(&self, id: IncidentId) -> Option<&Incident> {
        self.incidents.get(&id)
    }

    pub(super) fn incident_of(&self, target: &TargetId) -> Option<&Incident> {
        self.incidents.get(&self.standings.get(target)?.incident?)
    }

    /// How it stood, its newest results, oldest first, and what decided.
    pub(super) fn recovered(&self, target: &TargetId) -> Option<(Kept, &[ProbeResult], Option<Transition>)> {
        let kept = self.standings.get(target)?.clone();
        let results = self.results.get(target).map_or(&[][..], Vec::as_slice);
        let tail = &results[results.len().saturating_sub(64)..];
        Some((kept, tail, self.transitions.get(target).cloned()))
    }

    pub(super) fn apply(&mut self, batch: Batch, fault: Fault) -> Done {
        self.stays(&batch)?;
        if fault == Fault::None {
            self.order.hear(&batch.decided);
        }
        for result in batch.results {
            self.results.entry(result.target.clone()).or_default().push(result);
        }
        self.transitions.extend(batch.transitions.into_iter().map(|transition| (transition.target.clone(), transition)));
        self.ever.extend(batch.standings.iter().map(|(id, kept)| (id.clone(), kept.status, kept.since)));
        self.standings.extend(batch.standings);
        self.incidents.extend(batch.decided.incidents.into_iter().map(|incident| (incident.id, incident)));
        self.outbox.retain(|alert| !batch.delivered.contains(&alert.key));
        self.take(batch.decided.alerts);
        self.has_members(&batch.watched)
    }

    pub(super) fn take(&mut self, alerts: Vec<Alert>) {
        self.alerts.extend(alerts.iter().map(|alert| (which(alert), alert.clone())));
        self.outbox.extend(alerts);
    }

    /// A target of which nothing new was heard is in the incident that it was in.
    fn stays(&self, batch: &Batch) -> Done {
        for (target, kept) in batch.standings.iter().filter(|_| !batch.reloaded) {
            let Some(before) = self.standings.get(target) else { continue };
            let turned = batch.transitions.iter().any(|transition| transition.target == *target);
            if !turned && before.incident.is_some() && before.incident != kept.incident {
                return wrong(format!("{target} left its incident, though nothing was heard of it: {before:?}, then {kept:?}"));
            }
        }
        Ok(())
    }

    fn has_members(&self, watched: &BTreeSet<TargetId>) -> Done {
        for incident in self.incidents.values().filter(|incident| incident.is_open()) {
            let members = watched.iter().filter(|id| self.standings.get(id).is_some_and(|kept| kept.incident == Some(incident.id)));
            let members = members.count() as u64;
            if members == 0 || members != incident.targets {
                return wrong(format!("{incident:?} is open without a member, or has not {members} of them"));
            }
        }
        Ok(())
    }
}
