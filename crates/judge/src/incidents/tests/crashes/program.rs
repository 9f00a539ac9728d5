//! What a crash takes: the judge, the incidents, what is not yet stored, and what the sender knows.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use allswell_model::{
    AlertKey, Degradation, DownCause, Incident, Outcome, Policy, ProbeResult, Stage, StageTimes, Target, TargetId, Timestamp, Transition,
    UnknownCause,
};

use super::receiver::Receiver;
use super::store::{Batch, Kept, Store};
use super::{Done, Fault, Stop};
use crate::incidents::tests::{model, node};
use crate::{Incidents, Judge, Standing, Stood};

pub(super) struct Program {
    fault: Fault,
    judge: Judge,
    incidents: Incidents,
    batch: Batch,
    /// Whose standing the next commit holds.
    stands: BTreeSet<TargetId>,
    watched: BTreeSet<TargetId>,
    /// Delivered, though that may not be stored yet.
    noted: BTreeSet<AlertKey>,
    start: usize,
    /// So many things are still done before it dies.
    pub(super) dies_after: Option<usize>,
}

impl Program {
    pub(super) fn new(fault: Fault, start: usize, open: &[Incident]) -> Self {
        Self {
            fault,
            judge: Judge::new(),
            incidents: Incidents::new(node(), "eu".into(), open.to_vec()),
            batch: Batch::default(),
            stands: BTreeSet::new(),
            watched: BTreeSet::new(),
            noted: BTreeSet::new(),
            start,
            dies_after: None,
        }
    }

    /// Between any two things that it does it may die.
    fn survives(&mut self) -> Done {
        match &mut self.dies_after {
            Some(0) => Err(Stop::Crashed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    pub(super) fn clock_jumped(&mut self, by_ms: i64) -> Done {
        self.judge.clock_jumped(by_ms);
        self.survives()?;
        self.incidents.clock_jumped(by_ms);
        Ok(())
    }

    pub(super) fn watch(&mut self, config: &BTreeMap<TargetId, Target>, store: &mut Store, now: Timestamp) -> Done {
        let before = std::mem::replace(&mut self.watched, config.keys().cloned().collect());
        self.batch.reloaded = true;
        for gone in before.difference(&self.watched) {
            self.judge.forget(gone);
            self.incidents.forget(gone, now);
        }
        for target in config.values() {
            let kept = store.recovered(&target.id).filter(|_| !before.contains(&target.id));
            self.watch_one(target, kept, now);
        }
        self.incidents.watched_all(now);
        self.survives()
    }

    fn watch_one(&mut self, target: &Target, kept: Option<(Kept, &[ProbeResult], Option<Transition>)>, now: Timestamp) {
        let (recovered, incident, decided) = match kept {
            Some((kept, tail, decided)) => {
                let standing = Standing::recovered(kept.status, kept.since, kept.marks).with_tail(&target.policy, tail);
                (Some(standing), kept.incident, decided)
            }
            None => (None, None, None),
        };
        let turned = self.judge.watch(target.id.clone(), Policy::default(), false, recovered, now);
        let standing = self.judge.standing(&target.id).unwrap();
        let decided = turned.as_ref().or(decided.as_ref());
        let stood = Stood { status: standing.status, since: standing.since, marks: &standing.marks, incident, decided };
        self.incidents.watch(target, stood, now);
        self.stands.insert(target.id.clone());
        if let Some(transition) = turned {
            self.turned(transition, now);
        }
    }

    fn turned(&mut self, transition: Transition, now: Timestamp) {
        self.incidents.turned(&transition, now);
        self.stands.insert(transition.target.clone());
        self.batch.transitions.push(transition);
    }

    pub(super) fn hear(&mut self, target: &TargetId, letter: char, now: Timestamp) -> Done {
        self.survives()?;
        if !self.watched.contains(target) {
            return Ok(());
        }
        let result = result(target, letter, now);
        let heard = self.judge.hear(&result, now);
        if heard.marks_changed {
            self.stands.insert(target.clone());
        }
        if heard.cause_changed {
            self.incidents.cause_changed(&result);
        }
        if let Some(transition) = heard.transition {
            self.turned(transition, now);
        }
        self.batch.results.push(result);
        self.survives()
    }

    pub(super) fn commit(&mut self, store: &mut Store, receiver: &mut Receiver, now: Timestamp) -> Done {
        for transition in self.judge.tick(now) {
            self.turned(transition, now);
        }
        self.stands.extend(self.judge.take_marked());
        self.survives()?;
        let decided = self.incidents.settle(now);
        model::audit(&self.incidents);
        self.survives()?;
        self.stands.extend(decided.moved.iter().cloned());
        let standings = std::mem::take(&mut self.stands).into_iter().filter_map(|id| Some((self.kept(&id)?, id)));
        let standings = standings.map(|(kept, id)| (id, kept)).collect();
        let mut batch = Batch { standings, decided, watched: self.watched.clone(), ..std::mem::take(&mut self.batch) };
        if self.fault == Fault::SentEarly {
            batch.decided.alerts.iter().try_for_each(|alert| receiver.receive(alert, store))?;
        }
        let later = if self.fault == Fault::StoredLater { std::mem::take(&mut batch.decided.alerts) } else { Vec::new() };
        self.survives()?;
        store.apply(batch, self.fault)?;
        self.survives()?;
        store.take(later);
        self.survives()
    }

    fn kept(&self, target: &TargetId) -> Option<Kept> {
        let standing = self.judge.standing(target)?;
        let incident = self.incidents.of(target).filter(|_| self.fault != Fault::PlaceForgotten);
        Some(Kept { status: standing.status, since: standing.since, marks: standing.marks.clone(), incident })
    }

    pub(super) fn waiting(&self, store: &Store) -> usize {
        store.outbox.iter().filter(|alert| !self.noted.contains(&alert.key)).count()
    }

    pub(super) fn send(&mut self, nth: usize, taken: bool, store: &Store, receiver: &mut Receiver) -> Done {
        let waiting: Vec<_> = store.outbox.iter().filter(|alert| !self.noted.contains(&alert.key)).collect();
        let Some(alert) = waiting.get(nth % waiting.len().max(1)) else { return Ok(()) };
        self.survives()?;
        if self.fault == Fault::NotedEarly {
            self.note(&alert.key);
            self.survives()?;
        }
        if !taken {
            return Ok(());
        }
        match self.fault {
            Fault::KeyOfStart => {
                let key = AlertKey::new(&format!("{}-{}", alert.key, self.start)).unwrap();
                receiver.receive(&allswell_model::Alert { key, ..(*alert).clone() }, store)?;
            }
            _ => receiver.receive(alert, store)?,
        }
        self.survives()?;
        self.note(&alert.key);
        self.survives()
    }

    fn note(&mut self, key: &AlertKey) {
        self.noted.insert(key.clone());
        self.batch.delivered.push(key.clone());
    }
}

fn result(target: &TargetId, letter: char, now: Timestamp) -> ProbeResult {
    let stage = Stage::CONNECT;
    let outcome = match letter {
        'c' | 'w' => Outcome::Up,
        'd' => Outcome::Down { stage, cause: DownCause::REFUSED },
        't' => Outcome::Down { stage, cause: DownCause::TIMED_OUT },
        'n' => Outcome::Unknown { stage, cause: UnknownCause::NO_GATEWAY },
        other => panic!("no result {other}"),
    };
    ProbeResult {
        target: target.clone(),
        started: now,
        duration: Duration::ZERO,
        outcome,
        reason: format!("reason of {letter}."),
        address: None,
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements: vec![(Cow::Borrowed("status"), 200.into())],
        degraded: (letter == 'w').then(|| Degradation { reason: "slow".to_owned() }),
        sub_results: Vec::new(),
    }
}
