//! What judging costs: `cargo bench -p allswell-judge`. Prints nanoseconds; nothing depends on them.
#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a bench prints, and fails by panicking")]

use std::borrow::Cow;
use std::hint::black_box;
use std::time::{Duration, Instant};

use allswell_judge::Judge;
use allswell_judge::expect::{Expectation, Scope};
use allswell_model::{DownCause, Field, Kind, Outcome, Policy, ProbeResult, Stage, StageTimes, TargetId, Timestamp, Unit, Value};

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
