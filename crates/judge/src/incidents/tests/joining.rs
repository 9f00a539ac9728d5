//! Which troubles are one incident.

use super::*;

#[test]
fn the_same_trouble_of_several_is_one_incident() {
    Night::of("a b c", "oncall").runs(&[
        (1, "b down refused; a down refused", "firing 1 oncall 2 b a"),
        (2, "c down refused", ""),
        (61, "", "update 1 oncall 3 b a c"),
        (70, "a up; b up", ""),
        (71, "c up", "resolved 1 oncall 3 b a c"),
    ]);
}

#[test]
fn another_cause_status_or_person_is_another_incident() {
    let mut night = Night::of("a b c", "oncall down,unknown,degraded");
    night.watch("d", "mail down,unknown,degraded");
    night.runs(&[
        (1, "a down refused", "firing 1 oncall 1 a"),
        (2, "b down timed_out", "firing 2 oncall 1 b"),
        (3, "c degraded", "firing 3 oncall 1 c"),
        (4, "d down refused", "firing 4 mail 1 d"),
    ]);
    let mut said = transition("b", (Status::Up, Status::Down), Some("refused"), at(5));
    said.said_by = Some("10.0.0.1".to_owned());
    night.incidents.turned(&transition("b", (Status::Down, Status::Up), None, at(5)), at(5));
    night.incidents.turned(&said, at(5));
    night.now = 5;
    assert_eq!(night.told(), "firing 5 oncall 1 b; resolved 2 oncall 1 b");
}

#[test]
fn an_incident_is_joined_within_five_minutes_of_its_growth() {
    let mut night = Night::of("a b c d", "oncall");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (300, "b down refused", "update 1 oncall 2 a b"),
        // It grew: five minutes more.
        (600, "c down refused", "update 1 oncall 3 a b c"),
        // A known old trouble does not swallow a new one.
        (901, "d down refused", "firing 2 oncall 1 d"),
        (902, "a up; b up; c up", "resolved 1 oncall 3 a b c"),
    ]);
    assert_eq!((night.incident(1).grew, night.incident(1).most, night.incident(1).alerts), (at(600), 3, 4));
}

#[test]
fn the_newest_of_a_sort_is_joined() {
    Night::of("a b c", "oncall").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (400, "b down refused", "firing 2 oncall 1 b"),
        (500, "c down refused", "update 2 oncall 2 b c"),
        (501, "b up; c up", "resolved 2 oncall 2 b c"),
        (502, "b down refused", "firing 3 oncall 1 b"),
    ]);
}

#[test]
fn who_comes_back_between_two_settlings_was_never_away() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (200, "a up; a down refused", ""), (300, "a up", "resolved 1 oncall 1 a")]);
    // Later than five minutes after it is another trouble, and both are told.
    let mut night = Night::of("a", "oncall");
    night
        .runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (301, "a up; a down refused", "firing 2 oncall 1 a; resolved 1 oncall 1 a")]);
}

#[test]
fn who_flaps_is_told_of_each_time() {
    Night::of("a", "oncall").runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a up", "resolved 1 oncall 1 a"),
        (20, "a down refused", "firing 2 oncall 1 a"),
        (30, "a up", "resolved 2 oncall 1 a"),
    ]);
}

#[test]
fn unknown_wakes_somebody_when_it_lasted() {
    let mut night = Night::of("a b c", "oncall");
    night.runs(&[
        (1000, "a unknown no_gateway; b unknown no_gateway", ""),
        (1010, "c unknown no_gateway", ""),
        (1119, "b up", ""),
        (1120, "", "firing 1 oncall 1 a"),
        (1130, "", ""),
        (1180, "", "update 1 oncall 2 a c"),
        (1190, "a up; c up", "resolved 1 oncall 2 a c"),
    ]);
    assert_eq!(night.incident(1).began, at(1000));
    assert_eq!(night.due(), None);
}

#[test]
fn the_deadline_of_an_unknown_goes_with_it() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(1000, "a unknown no_gateway", "")]);
    assert_eq!(night.due(), Some(1120));
    night.runs(&[(1001, "a up", "")]);
    assert_eq!(night.due(), None);
    night.runs(&[(1002, "a unknown no_gateway", ""), (1003, "a down refused", "firing 1 oncall 1 a")]);
    assert_eq!(night.due(), None);
    night.runs(&[(1004, "a up", "resolved 1 oncall 1 a"), (1005, "a unknown no_gateway", ""), (1006, "forget a", "")]);
    assert_eq!(night.due(), None);
}

#[test]
fn a_newcomer_has_the_time_in_which_a_result_may_be_expected() {
    let mut night = Night::new();
    let mut slow = target("slow", alerting("oncall"));
    slow.policy = Policy { every: Duration::from_secs(300), ..Policy::default() };
    let stood = Stood { status: Status::Unknown, since: at(-5000), marks: &BTreeSet::new(), incident: None, decided: None };
    night.incidents.watch(&slow, stood, at(0));
    night.watch_as("fast", "oncall", Status::Unknown);
    night.runs(&[
        (119, "", ""),
        (120, "", "firing 1 oncall 1 fast"),
        (904, "", ""),
        // 3 x 300 s + 5 s
        (905, "", "firing 2 oncall 1 slow"),
    ]);
}

#[test]
fn what_never_answered_wakes_nobody_until_somebody_writes_it_down() {
    let mut night = Night::new();
    let discovered = target("a", alerting("oncall"));
    let never = BTreeSet::from([Mark::NeverAnswered]);
    let stood = Stood { status: Status::Unknown, since: at(0), marks: &never, incident: None, decided: None };
    night.incidents.watch(&discovered, stood, at(0));
    night.targets.insert(id("a"), (discovered.clone(), Status::Unknown));
    night.runs(&[(10_000, "", "")]);
    assert_eq!(night.due(), None);
    night.incidents.watch(&discovered, Stood { marks: &BTreeSet::new(), ..stood }, at(10_000));
    night.runs(&[(10_001, "", "firing 1 oncall 1 a")]);
}

#[test]
fn an_unknown_is_told_with_the_cause_that_it_has_by_then() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(1000, "a unknown no_gateway", "")]);
    let result = |outcome| ProbeResult {
        target: id("a"),
        started: at(1001),
        duration: Duration::ZERO,
        outcome,
        reason: "Not judged: no ports.".to_owned(),
        address: Some("[fd00::1]:80".to_owned()),
        said_by: Some("fd00::1".to_owned()),
        rtt: None,
        stages: allswell_model::StageTimes::default(),
        measurements: Vec::new(),
        degraded: None,
        sub_results: Vec::new(),
    };
    let cause = allswell_model::UnknownCause::NO_PORTS;
    night.incidents.cause_changed(&result(allswell_model::Outcome::Unknown { stage: Stage::CONNECT, cause }));
    // One that says otherwise than the status is no reason of it.
    night.incidents.cause_changed(&result(allswell_model::Outcome::Up));
    night.runs(&[(1120, "", "firing 1 oncall 1 a")]);
    let incident = night.incident(1);
    assert_eq!((incident.cause.as_deref(), incident.reason.as_str()), (Some("no_ports"), "Not judged: no ports."));
    // The target itself said so: that is nobody whom others have in common with it.
    assert_eq!(incident.said_by, None);
}
