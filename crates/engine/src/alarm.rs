//! The pipeline's part in waking people: what the incidents make of each change, and what became of the alerts.

use std::collections::BTreeMap;

use allswell_judge::{Decided, Stood};
use allswell_model::{Alert, Attempted, EventBody, Incident, Pending, Sent, Target, TargetId, Timestamp, Transition};

use crate::pipeline::Pipeline;

impl Pipeline {
    /// What decided a status, and which incident a target was in, the board knows from the log.
    pub(crate) fn watch_for_incidents(&mut self, targets: &[Target], turned: &BTreeMap<TargetId, Transition>, now: Timestamp) {
        let Self { reader, judge, incidents, .. } = self;
        reader.board(|board| {
            for target in targets {
                let Some(standing) = judge.standing(&target.id) else { continue };
                let row = board.row(&target.id);
                let decided = turned.get(&target.id).or_else(|| row?.decided.as_deref());
                let decided = decided.filter(|decided| decided.to == standing.status);
                let incident = row.and_then(|row| row.incident);
                let stood = Stood { status: standing.status, since: standing.since, marks: &standing.marks, incident, decided };
                incidents.watch(target, stood, now);
            }
        });
        incidents.watched_all(now);
    }

    /// An attempt to send an alert has ended: with the last one comes an event.
    pub(crate) fn tried(&mut self, attempted: Attempted) {
        let delivered = match attempted.ended {
            Sent::Delivered => Some(true),
            Sent::GivenUp => Some(false),
            Sent::Again(_) => None,
        };
        let waiting = self.reader.waiting().into_iter().find(|pending| pending.alert.key == attempted.key);
        if let Some((Pending { alert, attempts, .. }, delivered)) = waiting.zip(delivered) {
            self.note(attempted.at, ended(&alert, &attempted, (delivered, attempts + 1)));
        }
        self.batch.touch();
        self.batch.attempts.push(attempted);
    }

    /// What the incidents make of all that was heard since the last commit goes with it.
    pub(crate) fn settle(&mut self, now: Timestamp) -> (Vec<Incident>, Vec<Alert>) {
        let Decided { incidents, alerts, events, moved } = self.incidents.settle(now);
        events.into_iter().for_each(|event| self.note(now, event));
        moved.iter().for_each(|target| self.stand(target));
        (incidents, alerts)
    }
}

/// An alert's end as an event; it has a target as long as its incident had one.
fn ended(alert: &Alert, attempted: &Attempted, (delivered, attempts): (bool, u32)) -> EventBody {
    EventBody::AlertEnded {
        key: alert.key.clone(),
        incident: alert.incident,
        target: alert.first.clone(),
        channel: alert.channel.clone(),
        kind: alert.kind,
        delivered,
        attempts,
        detail: attempted.detail.clone(),
    }
}
