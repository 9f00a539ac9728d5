//! Targets and results for this crate's tests.

pub(crate) mod mesh;
pub(crate) mod own;

use std::borrow::Cow;
use std::time::Duration;

use allswell_model::{DownCause, Origin, Outcome, Policy, ProbeResult, Stage, StageTimes, Target, TargetId, TargetName, Timestamp, Value};

/// Friday, 2026-11-20 16:54:17 UTC: the time by which the tests live.
pub(crate) const NOW: Timestamp = Timestamp(1_795_193_657_000_000);

/// A target of the default policy.
pub(crate) fn target(group: &str, name: &str, url: &str) -> Target {
    let name = TargetName::new(group, name).unwrap();
    Target {
        id: name.id().unwrap(),
        name,
        url: url.to_owned(),
        protocol: "tcp",
        repeat: String::new(),
        labels: [("team".to_owned(), "data".to_owned())].into(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    }
}

/// An answer in 31 ms, two seconds ago.
pub(crate) fn up(target: &TargetId) -> ProbeResult {
    ProbeResult {
        target: target.clone(),
        started: NOW - Duration::from_secs(2),
        duration: Duration::from_micros(31_400),
        outcome: Outcome::Up,
        reason: "10.0.0.5:5432 accepted and stayed open.".to_owned(),
        address: Some("10.0.0.5:5432".to_owned()),
        said_by: None,
        rtt: Some(Duration::from_micros(31_000)),
        stages: [(Stage::CONNECT, Duration::from_micros(31_000))].into_iter().collect(),
        measurements: vec![(Cow::Borrowed("hop_limit"), Value::Integer(64))],
        degraded: None,
        sub_results: Vec::new(),
    }
}

/// A failure with this cause and sentence.
pub(crate) fn down(target: &TargetId, cause: DownCause, reason: &str) -> ProbeResult {
    ProbeResult {
        outcome: Outcome::Down { stage: Stage::CONNECT, cause },
        reason: reason.to_owned(),
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        ..up(target)
    }
}
