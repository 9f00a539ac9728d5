//! What judging costs: `cargo bench -p allswell-judge`. Prints nanoseconds; nothing depends on them.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and fails by panicking")]

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use allswell_judge::expect::{Expectation, Scope};
use allswell_judge::{Incidents, Judge, Stood};
use allswell_model::{
    Alerting, ChannelName, DownCause, Field, Kind, NodeId, Origin, Outcome, Policy, ProbeResult, Stage, StageTimes, Status, Target,
    TargetId, TargetName, Timestamp, Transition, Unit, Value,
};

const FIELDS: &[Field] = &[
    Field::measurement("status", Kind::Integer, Unit::None, "status code"),
    Field::transient("headers", Kind::TextMap, "response headers"),
    Field::transient("body", Kind::Text, "the body"),
    Field::transient("json", Kind::Dynamic, "the body as JSON"),
];

const TARGETS: usize = 10_000;

fn main() {
    expectations();
    judgement();
    [1_000, 10_000, 100_000].into_iter().for_each(outage);
}

/// The fastest of some rounds: what else the machine does only ever adds.
fn nanoseconds(name: &str, times: u32, mut work: impl FnMut()) {
    let rounds = (0..7).map(|_| {
        let begun = Instant::now();
        (0..times).for_each(|_| work());
        begun.elapsed().as_nanos() / u128::from(times)
    });
    println!("{name:<60} {:>9} ns", rounds.min().unwrap());
}

fn expectations() {
    let scope = Scope::new(FIELDS);
    let items = (0..1000_i64).map(|n| Value::Map([("n".to_owned(), n.into()), ("ok".to_owned(), true.into())].into()));
    let json = Value::Map([("queue".to_owned(), 4312.into()), ("items".to_owned(), Value::List(items.collect()))].into());
    let headers = Value::Map([("content-type".to_owned(), "text/html".into())].into());
    let (status, rtt, body) = (Value::Integer(200), Value::Number(31.5), Value::Text("x".repeat(1 << 20)));
    let values = |name: &str| {
        Some(Cow::Borrowed(match name {
            "status" => &status,
            "rtt_ms" => &rtt,
            "json" => &json,
            "headers" => &headers,
            _ => &body,
        }))
    };
    for (source, times) in [
        ("status == 200", 200_000),
        ("status == 200 && rtt_ms < 300", 200_000),
        ("status in [200, 204, 301]", 200_000),
        ("json.queue < 5000", 200_000),
        ("headers[\"content-type\"].startsWith(\"text/\")", 200_000),
        ("json.queue < 1000", 100_000),
        ("json.items.all(i, i.ok && i.n < 1000)", 200),
        ("!body.contains(\"error\")", 200),
        ("!body.matches(\"err(or)?\")", 200),
        ("json.items.all(i, json.items.exists(j, j.n == i.n))", 1),
    ] {
        let expectation = Expectation::compile(source, &scope).unwrap();
        nanoseconds(&format!("check {source}"), times, || drop(black_box(expectation.check_borrowed(&values))));
    }
    for source in ["status == 200", "status == 200 && json.queue < 1000 && headers[\"content-type\"].startsWith(\"text/\")"] {
        nanoseconds(&format!("compile {source:.50}"), 500, || drop(black_box(Expectation::compile(source, &scope))));
    }
}

fn judgement() {
    let mut judge = Judge::new();
    let ids: Vec<TargetId> = (0..TARGETS).map(|n| TargetId::new(&format!("prod/edge/host-{n}.example.com")).unwrap()).collect();
    for id in &ids {
        judge.watch(id.clone(), Policy::default(), false, None, Timestamp(0));
    }
    let result = |id: &TargetId, outcome: Outcome| ProbeResult {
        target: id.clone(),
        started: Timestamp(0),
        duration: Duration::from_millis(1),
        outcome,
        reason: "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.".to_owned(),
        address: None,
        said_by: None,
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    };
    let refused = || Outcome::Down { stage: Stage::CONNECT, cause: DownCause::REFUSED };
    let mut up: Vec<ProbeResult> = ids.iter().map(|id| result(id, Outcome::Up)).collect();
    let mut flapping: Vec<ProbeResult> = ids.iter().map(|id| result(id, refused())).collect();
    let mut now = 0;
    let mut turn = |results: &mut Vec<ProbeResult>, next: &dyn Fn(usize) -> Option<Outcome>, name: &str| {
        let (mut index, mut round) = (0, 0);
        nanoseconds(name, 100_000, || {
            // Steps that are no divisor of the number of targets, as results of different targets come.
            index = (index + 7919) % TARGETS;
            round += usize::from(index == 0);
            now += 100;
            let Some(result) = results.get_mut(index) else { return };
            result.started = Timestamp(now);
            if let Some(outcome) = next(round) {
                result.outcome = outcome;
            }
            black_box(judge.hear(result, Timestamp(now)));
        });
    };
    turn(&mut up, &|_| None, "hear, 10,000 targets, all up");
    // Two rounds down, two rounds up: every second result is a transition with its sentence.
    turn(
        &mut flapping,
        &|round| Some(if round % 4 < 2 { refused() } else { Outcome::Up }),
        "hear, 10,000 targets, a transition for every second result",
    );
}

/// All targets go down at once and come back: what each of them costs must not grow with their number.
fn outage(targets: usize) {
    let names: Vec<String> = (0..targets).map(|n| format!("host-{n}.example.com")).collect();
    let mut incidents = Incidents::new(NodeId::new("fra-1").unwrap(), "eu".into(), Vec::new());
    for name in &names {
        let stood = Stood { status: Status::Up, since: Timestamp(0), marks: &BTreeSet::new(), incident: None, decided: None };
        incidents.watch(&target(name), stood, Timestamp(0));
    }
    let turns = |from, to, now| names.iter().map(|name| transition(name, (from, to), now)).collect::<Vec<_>>();
    let mut figures = [u128::MAX; 4];
    for round in 1..8 {
        let [down, up] = [Timestamp(round * 1_000_000_000), Timestamp(round * 1_000_000_000 + 1_000_000)];
        let (fell, rose) = (turns(Status::Up, Status::Down, down), turns(Status::Down, Status::Up, up));
        let took = [
            once(|| fell.iter().for_each(|transition| incidents.turned(transition, down))),
            once(|| drop(black_box(incidents.settle(down)))),
            once(|| rose.iter().for_each(|transition| incidents.turned(transition, up))),
            once(|| drop(black_box(incidents.settle(up)))),
        ];
        figures.iter_mut().zip(took).for_each(|(best, took)| *best = took.min(*best));
    }
    let per = targets as u128;
    for (name, took) in ["goes down", "is settled", "comes back", "is resolved"].into_iter().zip(figures) {
        println!("{:<60} {:>9} ns", format!("an outage of {targets} targets, each {name}"), took / per);
    }
}

fn once(work: impl FnOnce()) -> u128 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_nanos()
}

fn target(name: &str) -> Target {
    let channels = [ChannelName::new("oncall").unwrap(), ChannelName::new("mail").unwrap()];
    Target {
        id: TargetId::new(&format!("edge/{name}")).unwrap(),
        name: TargetName::new("edge", name).unwrap(),
        url: format!("tcp://{name}:443"),
        protocol: "tcp",
        repeat: String::new(),
        labels: BTreeMap::from([("team".to_owned(), "web".to_owned())]),
        policy: Policy::default(),
        alerting: Alerting { channels: Arc::new(channels), ..Alerting::default() },
        runbook: None,
        origin: Origin::Argument,
    }
}

fn transition(name: &str, (from, to): (Status, Status), now: Timestamp) -> Transition {
    let failed = to == Status::Down;
    Transition {
        target: TargetId::new(&format!("edge/{name}")).unwrap(),
        at: now,
        since: now,
        from,
        to,
        marks: BTreeSet::new(),
        stage: failed.then(|| "connect".to_owned()),
        cause: failed.then(|| "timed_out".to_owned()),
        reason: "No answer to 3 SYNs to 10.0.0.5:443 in 5 s: host off, filtered, or accept queue full.".to_owned(),
        said_by: None,
    }
}
