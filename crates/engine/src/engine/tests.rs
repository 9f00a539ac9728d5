use std::collections::BTreeMap;

use allswell_model::{Alerting, Origin, Outcome, Policy, ProbeResult, StageTimes, Target, TargetId, TargetName};
use allswell_store::{Retention, Settings, open};

use super::*;
use crate::plan::Wanted;

fn wall() -> Timestamp {
    Timestamp(1_800_000_000_000_000)
}

fn engine(folder: &std::path::Path) -> Engine {
    let node = NodeId::new("n").unwrap();
    let path = folder.join("allswell.db");
    let settings = Settings { path, node: node.clone(), location: "".into(), retention: Retention::default() };
    let (writer, reader) = open(&settings, wall()).unwrap();
    let environment = Environment::new();
    start(EngineSettings { writer, reader, environment, wall, node, location: "".into(), version: "0".into() }).unwrap()
}

fn target(name: &str, every: Duration) -> Target {
    Target {
        id: TargetId::new(name).unwrap(),
        name: TargetName::new("", name).unwrap(),
        url: String::new(),
        protocol: "",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy: Policy { every, timeout: Duration::from_secs(1), ..Policy::default() },
        alerting: Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    }
}

fn guest() -> Vec<Arc<Target>> {
    vec![Arc::new(target("link/b", Duration::from_secs(1)))]
}

fn probed() -> Vec<Arc<Plan>> {
    // Nothing of it is heard within this test: its first turn is two seconds away at most, and its answer is not waited for.
    let wanted = Wanted { url: "tcp://127.0.0.1:1".into(), ..Wanted::default() };
    vec![Plan::new(target("t", Duration::from_secs(59)), wanted).unwrap()]
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !holds() {
        assert!(Instant::now() < deadline, "{what} did not come about");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

fn offer(engine: &Engine) {
    let result = ProbeResult {
        target: TargetId::new("link/b").unwrap(),
        started: wall(),
        duration: Duration::from_secs(1),
        outcome: Outcome::Up,
        reason: "The link to b is up.".into(),
        address: None,
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    };
    engine.inlet().unwrap().offer(result).unwrap();
}

#[test]
fn guests_show_progress_only_while_nothing_is_probed() {
    let folder = tempfile::tempdir().unwrap();
    let engine = engine(folder.path());
    let counters = engine.counters();
    let expected = || Duration::from_micros(counters.expected_us.load(Ordering::Relaxed));
    let judged = || counters.judged_us.load(Ordering::Relaxed);
    engine.watch(Vec::new(), guest());
    until("a guest's pace", || expected() == Duration::from_secs(2));
    counters.judged_us.store(0, Ordering::Relaxed);
    assert!(!counters.makes_progress(), "nothing was heard of anybody");
    offer(&engine);
    until("progress by a guest", || judged() > 0);

    engine.watch(probed(), guest());
    until("the probes' pace", || expected() == Duration::from_secs(60));
    let commits = || counters.commits.load(Ordering::Relaxed);
    let (before, heard) = (counters.judged.load(Ordering::Relaxed), commits());
    counters.judged_us.store(1, Ordering::Relaxed);
    offer(&engine);
    until("a guest's result in the store", || counters.judged.load(Ordering::Relaxed) > before && commits() > heard);
    let probes = counters.started.load(Ordering::Relaxed);
    assert!(judged() == 1 || probes > 0, "a guest hid that no probe was heard of");
    engine.stop().unwrap();
}
