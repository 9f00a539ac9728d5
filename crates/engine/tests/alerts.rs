//! From a result to an alert that waits, and to its end: on real sockets, a real store, and across the end of the program.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use allswell_engine::{Engine, EngineSettings, Plan, Wanted, start};
use allswell_model::{
    Alert, AlertKind, Alerting, Attempted, ChannelName, EventBody, NodeId, Origin, Outbox, Policy, Sent, Target, TargetId, TargetName,
    Timestamp,
};
use allswell_probe::Environment;
use allswell_store::{Cursor, Reader, Retention, Settings, open};

fn wall() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()).unwrap())
}

fn engine(folder: &Path) -> (Engine, Reader) {
    let node = NodeId::new("n").unwrap();
    let path = folder.join("allswell.db");
    let settings = Settings { path, node: node.clone(), location: "".into(), retention: Retention::default() };
    let (writer, reader) = open(&settings, wall()).unwrap();
    let environment = Environment::new();
    let settings = EngineSettings { writer, reader: reader.clone(), environment, wall, node, location: "".into(), version: "0".into() };
    (start(settings).unwrap(), reader)
}

fn alerting(channels: &[&str]) -> Alerting {
    Alerting { channels: channels.iter().map(|name| ChannelName::new(name).unwrap()).collect(), ..Alerting::default() }
}

fn plan(name: &str, url: &str, alerting: Alerting) -> Arc<Plan> {
    let policy = Policy {
        every: Duration::from_millis(100),
        timeout: Duration::from_millis(500),
        recheck: Duration::from_millis(50),
        ..Policy::default()
    };
    let target = Target {
        id: TargetId::new(name).unwrap(),
        name: TargetName::new("", name).unwrap(),
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy,
        alerting,
        runbook: None,
        origin: Origin::Argument,
    };
    Plan::new(target, Wanted { url: url.into(), ..Wanted::default() }).unwrap()
}

fn until<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        if let Some(found) = found() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn waits(outbox: &dyn Outbox, kind: AlertKind) -> Option<Arc<Alert>> {
    outbox.waiting().into_iter().map(|pending| pending.alert).find(|alert| alert.kind == kind)
}

fn attempted(alert: &Alert, ended: Sent) -> Attempted {
    Attempted { key: alert.key.clone(), at: wall(), ended, detail: "Said so.".into() }
}

fn events(reader: &Reader) -> Vec<EventBody> {
    reader.events(Cursor::START, 1000).unwrap().events.into_iter().map(|event| event.body).collect()
}

fn nowhere() -> String {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("tcp://{address}")
}

#[test]
fn who_is_to_be_told_is_told_of_the_beginning_and_of_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let outbox = engine.outbox().unwrap();
    let woken = Arc::new(AtomicUsize::new(0));
    let wakes = Arc::clone(&woken);
    let _following = outbox.follow(Box::new(move || {
        wakes.fetch_add(1, Ordering::SeqCst);
    }));
    let url = nowhere();
    let both = plan("t", &url, alerting(&["oncall", "log"]));
    engine.watch(vec![both, plan("quiet", &url, Alerting::default())], Vec::new());
    let firing = until("firing", || waits(outbox.as_ref(), AlertKind::Firing));
    assert!(woken.load(Ordering::SeqCst) > 0, "nobody was woken");
    assert_eq!(outbox.waiting().len(), 2, "one for each channel, none for the target that tells nobody");
    assert!(firing.summary.contains("refused"), "{}", firing.summary);
    // It is on disk, with what it is about, before anybody could see it.
    let logged = events(&reader);
    let began = logged.iter().position(|event| matches!(event, EventBody::IncidentBegan { incident, .. } if *incident == firing.incident));
    let turned = logged.iter().position(|event| matches!(event, EventBody::Transition(turn) if turn.target.as_str() == "t"));
    assert!(turned.unwrap() < began.unwrap(), "{logged:?}");

    let again = wall().after_seconds(60);
    outbox.note(attempted(&firing, Sent::Again(again))).unwrap();
    let later = outbox.waiting().into_iter().find(|pending| pending.alert.key == firing.key).unwrap();
    assert_eq!((later.attempts, later.due), (1, again), "it is known at once");
    until("the store knows too", || reader.waiting().into_iter().find(|pending| pending.alert.key == firing.key && pending.attempts == 1));
    outbox.note(attempted(&firing, Sent::Delivered)).unwrap();
    assert!(outbox.waiting().iter().all(|pending| pending.alert.key != firing.key), "nobody sends it a third time");
    let (delivered, attempts) = until("the event", || {
        events(&reader).into_iter().find_map(|event| match event {
            EventBody::AlertEnded { key, delivered, attempts, .. } if key == firing.key => Some((delivered, attempts)),
            _ => None,
        })
    });
    assert!(delivered && attempts == 2);

    let _there = TcpListener::bind(url.trim_start_matches("tcp://")).unwrap();
    let resolved = until("resolved", || waits(outbox.as_ref(), AlertKind::Resolved));
    assert_eq!(resolved.incident, firing.incident);
    assert!(resolved.ended.is_some());
    engine.stop().unwrap();
}

#[test]
fn an_incident_outlives_the_program_and_is_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let url = nowhere();
    let target = || plan("t", &url, alerting(&["oncall"]));
    let first = {
        let (engine, _) = engine(folder.path());
        engine.watch(vec![target()], Vec::new());
        let outbox = engine.outbox().unwrap();
        let firing = until("firing", || waits(outbox.as_ref(), AlertKind::Firing));
        engine.stop().unwrap();
        firing
    };
    {
        let (engine, reader) = engine(folder.path());
        let outbox = engine.outbox().unwrap();
        assert_eq!(waits(outbox.as_ref(), AlertKind::Firing).unwrap(), first, "it waits still, under the same key");
        engine.watch(vec![target()], Vec::new());
        outbox.note(attempted(&first, Sent::Delivered)).unwrap();
        let id = TargetId::new("t").unwrap();
        until("the board", || reader.board(|board| board.row(&id).and_then(|row| row.incident)));
        engine.stop().unwrap();
    }
    let (engine, reader) = engine(folder.path());
    let outbox = engine.outbox().unwrap();
    engine.watch(vec![target()], Vec::new());
    let _there = TcpListener::bind(url.trim_start_matches("tcp://")).unwrap();
    let resolved = until("resolved", || waits(outbox.as_ref(), AlertKind::Resolved));
    assert_eq!(resolved.incident, first.incident);
    engine.stop().unwrap();
    let began = events(&reader).into_iter().filter(|event| matches!(event, EventBody::IncidentBegan { .. })).count();
    assert_eq!(began, 1, "restarts made up no incident");
}

#[test]
fn a_target_that_nobody_watches_any_more_ends_its_incident() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let outbox = engine.outbox().unwrap();
    engine.watch(vec![plan("t", &nowhere(), alerting(&["oncall"]))], Vec::new());
    until("firing", || waits(outbox.as_ref(), AlertKind::Firing));
    engine.watch(Vec::new(), Vec::new());
    until("resolved", || waits(outbox.as_ref(), AlertKind::Resolved));
    until("none is open", || reader.board(|board| board.incidents.values().all(|incident| !incident.is_open())).then_some(()));
    engine.stop().unwrap();
}

#[test]
fn whoever_was_not_reached_is_not_reminded_over_and_over() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _) = engine(folder.path());
    let outbox = engine.outbox().unwrap();
    let often = Alerting { remind: Some(Duration::from_secs(1)), ..alerting(&["dead", "alive"]) };
    engine.watch(vec![plan("t", &nowhere(), often)], Vec::new());
    let of = |channel: &str| {
        let waiting = outbox.waiting().into_iter().map(|pending| pending.alert);
        waiting.filter(|alert| alert.channel.as_str() == channel).collect::<Vec<_>>()
    };
    let mut reminders = 0;
    until("two reminders of who was reached", || {
        for alert in of("alive") {
            reminders += usize::from(alert.kind == AlertKind::Reminder);
            outbox.note(attempted(&alert, Sent::Delivered)).unwrap();
        }
        (reminders == 2).then_some(())
    });
    let dead: Vec<AlertKind> = of("dead").iter().map(|alert| alert.kind).collect();
    assert_eq!(dead, [AlertKind::Firing], "the beginning waits, and nothing else");
    engine.stop().unwrap();
}

/// Times as tests write them.
trait AfterSeconds {
    fn after_seconds(self, seconds: i64) -> Self;
}

impl AfterSeconds for Timestamp {
    fn after_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1_000_000)
    }
}
