use std::time::Duration;

use allswell_model::{DownCause, Outcome, Stage, StageTimes, TargetId, Timestamp};

use super::*;

fn result(address: Option<&str>, by: Option<&str>) -> ProbeResult {
    ProbeResult {
        target: TargetId::new("a").unwrap(),
        started: Timestamp(0),
        duration: Duration::ZERO,
        outcome: Outcome::Down { stage: Stage::CONNECT, cause: DownCause::REFUSED },
        reason: String::new(),
        address: address.map(str::to_owned),
        said_by: by.map(str::to_owned),
        rtt: None,
        stages: StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    }
}

#[test]
fn the_target_itself_is_nobody_to_name() {
    let table = [
        (Some("10.0.0.5:80"), Some("10.0.0.5"), None),
        (Some("10.0.0.5"), Some("10.0.0.5"), None),
        (Some("[fd00::1]:80"), Some("fd00::1"), None),
        (Some("fd00::1"), Some("fd00::1"), None),
        (Some("[fe80::1%2]:80"), Some("fe80::1"), None),
        (Some("10.0.0.15:80"), Some("10.0.0.1"), Some("10.0.0.1")),
        (Some("10.0.0.5:80"), Some("this host"), Some("this host")),
        (Some("fd00::1:1"), Some("fd00::1"), Some("fd00::1")),
        (Some(""), Some("10.0.0.1"), Some("10.0.0.1")),
        (None, Some("10.0.0.2"), Some("10.0.0.2")),
        (Some("10.0.0.5:80"), None, None),
    ];
    for (address, by, expected) in table {
        assert_eq!(said_by(&result(address, by)).as_deref(), expected, "{address:?}, said by {by:?}");
    }
}
