//! A mass outage costs little: what settling looks at is counted.

use super::*;

const TARGETS: usize = 10_000;

fn names() -> impl Iterator<Item = String> {
    (0..TARGETS).map(|n| format!("t{n}"))
}

fn crowd() -> Night {
    let mut night = Night::new();
    names().for_each(|name| night.watch(&name, "oncall,mail"));
    night
}

fn all(night: &mut Night, status: Status, cause: Option<&str>) {
    names().for_each(|name| night.turn(&name, status, cause));
}

/// How often the next settling looks up an incident or a target.
fn work(night: &mut Night) -> (Decided, usize) {
    let looked = |night: &Night| night.incidents.targets.looked.get() + night.incidents.book.looked.get();
    let before = looked(night);
    let decided = night.settle();
    (decided, looked(night) - before)
}

#[test]
fn ten_thousand_at_once_are_one_incident_of_which_twenty_are_named() {
    let mut night = crowd();
    all(&mut night, Status::Down, Some("timed_out"));
    let (decided, looked) = work(&mut night);
    assert_eq!((decided.incidents.len(), decided.alerts.len(), decided.moved.len()), (1, 2, TARGETS));
    assert!(decided.alerts.iter().all(|alert| alert.total == 10_000 && alert.targets.len() == 20));
    assert_eq!(decided.alerts[0].summary, "10,000 targets are down (timed out in connect), first t0: reason of timed_out.");
    assert!(looked <= 30, "{looked}");
    // Nothing changed: nothing is looked at.
    assert_eq!(work(&mut night), (Decided::default(), 0));
    // One of them changed: neither are the others.
    night.now = 100;
    night.happens("t77 up");
    let (decided, looked) = work(&mut night);
    assert_eq!((decided.incidents[0].targets, decided.moved.len(), decided.alerts.len()), (9_999, 1, 0));
    assert!(looked <= 3, "{looked}");
    all(&mut night, Status::Up, None);
    let (decided, looked) = work(&mut night);
    assert_eq!((decided.alerts.len(), decided.alerts[0].total, decided.alerts[0].targets.len()), (2, 10_000, 20));
    assert!(looked <= 30, "{looked}");
}

#[test]
fn ten_thousand_that_go_one_after_another_are_told_once_a_minute() {
    let mut night = crowd();
    let (mut alerts, mut looked) = (0, 0);
    for (n, name) in names().enumerate() {
        night.now = i64::try_from(n / 20).unwrap();
        night.turn(&name, Status::Down, Some("timed_out"));
        if n % 20 == 0 {
            let (decided, work) = work(&mut night);
            alerts += decided.alerts.len();
            looked += work;
        }
    }
    // 500 s: the first, and eight more, by two channels.
    assert_eq!((alerts, night.stored.len()), (18, 1));
    assert!(looked <= 500 * 3 + 9 * 25, "{looked}");
}

#[test]
fn ten_thousand_unknown_wait_each_by_itself_and_wake_together() {
    let mut night = crowd();
    night.now = 1000;
    all(&mut night, Status::Unknown, Some("no_gateway"));
    assert_eq!(work(&mut night), (Decided::default(), 0));
    night.now = 1120;
    let (decided, looked) = work(&mut night);
    assert_eq!((decided.alerts.len(), decided.alerts[0].total), (2, 10_000));
    // Each whose timer fires at three places, the incident, and those that are named.
    assert!(looked <= 3 * TARGETS + 30, "{looked}");
    assert_eq!(night.due(), None);
}

#[test]
fn a_reload_that_changes_all_looks_at_each_once() {
    let mut night = crowd();
    all(&mut night, Status::Down, Some("timed_out"));
    work(&mut night);
    names().for_each(|name| night.watch(&name, "oncall,mail down,unknown 600"));
    let (decided, looked) = work(&mut night);
    assert_eq!((decided.incidents.len(), decided.moved.len(), decided.alerts.len()), (1, 0, 0));
    assert!(looked <= TARGETS + 30, "{looked}");
}
