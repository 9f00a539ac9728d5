use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{Outcome, Stage, StageTimes, Status, UnknownCause};

use super::*;

fn result(outcome: Outcome, reason: &str) -> ProbeResult {
    ProbeResult {
        target: TargetId::new("t").unwrap(),
        started: Timestamp(5),
        duration: Duration::from_micros(2),
        outcome,
        reason: reason.to_owned(),
        address: None,
        said_by: Some("10.0.0.2".to_owned()),
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    }
}

#[test]
fn the_last_result_tells_why_where_no_transition_does() {
    let unknown = Outcome::Unknown { stage: Stage::RESOLVE, cause: UnknownCause::RESOLVER_TIMED_OUT };
    let standing = Standing::recovered(Status::Unknown, Timestamp(1), BTreeSet::new());
    let told = as_if_decided(&result(unknown.clone(), "Not judged: resolver 10.0.0.2 silent."), &standing).unwrap();
    assert_eq!((told.to, told.since, told.reason.as_str()), (Status::Unknown, Timestamp(1), "Not judged: resolver 10.0.0.2 silent."));
    assert_eq!((told.stage.as_deref(), told.cause.as_deref()), (Some("resolve"), Some("resolver_timed_out")));
    assert_eq!(told.said_by.as_deref(), Some("10.0.0.2"));
    let down = Standing::recovered(Status::Down, Timestamp(1), BTreeSet::new());
    assert_eq!(as_if_decided(&result(unknown, "x"), &down), None, "it says nothing of another status");
    assert_eq!(as_if_decided(&result(Outcome::Up, "x"), &standing), None);
}
