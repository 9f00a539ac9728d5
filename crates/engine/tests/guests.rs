//! Targets whose results come from elsewhere: judged, kept, told of and forgotten like those that are probed here.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant, SystemTime};

use allswell_engine::{Engine, EngineSettings, Plan, Wanted, start};
use allswell_model::{
    AlertKind, Alerting, ChannelName, Degradation, DownCause, EventBody, Mark, NodeId, Origin, Outcome, Policy, ProbeResult, Stage,
    StageTimes, Status, Target, TargetId, TargetName, Telling, Timestamp, Value,
};
use allswell_probe::Environment;
use allswell_store::{Cursor, Reader, Retention, Settings, open};

fn wall() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()).unwrap())
}

fn engine(folder: &Path) -> (Engine, Reader) {
    let node = NodeId::new("fra-1").unwrap();
    let path = folder.join("allswell.db");
    let settings = Settings { path, node: node.clone(), location: "".into(), retention: Retention::default() };
    let (writer, reader) = open(&settings, wall()).unwrap();
    let environment = Environment::new();
    let settings = EngineSettings { writer, reader: reader.clone(), environment, wall, node, location: "".into(), version: "0".into() };
    (start(settings).unwrap(), reader)
}

/// As a mesh names and judges its links, but stale sooner than a patient test would like to wait.
fn link(peer: &str) -> Arc<Target> {
    let policy = Policy {
        every: Duration::from_millis(300),
        timeout: Duration::from_millis(300),
        down_after: 1,
        up_after: 1,
        recheck: Duration::from_millis(300),
    };
    Arc::new(Target {
        id: id(peer),
        name: TargetName::new("links", peer).unwrap(),
        url: format!("link://{peer}"),
        protocol: "link",
        repeat: format!("allswell link watch {peer}"),
        labels: BTreeMap::new(),
        policy,
        alerting: Alerting { channels: [ChannelName::new("oncall").unwrap()].into(), ..Alerting::default() },
        runbook: None,
        origin: Origin::File { path: "allswell.yaml".into(), line: 3 },
    })
}

fn id(peer: &str) -> TargetId {
    TargetId::new(&format!("link/{peer}")).unwrap()
}

fn heard(peer: &str, outcome: Outcome) -> ProbeResult {
    let state = if outcome.is_up() { "up" } else { "down" };
    let measurements = vec![
        ("rtt_p50_ms".into(), Value::Number(0.21)),
        ("loss_forward".into(), Value::Number(0.0)),
        ("session".into(), Value::Integer(3)),
        ("state".into(), Value::Text(state.into())),
    ];
    ProbeResult {
        target: id(peer),
        started: wall(),
        duration: Duration::from_secs(1),
        outcome,
        reason: format!("The link to {peer} is {state}."),
        address: Some("10.0.0.2:8421".into()),
        said_by: None,
        rtt: Some(Duration::from_micros(210)),
        stages: StageTimes::default(),
        measurements,
        degraded: None,
        sub_results: Vec::new(),
    }
}

fn down() -> Outcome {
    Outcome::Down { stage: Stage::new("session"), cause: DownCause::TIMED_OUT }
}

fn degraded(peer: &str) -> ProbeResult {
    let degraded = Some(Degradation { reason: "3 of 100 packets were lost on the way there.".into() });
    ProbeResult { degraded, ..heard(peer, Outcome::Up) }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// Offers one such result after the other, as a mesh does, until it is so.
fn tell_until(engine: &Engine, what: &str, result: impl Fn() -> ProbeResult, mut holds: impl FnMut() -> bool) {
    let inlet = engine.inlet().unwrap();
    until(what, || {
        inlet.offer(result()).unwrap();
        std::thread::park_timeout(Duration::from_millis(20));
        holds()
    });
}

fn status(reader: &Reader, peer: &str) -> Option<Status> {
    reader.board(|board| board.row(&id(peer)).map(|row| row.status))
}

fn events(reader: &Reader) -> Vec<EventBody> {
    reader.events(Cursor::START, 1000).unwrap().events.into_iter().map(|event| event.body).collect()
}

fn turns(reader: &Reader) -> Vec<(Status, Status)> {
    let turn = |event: EventBody| match event {
        EventBody::Transition(turn) => Some((turn.from, turn.to)),
        _ => None,
    };
    events(reader).into_iter().filter_map(turn).collect()
}

#[test]
fn a_guest_is_up_degraded_down_and_its_trouble_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2")]);
    tell_until(&engine, "up", || heard("fra-2", Outcome::Up), || status(&reader, "fra-2") == Some(Status::Up));
    tell_until(&engine, "degraded", || degraded("fra-2"), || status(&reader, "fra-2") == Some(Status::Degraded));
    tell_until(&engine, "down", || heard("fra-2", down()), || status(&reader, "fra-2") == Some(Status::Down));
    let outbox = engine.outbox().unwrap();
    let told = || outbox.waiting().into_iter().map(|waiting| waiting.alert).find(|alert| alert.kind == AlertKind::Firing);
    tell_until(&engine, "an alert", || heard("fra-2", down()), || told().is_some());
    assert!(events(&reader).iter().any(|event| matches!(event, EventBody::IncidentBegan { .. })));
    tell_until(&engine, "up again", || heard("fra-2", Outcome::Up), || status(&reader, "fra-2") == Some(Status::Up));
    assert_eq!(engine.counters().started.load(Ordering::Relaxed), 0, "nobody probed it");
    engine.stop().unwrap();
    let expected =
        [(Status::Unknown, Status::Up), (Status::Up, Status::Degraded), (Status::Degraded, Status::Down), (Status::Down, Status::Up)];
    assert_eq!(turns(&reader), expected, "each at the first result that says so");
}

#[test]
fn what_another_node_tells_is_told_here_once_it_no_longer_does() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2"), link("fra-3")]);
    let inlet = engine.inlet().unwrap();
    assert!(inlet.telling(id("fra-2"), Telling { by: Some(NodeId::new("ams-1").unwrap()), reason: None }));
    let is_down = |peer: &str| status(&reader, peer) == Some(Status::Down);
    tell_until(&engine, "down", || heard("fra-2", down()), || is_down("fra-2"));
    // By the time that the other one is told, this one would have been.
    let outbox = engine.outbox().unwrap();
    let told = || outbox.waiting().iter().map(|waiting| waiting.alert.first.to_string()).collect::<Vec<_>>();
    let refused = || Outcome::Down { stage: Stage::new("session"), cause: DownCause::REFUSED };
    tell_until(&engine, "an alert", || heard("fra-3", refused()), || !told().is_empty());
    assert_eq!(told(), ["link/fra-3"]);
    let reason = "fra-2 is down: 2 of 2 nodes do not reach it.".to_owned();
    assert!(inlet.telling(id("fra-2"), Telling { by: None, reason: Some(reason.clone()) }));
    tell_until(&engine, "the other alert", || heard("fra-2", down()), || told().iter().any(|first| first == "link/fra-2"));
    assert!(outbox.waiting().iter().any(|waiting| waiting.alert.summary == reason));
    engine.stop().unwrap();
}

#[test]
fn what_a_guest_said_is_kept_with_its_figures() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2")]);
    tell_until(&engine, "up", || heard("fra-2", Outcome::Up), || status(&reader, "fra-2") == Some(Status::Up));
    engine.stop().unwrap();
    let last = reader.board(|board| board.row(&id("fra-2")).and_then(|row| row.last.clone())).unwrap();
    assert_eq!(last.measurements, heard("fra-2", Outcome::Up).measurements);
    drop(reader);
    let (again, reader) = self::engine(folder.path());
    again.watch(Vec::new(), vec![link("fra-2")]);
    until("the board", || status(&reader, "fra-2") == Some(Status::Up));
    let page = reader.results(&id("fra-2"), None, 1).unwrap();
    let kept = page.results.first().unwrap();
    assert_eq!(kept.result.measurements, heard("fra-2", Outcome::Up).measurements, "as they were said, also from the disk");
    again.stop().unwrap();
}

#[test]
fn a_silent_guest_is_unknown_and_nobody_hastens_it() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2")]);
    tell_until(&engine, "up", || heard("fra-2", Outcome::Up), || status(&reader, "fra-2") == Some(Status::Up));
    until("stale", || status(&reader, "fra-2") == Some(Status::Unknown));
    let marks = reader.board(|board| board.row(&id("fra-2")).map(|row| row.marks.clone())).unwrap();
    assert!(marks.contains(&Mark::Stale), "{marks:?}");
    engine.stop().unwrap();
    assert_eq!(turns(&reader), [(Status::Unknown, Status::Up), (Status::Up, Status::Unknown)]);
}

#[test]
fn a_guest_stands_as_it_stood_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    {
        let (engine, reader) = engine(folder.path());
        engine.watch(Vec::new(), vec![link("fra-2")]);
        tell_until(&engine, "down", || heard("fra-2", down()), || status(&reader, "fra-2") == Some(Status::Down));
        engine.stop().unwrap();
    }
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2")]);
    until("the board", || status(&reader, "fra-2").is_some());
    assert_eq!(status(&reader, "fra-2"), Some(Status::Down));
    let target = reader.board(|board| board.row(&id("fra-2")).map(|row| Arc::clone(&row.target))).unwrap();
    assert_eq!((target.protocol, target.repeat.as_str()), ("link", "allswell link watch fra-2"));
    engine.stop().unwrap();
    assert_eq!(turns(&reader).first(), Some(&(Status::Unknown, Status::Down)));
}

#[test]
fn a_guest_that_left_is_forgotten_and_a_stranger_is_never_heard() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    engine.watch(Vec::new(), vec![link("fra-2"), link("fra-3")]);
    tell_until(&engine, "up", || heard("fra-3", Outcome::Up), || status(&reader, "fra-3") == Some(Status::Up));
    engine.watch(Vec::new(), vec![link("fra-2")]);
    until("gone", || status(&reader, "fra-3").is_none());
    let judged = || engine.counters().judged.load(Ordering::Relaxed);
    let before = judged();
    let inlet = engine.inlet().unwrap();
    inlet.offer(heard("fra-3", Outcome::Up)).unwrap();
    inlet.offer(heard("nobody", Outcome::Up)).unwrap();
    // What is offered is judged in its order: once this one is, those before it were dropped.
    inlet.offer(heard("fra-2", Outcome::Up)).unwrap();
    until("the last", || status(&reader, "fra-2") == Some(Status::Up));
    assert_eq!(judged(), before + 1);
    assert!(status(&reader, "nobody").is_none());
    engine.stop().unwrap();
}

#[test]
fn a_guest_with_the_id_of_a_plan_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let own = Target { url: String::new(), protocol: "", ..Target::clone(&link("fra-2")) };
    let plan = Plan::new(own, Wanted { url: "tcp://127.0.0.1:1".into(), ..Wanted::default() }).unwrap();
    engine.watch(vec![plan], vec![link("fra-2")]);
    until("its row", || status(&reader, "fra-2").is_some());
    assert_eq!(reader.board(|board| board.row(&id("fra-2")).map(|row| row.target.protocol)), Some("tcp"));
    engine.stop().unwrap();
}
