use allswell_model::{EventBody, TargetId};

use super::*;
use crate::samples::{Sample, at, id, target, transition};

fn times(store: &Sample, from: u64, to: u64) -> Times {
    store.reader.uptime(&id("a"), at(from), at(to)).unwrap()
}

fn seconds(up: u64, degraded: u64, down: u64, unknown: u64) -> Times {
    Times { up_ms: up * 1000, degraded_ms: degraded * 1000, down_ms: down * 1000, unknown_ms: unknown * 1000, paused_ms: 0 }
}

fn watched() -> Sample {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    store
}

#[test]
fn a_target_that_nobody_knows_is_unknown() {
    let store = Sample::new();
    assert_eq!(store.reader.uptime(&TargetId::new("x").unwrap(), at(0), at(7)).unwrap(), seconds(0, 0, 0, 7));
}

#[test]
fn a_status_lasts_from_since_to_the_next_since() {
    let mut store = watched();
    store.events(&[transition("a", at(10), Status::Unknown, Status::Up), transition("a", at(30), Status::Up, Status::Degraded)]);
    store.events(&[transition("a", at(40), Status::Degraded, Status::Down)]);
    store.writer.maintain(at(100)).unwrap();
    assert_eq!(times(&store, 0, 50), seconds(20, 10, 10, 10));
    assert_eq!(times(&store, 35, 45), seconds(0, 5, 5, 0));
    assert_eq!(times(&store, 60, 100), seconds(0, 0, 40, 0));
    assert_eq!(times(&store, 50, 50), Times::default());
    assert_eq!(times(&store, 50, 40), Times::default());
}

#[test]
fn what_was_told_late_holds_from_when_it_was_so() {
    let mut store = watched();
    let (_, body) = transition("a", at(40), Status::Up, Status::Down);
    store.events(&[transition("a", at(10), Status::Unknown, Status::Up), (at(55), body)]);
    store.writer.maintain(at(100)).unwrap();
    assert_eq!(times(&store, 30, 50), seconds(10, 0, 10, 0));
}

#[test]
fn time_in_which_nobody_ran_or_watched_is_unknown() {
    let mut store = watched();
    store.events(&[transition("a", at(10), Status::Unknown, Status::Up)]);
    store.writer.append(crate::Batch { events: &[(at(20), EventBody::Stopped)], ..Default::default() }, at(20)).unwrap();
    let mut store = store.reopened(at(50));
    store.writer.targets(&[target("a")], at(50)).unwrap();
    store.writer.maintain(at(60)).unwrap();
    assert_eq!(times(&store, 10, 60), seconds(20, 0, 0, 30));
    store.writer.targets(&[], at(70)).unwrap();
    store.writer.maintain(at(90)).unwrap();
    assert_eq!(times(&store, 60, 90), seconds(10, 0, 0, 20));
}

#[test]
fn parts_sum_up_to_the_whole_whatever_the_cuts() {
    let mut store = watched();
    let odd = |us| allswell_model::Timestamp(at(10).0 + us);
    store.events(&[transition("a", odd(333), Status::Unknown, Status::Up), transition("a", odd(77_777), Status::Up, Status::Down)]);
    store.writer.maintain(at(100)).unwrap();
    let whole = store.reader.uptime(&id("a"), odd(-5555), odd(99_999)).unwrap();
    let mut sum = Times::default();
    for (from, to) in [(-5555, 1), (1, 1234), (1234, 77_779), (77_779, 99_999)] {
        sum.merge(&store.reader.uptime(&id("a"), odd(from), odd(to)).unwrap());
    }
    assert_eq!(sum, whole);
}
