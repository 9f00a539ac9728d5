//! The pipeline's part in waking people: what the incidents make of each change, and what became of the alerts.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_judge::{Decided, Standing, Stood};
use allswell_model::{
    Alert, AlertKind, Attempted, EventBody, Incident, Pending, ProbeResult, Sent, Target, TargetId, Timestamp, Transition,
};

use crate::pipeline::Pipeline;

impl Pipeline {
    /// What decided a status, and which incident a target was in, the board knows from the log.
    pub(crate) fn watch_for_incidents(&mut self, targets: &[Arc<Target>], turned: &BTreeMap<TargetId, Transition>, now: Timestamp) {
        let Self { reader, judge, incidents, .. } = self;
        reader.board(|board| {
            for target in targets {
                let Some(standing) = judge.standing(&target.id) else { continue };
                let row = board.row(&target.id);
                let decided = turned.get(&target.id).or_else(|| row?.decided.as_deref());
                let decided = decided.filter(|decided| decided.to == standing.status);
                // A status that the target had from the beginning was decided by no transition, but its last result tells why.
                let last = row.and_then(|row| as_if_decided(row.last.as_ref()?, standing));
                let decided = decided.or(last.as_ref());
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
        (incidents, self.without_stale(alerts))
    }

    /// Whom the beginning has not reached need not be reminded of it: a channel that failed all night would tell a hundred times at once.
    fn without_stale(&self, mut alerts: Vec<Alert>) -> Vec<Alert> {
        let reminds = |alert: &Alert| alert.kind == AlertKind::Reminder;
        if alerts.iter().any(reminds) {
            let waiting = self.reader.waiting();
            let waits = |alert: &Alert| {
                waiting.iter().any(|earlier| earlier.alert.incident == alert.incident && earlier.alert.channel == alert.channel)
            };
            alerts.retain(|alert| !reminds(alert) || !waits(alert));
        }
        alerts
    }
}

/// What a result says of a status that it agrees with.
fn as_if_decided(last: &ProbeResult, standing: &Standing) -> Option<Transition> {
    if last.outcome.is_up() || last.outcome.word() != standing.status.word() {
        return None;
    }
    let transition = Transition {
        target: last.target.clone(),
        at: last.started + last.duration,
        since: standing.since,
        from: standing.status,
        to: standing.status,
        marks: standing.marks.clone(),
        stage: None,
        cause: None,
        reason: last.reason.clone(),
        said_by: last.said_by.clone(),
    };
    Some(transition.because(&last.outcome))
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

#[cfg(test)]
mod tests;
