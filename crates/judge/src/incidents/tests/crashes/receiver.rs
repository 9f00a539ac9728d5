//! Who is woken: what came, and what must be true of it.

use std::collections::BTreeMap;

use allswell_model::{Alert, AlertKind, ChannelName, Incident, IncidentId};

use super::store::Store;
use super::{Done, wrong};

#[derive(Debug, Default)]
pub(super) struct Receiver {
    /// By which it is the same alert, whatever its key.
    came: BTreeMap<Which, Alert>,
    /// How many of a kind came.
    kinds: BTreeMap<(IncidentId, ChannelName, AlertKind), usize>,
}

pub(super) type Which = (IncidentId, u32);

pub(super) fn which(alert: &Alert) -> Which {
    (alert.incident, alert.number)
}

impl Receiver {
    pub(super) fn receive(&mut self, alert: &Alert, store: &Store) -> Done {
        let Some(stored) = store.alerts.get(&which(alert)) else { return wrong(format!("{alert:?} is not stored")) };
        if (Alert { key: alert.key.clone(), ..stored.clone() }) != *alert {
            return wrong(format!("{alert:?} is not stored so, but as {stored:?}"));
        }
        if let Some(before) = self.came.insert(which(alert), alert.clone()) {
            return if before.key == alert.key {
                Ok(())
            } else {
                wrong(format!("{alert:?} came before under another key: {}", before.key))
            };
        }
        let Some(incident) = store.incident(alert.incident) else { return wrong(format!("the incident of {alert:?} is not stored")) };
        if alert.kind == AlertKind::Resolved && incident.is_open() {
            return wrong(format!("{alert:?} came before the end"));
        }
        let untold = alert.targets.iter().find(|told| !store.ever.contains(&(told.target.clone(), told.status, told.since)));
        if let Some(told) = untold {
            return wrong(format!("{told:?} came, and its transition is not stored"));
        }
        let kinds = self.kinds.entry((alert.incident, alert.channel.clone(), alert.kind)).or_default();
        *kinds += 1;
        match alert.kind {
            AlertKind::Firing | AlertKind::Resolved if *kinds > 1 => wrong(format!("{alert:?} came a second time")),
            _ => Ok(()),
        }
    }

    fn has(&self, incident: &Incident, kind: AlertKind) -> Done {
        for channel in incident.channels.iter() {
            if !self.kinds.contains_key(&(incident.id, channel.clone(), kind)) {
                return wrong(format!("{channel} was never told that it is {}: {incident:?}", kind.word()));
            }
        }
        Ok(())
    }

    /// Whoever is to be told that it began was.
    pub(super) fn knows(&self, incident: &Incident) -> Done {
        self.has(incident, AlertKind::Firing)
    }

    /// All that was decided came, and of each incident that somebody was told of both ends did.
    pub(super) fn has_all(&self, store: &Store) -> Done {
        if let Some(lost) = store.alerts.values().find(|alert| !self.came.contains_key(&which(alert))) {
            return wrong(format!("{lost:?} was lost"));
        }
        for incident in store.incidents().filter(|incident| incident.told.is_some()) {
            self.knows(incident)?;
            if !incident.is_open() {
                self.has(incident, AlertKind::Resolved)?;
            }
        }
        Ok(())
    }
}
