//! Settling: what is due is done, what is new is told, what is empty ends. Only what was touched is looked at.

use std::collections::BTreeSet;

use allswell_model::{EventBody, IncidentId, Timestamp};

use crate::incidents::running::Running;
use crate::incidents::targets::Targets;
use crate::incidents::{Decided, Due, Incidents, Moment};

impl Incidents {
    /// Decides what is to be told by now. To be called before each commit, and at each deadline; all of what comes
    /// back belongs into that commit.
    pub fn settle(&mut self, now: Timestamp) -> Decided {
        if !self.complete {
            return Decided::default();
        }
        let at = self.moment(now);
        self.wake(at);
        let (going, over): (Vec<_>, Vec<_>) = std::mem::take(&mut self.book.touched)
            .into_iter()
            .partition(|id| self.book.get(*id).is_some_and(|running| running.count() > 0));
        let mut decided = Decided { events: std::mem::take(&mut self.book.events), ..Decided::default() };
        let hurried = self.book.hurry(&over);
        for id in going.into_iter().chain(hurried).collect::<BTreeSet<_>>() {
            self.carry_on(id, at, &mut decided);
        }
        over.into_iter().for_each(|id| self.end(id, at, &mut decided));
        decided.moved = std::mem::take(&mut self.book.moved).into_iter().collect();
        decided
    }

    /// Does what is due.
    fn wake(&mut self, at: Moment) {
        while let Some((_, due)) = self.timers.fire(at.0) {
            match due {
                Due::Wake(id) => {
                    if let Some(watched) = self.targets.get_mut(&id) {
                        watched.hold = None;
                        self.place(&id, at);
                    }
                }
                Due::Tell(id) => {
                    if let Some(running) = self.book.touch(id) {
                        running.armed = None;
                    }
                }
            }
        }
    }

    /// Tells of an incident what is due, and sees to it that it is looked at when the next is.
    fn carry_on(&mut self, id: IncidentId, at: Moment, decided: &mut Decided) {
        if self.book.get(id).is_some_and(|running| running.remind_asked) {
            let targets = &self.targets;
            self.book.resort(id, |running| ask_again(running, targets));
        }
        let Some(running) = self.book.get_mut(id).filter(|running| running.count() > 0) else { return };
        if let Some((_, kind)) = running.next().filter(|(due, _)| *due <= at.0) {
            decided.alerts.extend(self.teller.tell(running, &self.targets, kind, at));
        }
        running.hurried = false;
        if let Some(armed) = running.armed.take() {
            self.timers.cancel(&armed);
        }
        running.armed = running.next().map(|(due, _)| self.timers.arm(due, Due::Tell(id)));
        decided.incidents.extend(running.store());
    }

    fn end(&mut self, id: IncidentId, at: Moment, decided: &mut Decided) {
        let Some(mut running) = self.book.end(id) else { return };
        if let Some(armed) = running.armed.take() {
            self.timers.cancel(&armed);
        }
        running.end(at.1);
        decided.alerts.extend(self.teller.resolve(&mut running, &self.targets, at));
        let lasted = at.0.since(running.pace.began).as_millis();
        decided.events.push(EventBody::IncidentEnded {
            incident: id,
            target: running.incident.first.clone(),
            for_ms: u64::try_from(lasted).unwrap_or(u64::MAX),
            targets: running.incident.most,
        });
        decided.incidents.extend(running.store());
    }
}

/// The shortest that any of its members asks for.
fn ask_again(running: &mut Running, targets: &Targets) {
    let asked = running.members.values().filter_map(|id| targets.get(id)?.asks.remind).min();
    running.remind_asked = false;
    running.changed |= running.incident.remind != asked;
    running.incident.remind = asked;
}
