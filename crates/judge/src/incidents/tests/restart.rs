//! The program ends and begins again: incidents come from the store, members come with their standing.

use super::*;

/// As much as a store keeps of a night.
struct Kept {
    open: Vec<Incident>,
    standings: Vec<(Target, Status, Option<IncidentId>)>,
}

fn kept(night: &Night) -> Kept {
    let standings = night.targets.values().map(|(target, status)| (target.clone(), *status, night.incidents.of(&target.id)));
    Kept { open: night.stored.values().filter(|incident| incident.is_open()).cloned().collect(), standings: standings.collect() }
}

/// The night goes on in another process, `now` seconds in; `changed` is done to the standings meanwhile.
fn restarted(night: Night, now: i64, changed: impl FnOnce(&mut Kept)) -> Night {
    let mut kept = kept(&night);
    changed(&mut kept);
    let mut next = Night { seen: night.seen, stored: night.stored, now, ..Night::with(Incidents::new(node(), "eu".into(), kept.open)) };
    for (target, status, incident) in kept.standings {
        let because = transition(target.id.as_str(), (Status::Up, status), Some("refused"), at(0));
        let stood = Stood { status, since: at(0), marks: &BTreeSet::new(), incident, decided: Some(&because) };
        next.incidents.watch(&target, stood, at(now));
        next.targets.insert(target.id.clone(), (target, status));
    }
    next
}

#[test]
fn an_incident_goes_on_and_nobody_is_told_twice() {
    let mut night = Night::of("a b c", "oncall");
    night.runs(&[(0, "a down refused; b down refused", "firing 1 oncall 2 a b"), (10, "a up", "")]);
    let mut night = restarted(night, 100, |_| {});
    assert_eq!(night.settle(), Decided::default());
    night.runs(&[
        (110, "c down refused", ""),
        (120, "a down refused", "update 1 oncall 3 b c a"),
        (130, "b up; c up; a up", "resolved 1 oncall 3 b c a"),
    ]);
    let incident = night.incident(1);
    assert_eq!((incident.most, incident.alerts, incident.first.clone()), (3, 3, id("a")));
    let Some(EventBody::IncidentEnded { for_ms, targets, .. }) = night.events.last() else { panic!("{:?}", night.events) };
    assert_eq!((*for_ms, *targets), (130_000, 3));
}

#[test]
fn growth_that_was_not_told_is_told_at_once() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a"), (1, "b down refused", "")]);
    restarted(night, 10, |_| {}).runs(&[(10, "", "update 1 oncall 2 a b"), (100, "", "")]);
}

#[test]
fn somebody_is_reminded_only_after_it_could_be_judged_again() {
    let mut night = Night::of("a", "oncall down 600");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let mut night = restarted(night, 30_000, |_| {});
    night.runs(&[(30_000, "", "")]);
    assert_eq!(night.due(), Some(30_060));
    night.runs(&[(30_060, "", "reminder 1 oncall 1 a"), (30_660, "", "reminder 1 oncall 1 a")]);
    // Long after, another trouble is another incident.
    night.watch("b", "oncall down 600");
    night.runs(&[(30_661, "b down refused", "firing 2 oncall 1 b")]);
}

#[test]
fn what_got_well_meanwhile_is_over() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let well = |kept: &mut Kept| kept.standings[0].1 = Status::Up;
    restarted(night, 100, well).runs(&[(100, "", "resolved 1 oncall 1 a")]);
}

#[test]
fn an_incident_that_nobody_is_in_any_more_is_over() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let mut night = restarted(night, 7200, |kept| kept.standings.retain(|(target, ..)| target.id == id("b")));
    let decided = night.settle();
    assert_eq!(decided.alerts[0].summary, "Over after 2 h: a is watched no longer.");
    assert_eq!((decided.incidents[0].ended, decided.incidents[0].targets), (Some(at(7200)), 0));
    assert_eq!((night.told().as_str(), night.due()), ("", None));
}

#[test]
fn a_number_is_greater_than_that_of_one_that_nobody_is_in() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let mut night = restarted(night, -5000, |kept| kept.standings.retain(|(target, ..)| target.id == id("b")));
    night.runs(&[(-5000, "b down timed_out", "firing 2 oncall 1 b; resolved 1 oncall 1")]);
    assert!(night.incident(2).id > night.incident(1).id);
}

#[test]
fn nothing_ends_before_it_is_known_who_is_watched() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let Kept { open, .. } = kept(&night);
    let mut next = Incidents::new(node(), "eu".into(), open.clone());
    assert!(next.settle(at(5)).is_empty());
    assert_eq!(next.next_deadline(), None);
    // Nothing is watched: nothing is left.
    next.watched_all(at(6));
    let decided = next.settle(at(6));
    assert_eq!((decided.alerts.len(), decided.incidents[0].ended), (1, Some(at(6))));
    assert!(next.settle(at(7)).is_empty());
}

#[test]
fn another_policy_since_then_is_another_incident() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(0, "a down refused; b down refused", "firing 1 oncall 2 a b")]);
    let other = |kept: &mut Kept| {
        kept.standings[0].0.alerting = alerting("mail");
        kept.standings[1].0.alerting = alerting("-");
    };
    restarted(night, 100, other).runs(&[(100, "", "firing 2 mail 1 a; resolved 1 oncall 2 a")]);
}

#[test]
fn a_store_that_forgot_the_incident_makes_another() {
    let mut night = Night::of("a", "oncall");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    // The clock was set back: the number is greater than that of the one that is gone.
    let mut night = restarted(night, -5000, |kept| kept.open.clear());
    night.runs(&[(-5000, "", "firing 2 oncall 1 a")]);
    assert!(night.incident(2).id > night.incident(1).id);
}

#[test]
fn a_clock_that_was_set_back_meanwhile_holds_nothing_up() {
    let mut night = Night::of("a b", "oncall down 600");
    night.runs(&[(0, "a down refused", "firing 1 oncall 1 a")]);
    let mut night = restarted(night, -7200, |_| {});
    night.runs(&[
        (-7200, "", ""),
        (-7199, "b down refused", ""),
        (-7140, "", "update 1 oncall 2 a b"),
        (-6540, "", "reminder 1 oncall 2 a b"),
    ]);
    night.runs(&[(-6500, "a up; b up", "resolved 1 oncall 2 a b"), (-6400, "a down refused", "firing 2 oncall 1 a")]);
    assert!(night.incident(2).id > night.incident(1).id);
}

#[test]
fn a_restart_with_everything_stale_wakes_nobody_at_once() {
    let night = Night::of("a b", "oncall");
    let stale = |kept: &mut Kept| kept.standings.iter_mut().for_each(|(_, status, _)| *status = Status::Unknown);
    let mut night = restarted(night, 30_000, stale);
    night.runs(&[(30_000, "", ""), (30_015, "a up", ""), (30_119, "", ""), (30_120, "", "firing 1 oncall 1 b")]);
}

#[test]
fn who_is_watched_again_is_back_in_the_incident_that_lasts() {
    let mut night = Night::of("a b", "oncall");
    night.runs(&[(0, "a down refused; b down refused", "firing 1 oncall 2 a b"), (10, "forget a", "")]);
    let incident = night.seen.first().copied();
    let stood = Stood { status: Status::Down, since: at(0), marks: &BTreeSet::new(), incident, decided: None };
    night.incidents.watch(&target("a", alerting("oncall")), stood, at(20));
    night.now = 20;
    assert_eq!(night.told(), "");
    assert_eq!((night.incident(1).targets, night.incidents.of(&id("a"))), (2, incident));
}
