use std::sync::Arc;

use allswell_model::{IncidentId, TargetId, TargetName, Timestamp};

use super::*;

fn incident(status: Status, cause: Option<(&str, &str)>, said_by: Option<&str>) -> Incident {
    Incident {
        id: IncidentId(1),
        began: Timestamp(0),
        ended: None,
        grew: Timestamp(0),
        status,
        stage: cause.map(|(_, stage)| stage.to_owned()),
        cause: cause.map(|(cause, _)| cause.to_owned()),
        said_by: said_by.map(str::to_owned),
        reason: String::new(),
        channels: Arc::new([]),
        remind: None,
        first: TargetId::new("a").unwrap(),
        targets: 1,
        most: 1,
        told_targets: 0,
        told: None,
        alerts: 0,
    }
}

fn called(group: &str, name: &str) -> Called {
    Called::Name(TargetName::new(group, name).unwrap())
}

const REFUSED: &str = "10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects.";
const SILENT: &str = "Not judged: resolver 10.0.0.2 silent for 5 s.";

fn count(targets: u64, eased: u64) -> Count {
    Count { targets, eased }
}

#[test]
fn one_target_is_told_with_its_own_reason() {
    let api = called("", "api.example.com");
    let down = incident(Status::Down, Some(("refused", "connect")), None);
    let one = One { called: &api, status: Status::Down, reason: REFUSED, stands_alone: false };
    assert_eq!(
        firing(&down, count(1, 0), one),
        "api.example.com is down: 10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects."
    );
    assert_eq!(
        reminder(&down, count(1, 0), one, Duration::from_secs(7_500)),
        "Still after 2 h 5 min: api.example.com is down: 10.0.0.5:5432 refused (RST in 0.4 ms): nothing listens, or a firewall rejects."
    );
    let db = called("prod/db", "db1");
    let one = One { called: &db, status: Status::Unknown, reason: SILENT, stands_alone: false };
    assert_eq!(
        reminder(&down, count(1, 1), one, Duration::from_secs(60)),
        "Still after 1 min: db1 in prod/db, which was down, is unknown: Not judged: resolver 10.0.0.2 silent for 5 s."
    );
}

#[test]
fn several_targets_are_told_with_what_they_have_in_common() {
    let api = called("", "api.example.com");
    let unknown = incident(Status::Unknown, Some(("resolver_timed_out", "resolve")), Some("10.0.0.2"));
    let one = One { called: &api, status: Status::Unknown, reason: SILENT, stands_alone: false };
    let common = "(resolver timed out in resolve, by 10.0.0.2), first api.example.com: Not judged: resolver 10.0.0.2 silent for 5 s.";
    assert_eq!(firing(&unknown, count(41, 0), one), format!("41 targets are unknown {common}"));
    assert_eq!(update(&unknown, count(9_992, 0), one), format!("Now 9,992 targets are unknown {common}"));
    let still = |eased| reminder(&unknown, count(41, eased), one, Duration::from_secs(240));
    assert_eq!(still(3), format!("Still after 4 min: 38 of 41 targets are unknown, the others not up again {common}"));
    assert_eq!(still(41), format!("Still after 4 min: 41 targets were unknown and are not up again {common}"));
}

#[test]
fn what_has_no_cause_is_told_without_one_and_ends_as_a_sentence() {
    let api = called("edge", "api");
    let one = One { called: &api, status: Status::Degraded, reason: "`rtt_ms < 300` failed: it was 312", stands_alone: false };
    let degraded = incident(Status::Degraded, None, None);
    assert_eq!(firing(&degraded, count(1, 0), one), "api in edge is degraded: `rtt_ms < 300` failed: it was 312.");
    assert_eq!(firing(&degraded, count(2, 0), one), "2 targets are degraded, first api in edge: `rtt_ms < 300` failed: it was 312.");
}

#[test]
fn the_end_says_how_long_it_lasted_and_what_became_of_the_last() {
    let api = called("", "api.example.com");
    let after = Duration::from_secs(240);
    let table = [
        (Became::Turned(Status::Up), "is up again."),
        (Became::Turned(Status::Degraded), "answers again, but is degraded."),
        (Became::Turned(Status::Down), "is down now."),
        (Became::Turned(Status::Unknown), "is unknown now."),
        (Became::Turned(Status::Paused), "is paused."),
        (Became::Again, "was up again, but is in trouble anew."),
        (Became::Removed, "is watched no longer."),
        (Became::Silenced, "is not over, but nobody is to be told of it any more."),
        (Became::Rerouted, "is not over, but others are told of it from now on."),
    ];
    for (became, words) in table {
        assert_eq!(resolved(1, &api, became, after), format!("Over after 4 min: api.example.com {words}"));
        let several = format!("Over after 4 min for 1,041 targets: the last, api.example.com, {words}");
        assert_eq!(resolved(1_041, &api, became, after), several);
    }
}

#[test]
fn a_reason_that_stands_alone_is_not_led_in() {
    let fra = called("links", "fra-3");
    let down = incident(Status::Down, Some(("timed_out", "reply")), None);
    let one = One { called: &fra, status: Status::Down, reason: "fra-3 is down: 4 of 4 nodes do not reach it.", stands_alone: true };
    assert_eq!(firing(&down, count(1, 0), one), "fra-3 is down: 4 of 4 nodes do not reach it.");
    assert_eq!(
        firing(&down, count(2, 0), one),
        "2 targets are down (timed out in reply), first fra-3 in links: fra-3 is down: 4 of 4 nodes do not reach it."
    );
    let unknown = One { status: Status::Unknown, ..one };
    assert!(firing(&down, count(1, 1), unknown).starts_with("fra-3 in links, which was down, is unknown: "));
}
