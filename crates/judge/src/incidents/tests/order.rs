//! What must be true of all that is ever stored and told, in the order in which it is.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::{Alert, AlertKey, AlertKind, ChannelName, EventBody, Incident, IncidentId};

use super::Decided;

/// Hears all that is stored, one transaction after another, and objects.
#[derive(Debug, Default)]
pub(super) struct Order {
    pub(super) incidents: BTreeMap<IncidentId, Incident>,
    pub(super) keys: BTreeSet<AlertKey>,
    began: Vec<IncidentId>,
    ended: BTreeSet<IncidentId>,
    /// What each channel was told last of each incident.
    last: BTreeMap<(IncidentId, ChannelName), AlertKind>,
    /// The next alert's number.
    next: BTreeMap<IncidentId, u32>,
}

impl Order {
    pub(super) fn hear(&mut self, decided: &Decided) {
        decided.events.iter().for_each(|event| self.event(event));
        for incident in &decided.incidents {
            assert!(self.began.contains(&incident.id), "{incident:?} never began");
            let before = self.incidents.insert(incident.id, incident.clone());
            assert!(before.is_none_or(|before| before.is_open()), "{incident:?} changed after its end");
            assert_eq!(incident.ended.is_some(), self.ended.contains(&incident.id), "{incident:?}");
        }
        decided.alerts.iter().for_each(|alert| self.alert(alert, decided));
        for incident in &decided.incidents {
            assert_eq!(incident.alerts, self.next.get(&incident.id).copied().unwrap_or(0), "{incident:?}");
        }
    }

    fn event(&mut self, event: &EventBody) {
        match event {
            EventBody::IncidentBegan { incident, .. } => {
                assert!(self.began.last() < Some(incident), "{incident} is not after {:?}", self.began.last());
                self.began.push(*incident);
            }
            EventBody::IncidentEnded { incident, targets, .. } => {
                assert!(self.began.contains(incident) && self.ended.insert(*incident), "{incident} ended twice, or never began");
                assert!(*targets > 0);
            }
            other => panic!("{other:?} is nothing that incidents decide"),
        }
    }

    fn alert(&mut self, alert: &Alert, decided: &Decided) {
        assert!(self.keys.insert(alert.key.clone()), "{alert:?} has the key of another");
        let incident = decided.incidents.iter().find(|incident| incident.id == alert.incident);
        let incident = incident.unwrap_or_else(|| panic!("{alert:?} is told of what is not stored with it"));
        assert!(incident.channels.contains(&alert.channel), "{alert:?}");
        let next = self.next.entry(alert.incident).or_default();
        assert_eq!(alert.number, *next, "{alert:?}");
        *next += 1;
        let before = self.last.insert((alert.incident, alert.channel.clone()), alert.kind);
        match alert.kind {
            AlertKind::Firing => assert_eq!(before, None, "{alert:?}"),
            AlertKind::Update | AlertKind::Reminder | AlertKind::Resolved => {
                assert!(before.is_some_and(|before| before != AlertKind::Resolved), "{alert:?} after {before:?}");
            }
        }
        assert_eq!(alert.kind == AlertKind::Resolved, incident.ended.is_some(), "{alert:?} of {incident:?}");
        assert_eq!(alert.total, if incident.ended.is_some() { incident.most } else { incident.targets }, "{alert:?}");
        assert_eq!((incident.told, alert.ended, &alert.first), (Some(alert.decided), incident.ended, &incident.first));
    }
}
