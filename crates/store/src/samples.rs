//! Stores, targets and results for tests.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{
    Affected, Alert, AlertKey, AlertKind, Attempted, ChannelName, Degradation, DownCause, EventBody, Incident, IncidentId, Measurements,
    NodeId, Origin, Outcome, Policy, ProbeResult, Sent, Stage, StageTimes, Status, SubResult, Target, TargetId, TargetName, Timestamp,
    Transition, UnknownCause, Value,
};
use proptest::prelude::*;

use crate::{Batch, Reader, Retention, Settings, Writer, open};

pub(crate) const T0: Timestamp = Timestamp(1_790_000_000_000_000);

pub(crate) fn at(seconds: u64) -> Timestamp {
    T0 + Duration::from_secs(seconds)
}

pub(crate) fn id(name: &str) -> TargetId {
    TargetId::new(name).unwrap()
}

pub(crate) fn target(name: &str) -> Arc<Target> {
    Arc::new(Target {
        id: id(name),
        name: TargetName::new("", name).unwrap(),
        url: format!("tcp://{name}:443"),
        protocol: "tcp",
        repeat: String::new(),
        labels: BTreeMap::new(),
        policy: Policy::default(),
        alerting: allswell_model::Alerting::default(),
        runbook: None,
        origin: Origin::Argument,
    })
}

pub(crate) fn settings(folder: &std::path::Path) -> Settings {
    Settings { path: folder.join("store"), node: NodeId::new("fra-1").unwrap(), location: "eu".into(), retention: Retention::default() }
}

/// A store in a folder of its own, which goes with it.
pub(crate) struct Sample {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) writer: Writer,
    pub(crate) reader: Reader,
}

impl Sample {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (writer, reader) = open(&settings(folder.path()), T0).unwrap();
        Self { folder, writer, reader }
    }

    /// Closes and opens it again.
    pub(crate) fn reopened(self, now: Timestamp) -> Self {
        let Self { folder, writer, reader } = self;
        drop((writer, reader));
        let (writer, reader) = open(&settings(folder.path()), now).unwrap();
        Self { folder, writer, reader }
    }

    pub(crate) fn results(&mut self, results: &[ProbeResult], now: Timestamp) {
        let results: Vec<_> = results.iter().cloned().map(Arc::new).collect();
        self.writer.append(Batch { results: &results, ..Batch::default() }, now).unwrap();
    }

    pub(crate) fn events(&mut self, events: &[(Timestamp, EventBody)]) {
        self.writer.append(Batch { events, ..Batch::default() }, T0).unwrap();
    }
}

pub(crate) fn tcp_up(name: &str, started: Timestamp, rtt_us: u64) -> ProbeResult {
    let rtt = Duration::from_micros(rtt_us);
    ProbeResult {
        target: id(name),
        started,
        duration: rtt + Duration::from_micros(23),
        outcome: Outcome::Up,
        reason: format!("10.0.0.5:443 accepted in {rtt_us} us."),
        address: Some("10.0.0.5:443".to_owned()),
        said_by: None,
        rtt: Some(rtt),
        stages: [(Stage::CONNECT, rtt)].into_iter().collect(),
        measurements: vec![(Cow::Borrowed("retransmits"), Value::Integer(0))],
        degraded: None,
        sub_results: Vec::new(),
    }
}

pub(crate) fn down(name: &str, started: Timestamp, cause: DownCause) -> ProbeResult {
    let reason = format!("10.0.0.5:443: {cause} after {} us.", started.0 % 1000);
    let outcome = Outcome::Down { stage: Stage::CONNECT, cause };
    ProbeResult { outcome, reason, rtt: None, said_by: Some("10.0.0.1".to_owned()), ..tcp_up(name, started, 5000) }
}

pub(crate) fn degraded(name: &str, started: Timestamp) -> ProbeResult {
    let degraded = Some(Degradation { reason: format!("`rtt_ms < 1` failed: it was {}", started.0 % 1000) });
    ProbeResult { degraded, ..tcp_up(name, started, 2000) }
}

pub(crate) fn transition(name: &str, since: Timestamp, from: Status, to: Status) -> (Timestamp, EventBody) {
    let transition = Transition {
        target: id(name),
        at: since,
        since,
        from,
        to,
        marks: [].into(),
        stage: None,
        cause: None,
        reason: "because".to_owned(),
        said_by: None,
    };
    (since, EventBody::Transition(transition))
}

/// A result as it comes back when it was not kept whole; of one that was, only times lose what is below a microsecond.
pub(crate) fn as_kept(result: &ProbeResult, kept: &crate::Kept) -> ProbeResult {
    let micro = |d: Duration| Duration::from_micros(d.as_micros() as u64);
    let mut expected = ProbeResult {
        duration: micro(result.duration),
        rtt: result.rtt.map(micro),
        stages: result.stages.iter().map(|(stage, took)| (stage.clone(), micro(took))).collect(),
        ..result.clone()
    };
    expected.sub_results.iter_mut().for_each(|sub| sub.rtt = sub.rtt.map(micro));
    if !kept.whole {
        expected.reason.clone_from(&kept.result.reason);
        expected.sub_results = Vec::new();
        if let (Some(expected), Some(kept)) = (&mut expected.degraded, &kept.result.degraded) {
            expected.reason.clone_from(&kept.reason);
        }
    }
    expected
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![Just(String::new()), "[a-z]{1,3}", ".{0,40}", Just("x".repeat(5000))]
}

fn any_number() -> impl Strategy<Value = f64> {
    prop_oneof![
        (-1_000_000i64..1_000_000).prop_map(|n| n as f64 / 1000.0),
        prop::num::f64::NORMAL | prop::num::f64::ZERO | prop::num::f64::SUBNORMAL | prop::num::f64::INFINITE,
    ]
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        any::<i64>().prop_map(Value::Integer),
        any_number().prop_map(Value::Number),
        any_text().prop_map(Value::Text),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::List),
            prop::collection::btree_map("[a-z]{0,3}", inner, 0..4).prop_map(Value::Map),
        ]
    })
}

fn any_measurements() -> impl Strategy<Value = Measurements> {
    prop::collection::vec(("[a-z_]{0,8}".prop_map(Cow::Owned), any_value()), 0..5)
}

fn any_outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        3 => Just(Outcome::Up),
        1 => ("[a-z]{0,3}", "[a-z]{0,3}").prop_map(|(stage, cause)| Outcome::Down { stage: Stage::from_text(&stage), cause: DownCause::from_text(&cause) }),
        1 => Just(Outcome::Unknown { stage: Stage::RESOLVE, cause: UnknownCause::BUG }),
    ]
}

fn any_duration() -> impl Strategy<Value = Duration> {
    prop_oneof![
        3 => (0u64..5_000_000).prop_map(Duration::from_micros),
        1 => (0..=i64::MAX as u64).prop_map(Duration::from_micros),
        1 => any::<u32>().prop_map(|n| Duration::from_nanos(u64::from(n))),
    ]
}

fn any_sub_result() -> impl Strategy<Value = SubResult> {
    (any_text(), any_outcome(), any_text(), prop::option::of(any_text()), prop::option::of(any_duration()), any_measurements()).prop_map(
        |(address, outcome, reason, said_by, rtt, measurements)| SubResult { address, outcome, reason, said_by, rtt, measurements },
    )
}

/// Results of one target, hostile ones among them.
pub(crate) fn any_result() -> impl Strategy<Value = ProbeResult> {
    let times = (
        prop_oneof![3 => (0..100_000_000i64).prop_map(|n| Timestamp(T0.0 + n)), 1 => any::<i64>().prop_map(Timestamp)],
        any_duration(),
        prop::option::of(any_duration()),
        prop::collection::vec(("[a-c]".prop_map(|name| Stage::from_text(&name)), (0u64..5_000_000).prop_map(Duration::from_micros)), 0..4),
    );
    let words = (any_outcome(), any_text(), prop::option::of(any_text()), prop::option::of(any_text()), prop::option::of(any_text()));
    (times, words, any_measurements(), prop::collection::vec(any_sub_result(), 0..3)).prop_map(
        |((started, duration, rtt, stages), (outcome, reason, address, said_by, warning), measurements, sub_results)| ProbeResult {
            target: id("t"),
            started,
            duration,
            degraded: warning.filter(|_| outcome.is_up()).map(|reason| Degradation { reason }),
            outcome,
            reason,
            address,
            said_by,
            rtt,
            stages: stages.into_iter().collect::<StageTimes>(),
            measurements,
            sub_results,
        },
    )
}

pub(crate) fn incident(began: Timestamp, first: &str) -> Incident {
    Incident {
        id: IncidentId(began.0),
        began,
        ended: None,
        grew: began,
        status: Status::Down,
        stage: Some("connect".to_owned()),
        cause: Some("refused".to_owned()),
        said_by: None,
        reason: "10.0.0.5:443 refused.".to_owned(),
        channels: [ChannelName::new("oncall").unwrap()].into(),
        remind: Some(Duration::from_secs(3600)),
        first: id(first),
        targets: 1,
        most: 1,
        told_targets: 1,
        told: Some(began),
        alerts: 1,
    }
}

pub(crate) fn alert(of: &Incident, number: u32) -> Alert {
    Alert {
        key: AlertKey::new(&format!("fra-1-{}-{number}-oncall", of.id)).unwrap(),
        channel: of.channels[0].clone(),
        kind: if number == 0 { AlertKind::Firing } else { AlertKind::Reminder },
        incident: of.id,
        first: of.first.clone(),
        number,
        decided: of.began + Duration::from_secs(u64::from(number)),
        began: of.began,
        ended: of.ended,
        node: NodeId::new("fra-1").unwrap(),
        location: "eu".into(),
        status: of.status,
        stage: of.stage.clone(),
        cause: of.cause.clone(),
        summary: format!("{} is down: {}", of.first, of.reason),
        total: of.targets,
        targets: vec![Affected::of(&target(of.first.as_str()), of.status, of.began, &of.reason)],
    }
}

pub(crate) fn attempted(alert: &Alert, at: Timestamp, ended: Sent) -> Attempted {
    Attempted { key: alert.key.clone(), at, ended, detail: format!("it said {}", at.0 % 1000) }
}
