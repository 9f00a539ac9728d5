//! A policy changes while a trouble lasts.

use super::*;

#[test]
fn what_does_not_change_changes_nothing() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(1000, "a down refused; b unknown no_gateway", "firing 1 oncall 1 a"), (1010, "a asks oncall; b asks oncall", "")]);
    assert_eq!(night.due(), Some(1120));
    assert!(night.settle().is_empty());
    night.runs(&[(1120, "", "firing 2 oncall 1 b")]);
}

#[test]
fn others_are_told_before_those_who_were_are_told_no_more() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[
        (0, "a down refused; b down refused", "firing 1 oncall 2 a b"),
        (10, "a asks oncall,mail", "firing 2 oncall 1 a; firing 2 mail 1 a"),
        (20, "b asks mail,oncall", "firing 3 mail 1 b; firing 3 oncall 1 b; resolved 1 oncall 2 a b"),
        (30, "a asks -", "resolved 2 oncall 1; resolved 2 mail 1"),
    ]);
}

#[test]
fn an_unknown_takes_its_trouble_along() {
    let mut night = Night::of("a", "oncall down");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a unknown no_gateway", ""),
        (20, "a asks mail down 600", "firing 2 mail 1 a; resolved 1 oncall 1 a"),
        (30, "a up", "resolved 2 mail 1 a"),
    ]);
    assert_eq!(night.incident(2).remind, Some(Duration::from_secs(600)));
    assert_eq!((night.incident(2).status, night.incident(2).cause.as_deref()), (Status::Down, Some("refused")));
}

#[test]
fn what_begins_to_be_asked_for_is_told() {
    let mut night = Night::of("a b", "-");
    night.runs(&[
        (0, "a down refused; b unknown no_gateway", ""),
        (5000, "a asks oncall; b asks oncall", "firing 1 oncall 1 a; firing 2 oncall 1 b"),
    ]);
    assert_eq!((night.incident(1).began, night.incident(1).reason.as_str()), (at(0), "reason of refused."));
}

#[test]
fn what_is_no_longer_asked_for_is_over() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[
        (1000, "a unknown no_gateway; b unknown no_gateway", ""),
        (1010, "a asks oncall down", ""),
        (1120, "", "firing 1 oncall 1 b"),
        // It is unknown, of which nothing is said while anything is asked for.
        (1130, "b asks oncall down", ""),
        (1140, "b asks -", "resolved 1 oncall 1"),
    ]);
    assert_eq!(night.due(), None);
}

#[test]
fn other_reminders_keep_the_incident() {
    let mut night = Night::of("a b c", "oncall");
    night.runs(&[(0, "a down refused; b down refused", "firing 1 oncall 2 a b"), (10, "a asks oncall down,unknown 600", "")]);
    assert_eq!((night.due(), night.incident(1).remind), (Some(600), Some(Duration::from_secs(600))));
    // The shortest that anybody asks for.
    night.runs(&[(20, "b asks oncall down,unknown 300", ""), (300, "", "reminder 1 oncall 2 a b")]);
    assert_eq!(night.incident(1).remind, Some(Duration::from_secs(300)));
    // Who asks for the same joins it.
    let mut night = Night::of("a c", "oncall");
    night.runs(&[
        (0, "a down refused", "firing 1 oncall 1 a"),
        (10, "a asks oncall down,unknown 600; c asks oncall down,unknown 600", ""),
        (70, "c down refused", "update 1 oncall 2 a c"),
        (80, "a asks oncall; c asks oncall", ""),
    ]);
    assert_eq!((night.due(), night.incident(1).remind), (None, None));
}

#[test]
fn another_name_is_told_from_then_on() {
    let mut night = Night::of("a", "oncall down 600");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let mut renamed = target("a", alerting("oncall down 600"));
    renamed.name = TargetName::new("edge", "api").unwrap();
    let stood = Stood { status: Status::Down, since: at(0), marks: &BTreeSet::new(), incident: None, decided: None };
    night.incidents.watch(&renamed, stood, at(10));
    night.now = 600;
    let alert = night.settle().alerts.remove(0);
    assert_eq!(
        (alert.summary.as_str(), &alert.targets[0].name[..]),
        ("Still after 10 min: api in edge is down: reason of refused.", "api")
    );
}

#[test]
fn a_standing_that_only_the_judge_has_heard_of_is_taken_over() {
    let mut night = Night::of("a", "oncall");
    night.now = 5;
    night.watch_as("a", "oncall", Status::Down);
    assert_eq!(night.told(), "firing 1 oncall 1 a");
    assert_eq!(night.incident(1).reason, "The sentence that says why was not kept.");
}
