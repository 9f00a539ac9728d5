//! The whole trip on real sockets and a real store: due, probed, judged, stored, seen.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use allswell_engine::{Engine, EngineSettings, Plan, Wanted, start};
use allswell_model::{EventBody, NodeId, Origin, Policy, Status, Target, TargetId, TargetName, Timestamp};
use allswell_probe::Environment;
use allswell_store::{Cursor, Reader, Retention, Settings, open};

fn wall() -> Timestamp {
    Timestamp(i64::try_from(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros()).unwrap())
}

fn engine(folder: &Path) -> (Engine, Reader) {
    engine_by(folder, wall)
}

fn engine_by(folder: &Path, wall: fn() -> Timestamp) -> (Engine, Reader) {
    let settings = Settings {
        path: folder.join("allswell.db"),
        node: NodeId::new("n").unwrap(),
        location: "".into(),
        retention: Retention::default(),
    };
    let (writer, reader) = open(&settings, wall()).unwrap();
    let settings = EngineSettings {
        writer,
        reader: reader.clone(),
        environment: Environment::new(),
        wall,
        node: NodeId::new("n").unwrap(),
        location: "".into(),
        version: "0".into(),
    };
    (start(settings).unwrap(), reader)
}

fn plan(name: &str, url: &str, policy: Policy) -> Arc<Plan> {
    let target = Target {
        id: TargetId::new(name).unwrap(),
        name: TargetName::new("", name).unwrap(),
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy,
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    };
    Plan::new(target, Wanted { url: url.into(), ..Wanted::default() }).unwrap()
}

fn quick() -> Policy {
    Policy {
        every: Duration::from_millis(100),
        timeout: Duration::from_millis(500),
        recheck: Duration::from_millis(50),
        ..Policy::default()
    }
}

/// Waits for a condition, for ten seconds at most.
fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn status(reader: &Reader, name: &str) -> Option<Status> {
    let id = TargetId::new(name).unwrap();
    reader.board(|board| board.row(&id).map(|row| row.status))
}

fn transitions(reader: &Reader) -> Vec<(Status, Status)> {
    let page = reader.events(Cursor::START, 1000).unwrap();
    page.events
        .into_iter()
        .filter_map(|event| match event.body {
            EventBody::Transition(transition) => Some((transition.from, transition.to)),
            _ => None,
        })
        .collect()
}

#[test]
fn a_target_is_up_then_down_then_up_again_and_history_tells_it() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    engine.watch(vec![plan("t", &format!("tcp://{address}"), quick())], Vec::new());
    until("up", || status(&reader, "t") == Some(Status::Up));
    drop(listener);
    until("down", || status(&reader, "t") == Some(Status::Down));
    let _listener = TcpListener::bind(address).unwrap();
    until("up again", || status(&reader, "t") == Some(Status::Up));
    engine.stop().unwrap();
    let expected = [(Status::Unknown, Status::Up), (Status::Up, Status::Down), (Status::Down, Status::Up)];
    assert_eq!(transitions(&reader), expected);
}

#[test]
fn a_status_survives_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("tcp://{address}");
    {
        let (engine, reader) = engine(folder.path());
        engine.watch(vec![plan("t", &url, quick())], Vec::new());
        until("down", || status(&reader, "t") == Some(Status::Down));
        engine.stop().unwrap();
    }
    let (engine, reader) = engine(folder.path());
    // With a minute between probes, what is seen at once can only come from the file.
    engine.watch(vec![plan("t", &url, Policy { every: Duration::from_secs(60), ..quick() })], Vec::new());
    until("the board", || status(&reader, "t").is_some());
    assert_eq!(status(&reader, "t"), Some(Status::Down));
    engine.stop().unwrap();
    assert_eq!(transitions(&reader), [(Status::Unknown, Status::Down)], "no transition was made up by the restart");
}

#[test]
fn a_slow_target_is_skipped_and_delays_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let live = TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let slow = Wanted {
        url: format!("tcp://{}", silent.local_addr().unwrap()),
        settings: vec![("hold".into(), allswell_probe::Raw::Scalar("2s".into()))],
        ..Wanted::default()
    };
    let template = plan("slow", &slow.url, Policy { timeout: Duration::from_secs(4), ..quick() });
    let slow = Plan::new(Target::clone(&template.target), slow).unwrap();
    engine.watch(vec![slow, plan("live", &format!("tcp://{}", live.local_addr().unwrap()), quick())], Vec::new());
    let counters = engine.counters();
    until("skipped turns", || counters.skipped.load(Ordering::Relaxed) >= 5);
    assert_eq!(status(&reader, "live"), Some(Status::Up));
    engine.stop().unwrap();
    assert_eq!(counters.in_flight.load(Ordering::Relaxed), 0, "what ran was cancelled");
}

#[test]
fn a_removed_target_is_gone_and_another_keeps_its_history() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine(folder.path());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("tcp://{}", listener.local_addr().unwrap());
    engine.watch(vec![plan("a", &url, quick()), plan("b", &url, quick())], Vec::new());
    until("both up", || status(&reader, "a") == Some(Status::Up) && status(&reader, "b") == Some(Status::Up));
    engine.watch(vec![plan("b", &url, quick())], Vec::new());
    until("a gone", || status(&reader, "a").is_none());
    assert_eq!(status(&reader, "b"), Some(Status::Up));
    engine.stop().unwrap();
    let expected = [(Status::Unknown, Status::Up); 2];
    assert_eq!(transitions(&reader), expected, "b was never unknown again");
}

#[test]
fn the_end_comes_within_two_seconds_whatever_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, _reader) = engine(folder.path());
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let wanted = Wanted {
        url: format!("tcp://{}", silent.local_addr().unwrap()),
        settings: vec![("hold".into(), allswell_probe::Raw::Scalar("30s".into()))],
        ..Wanted::default()
    };
    let policy = Policy { timeout: Duration::from_secs(60), ..quick() };
    let plans = (0..200).map(|n| {
        let template = plan(&format!("t{n}"), &wanted.url, policy);
        Plan::new(Target::clone(&template.target), wanted.clone()).unwrap()
    });
    engine.watch(plans.collect(), Vec::new());
    let counters = engine.counters();
    until("all under way", || counters.in_flight.load(Ordering::Relaxed) == 200);
    let begun = Instant::now();
    engine.stop().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(counters.in_flight.load(Ordering::Relaxed), 0);
}

/// How far this test's wall clock is from the machine's, in microseconds.
static SET_BY: AtomicI64 = AtomicI64::new(0);

fn wall_that_is_set() -> Timestamp {
    Timestamp(wall().0 + SET_BY.load(Ordering::SeqCst))
}

#[test]
fn a_clock_that_jumps_is_an_event_and_turns_no_status() {
    let folder = tempfile::tempdir().unwrap();
    let (engine, reader) = engine_by(folder.path(), wall_that_is_set);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    engine.watch(vec![plan("t", &format!("tcp://{}", listener.local_addr().unwrap()), quick())], Vec::new());
    until("up", || status(&reader, "t") == Some(Status::Up));
    // To the nearest second: between the looks at the one clock and at the other the machine may do something else.
    let seconds = |by_ms: i64| (by_ms + 500).div_euclid(1000);
    let jumps = |reader: &Reader| -> Vec<i64> {
        let events = reader.events(Cursor::START, 1000).unwrap().events;
        events
            .iter()
            .filter_map(|event| if let EventBody::ClockJumped { by_ms } = event.body { Some(seconds(by_ms)) } else { None })
            .collect()
    };
    let judged = || engine.counters().judged.load(Ordering::Relaxed);
    for (set_by, told) in [(3600, vec![3600]), (-3600, vec![3600, -7200])] {
        SET_BY.store(set_by * 1_000_000, Ordering::SeqCst);
        until("the jump's event", || jumps(&reader) == told);
        let before = judged();
        until("results after it", || judged() > before + 5);
        assert_eq!(status(&reader, "t"), Some(Status::Up));
    }
    engine.stop().unwrap();
    assert_eq!(transitions(&reader), [(Status::Unknown, Status::Up)], "neither an hour forward nor two back made it stale");
}
