//! An outbox in memory that can lose what it has not stored, and a clock that a test can move.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, SystemTime};

use allswell_model::{
    Alert, AlertKey, AlertKind, Attempted, ChannelName, IncidentId, NodeId, Outbox, Pending, Sent, Status, TargetId, Timestamp,
};

/// Alerts, and what became of them.
#[derive(Default)]
pub(crate) struct Memory {
    state: Mutex<State>,
    bells: Arc<Mutex<Bells>>,
    /// Notes find no place.
    pub(crate) full: AtomicBool,
    /// Notes are taken, but not stored.
    pub(crate) unsaved: AtomicBool,
}

#[derive(Default)]
struct State {
    stored: Waiting,
    overlay: Vec<Attempted>,
    told: Vec<Attempted>,
}

/// What waits, in order, and where each alert stands in it.
#[derive(Clone, Default)]
struct Waiting {
    next: u64,
    all: BTreeMap<u64, Pending>,
    places: BTreeMap<AlertKey, u64>,
}

impl Waiting {
    fn push(&mut self, pending: Pending) {
        self.next += 1;
        self.places.insert(pending.alert.key.clone(), self.next);
        self.all.insert(self.next, pending);
    }

    fn apply(&mut self, attempted: &Attempted) {
        let Some(place) = self.places.get(&attempted.key) else { return };
        match (attempted.ended, self.all.get_mut(place)) {
            (Sent::Again(due), Some(pending)) => {
                pending.due = due;
                pending.attempts += 1;
            }
            _ => {
                self.all.remove(place);
                self.places.remove(&attempted.key);
            }
        }
    }
}

#[derive(Default)]
struct Bells {
    next: u64,
    all: BTreeMap<u64, Box<dyn Fn() + Send + Sync>>,
}

impl Memory {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// What a crash leaves: what was stored.
    pub(crate) fn crashed(&self) -> Arc<Self> {
        let stored = self.state.lock().unwrap().stored.clone();
        Arc::new(Self { state: Mutex::new(State { stored, ..State::default() }), ..Self::default() })
    }

    pub(crate) fn put(&self, alerts: impl IntoIterator<Item = Alert>) {
        let pending = |alert: Alert| Pending { due: alert.decided, alert: Arc::new(alert), attempts: 0 };
        let mut state = self.state.lock().unwrap();
        alerts.into_iter().map(pending).for_each(|pending| state.stored.push(pending));
        drop(state);
        self.ring();
    }

    pub(crate) fn ring(&self) {
        self.bells.lock().unwrap().all.values().for_each(|bell| bell());
    }

    /// Every note that was taken, in order.
    pub(crate) fn told(&self) -> Vec<Attempted> {
        self.state.lock().unwrap().told.clone()
    }

    pub(crate) fn told_of(&self, key: &str) -> Vec<Attempted> {
        self.told().into_iter().filter(|attempted| attempted.key.as_str() == key).collect()
    }

    pub(crate) fn delivered(&self) -> Vec<String> {
        self.told().into_iter().filter(|attempted| attempted.ended == Sent::Delivered).map(|attempted| attempted.key.to_string()).collect()
    }

    pub(crate) fn followers(&self) -> usize {
        self.bells.lock().unwrap().all.len()
    }
}

impl Outbox for Memory {
    fn waiting(&self) -> Vec<Pending> {
        let state = self.state.lock().unwrap();
        if state.overlay.is_empty() {
            return state.stored.all.values().cloned().collect();
        }
        let mut waiting = state.stored.clone();
        state.overlay.iter().for_each(|attempted| waiting.apply(attempted));
        waiting.all.into_values().collect()
    }

    fn note(&self, attempted: Attempted) -> Result<(), Attempted> {
        if self.full.load(Ordering::SeqCst) {
            return Err(attempted);
        }
        let mut state = self.state.lock().unwrap();
        state.told.push(attempted.clone());
        if self.unsaved.load(Ordering::SeqCst) {
            state.overlay.push(attempted);
        } else {
            state.stored.apply(&attempted);
        }
        drop(state);
        self.ring();
        Ok(())
    }

    fn follow(&self, wake: Box<dyn Fn() + Send + Sync>) -> Box<dyn Send + Sync> {
        let mut bells = self.bells.lock().unwrap();
        bells.next += 1;
        let number = bells.next;
        bells.all.insert(number, wake);
        Box::new(Following(Arc::downgrade(&self.bells), number))
    }
}

struct Following(Weak<Mutex<Bells>>, u64);

impl Drop for Following {
    fn drop(&mut self) {
        if let Some(bells) = self.0.upgrade() {
            bells.lock().unwrap().all.remove(&self.1);
        }
    }
}

/// A clock that runs like the real one, but can be moved.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn now(&self) -> Timestamp {
        let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(real.as_micros()).unwrap() + self.0.load(Ordering::SeqCst))
    }

    pub(crate) fn forward(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn wall(&self) -> allswell_notify::Wall {
        let clock = self.clone();
        Arc::new(move || clock.now())
    }
}

/// An alert that was decided a moment ago.
pub(crate) fn alert(channel: &str, incident: i64, number: u32) -> Alert {
    let decided = Clock::default().now() - Duration::from_millis(5);
    let kind = [AlertKind::Firing, AlertKind::Update, AlertKind::Reminder, AlertKind::Resolved][number.min(3) as usize];
    Alert {
        key: AlertKey::new(&format!("n-{incident}-{number}-{channel}")).unwrap(),
        channel: ChannelName::new(channel).unwrap(),
        kind,
        incident: IncidentId(incident),
        number,
        decided,
        began: decided,
        ended: (kind == AlertKind::Resolved).then_some(decided),
        node: NodeId::new("n").unwrap(),
        location: "".into(),
        status: Status::Down,
        stage: None,
        cause: None,
        summary: format!("target {incident} is down: \"it\" said so"),
        first: TargetId::new("g/t 1").unwrap(),
        total: 0,
        targets: Vec::new(),
    }
}
