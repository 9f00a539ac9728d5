use std::sync::Arc;

use allswell_model::Status;

use super::*;
use crate::samples::{Sample, T0, at, id, target, tcp_up, transition};
use crate::{Batch, Standing};

fn stalled(for_ms: u64) -> (Timestamp, EventBody) {
    (at(for_ms), EventBody::Stalled { for_ms })
}

#[test]
fn a_targets_events_are_its_own_the_newest_first_page_by_page() {
    let mut store = Sample::new();
    for n in 0..7 {
        let (from, to) = if n % 2 == 0 { (Status::Up, Status::Down) } else { (Status::Down, Status::Up) };
        store.events(&[stalled(n), transition("a", at(n), from, to), transition("b", at(n), from, to)]);
    }
    let mut store = store.reopened(at(9));
    store.events(&[transition("a", at(9), Status::Up, Status::Unknown)]);
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = store.reader.events_of(&id("a"), before, 3).unwrap();
        assert!(page.events.iter().all(|event| event.body.target() == Some(&id("a"))));
        seen.extend(page.events.iter().map(|event| event.stamp.at));
        match page.next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(seen, [9, 6, 5, 4, 3, 2, 1, 0].map(at));
    assert_eq!(store.reader.events_of(&id("nobody"), None, 3).unwrap().events, []);
    let foreign = Cursor { store: 1, ..store.reader.newest() };
    assert_eq!(store.reader.events_of(&id("a"), Some(foreign), 3), Err(ReadError::ForeignCursor));
}

#[test]
fn the_cursor_of_each_event_stands_after_it() {
    let mut store = Sample::new();
    store.events(&[stalled(0), stalled(1), stalled(2)]);
    let mut store = store.reopened(at(9));
    store.events(&[stalled(3)]);
    let all = store.reader.events(Cursor::START, 10).unwrap();
    for (n, event) in all.events.iter().enumerate() {
        let after = store.reader.cursor_of(&event.stamp);
        assert_eq!(store.reader.events(Cursor::START, n + 1).unwrap().next, after);
        assert_eq!(store.reader.events(after, 10).unwrap().events, all.events[n + 1..]);
    }
}

fn standing(status: Status) -> Standing {
    Standing { target: id("a"), status, since: at(1), marks: [].into(), incident: None }
}

fn decided(store: &Sample) -> Option<(Status, String)> {
    store.reader.board(|board| board.row(&id("a")).unwrap().decided.as_ref().map(|decided| (decided.to, decided.reason.clone())))
}

#[test]
fn the_row_keeps_what_decided_its_status_also_after_a_restart() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], T0).unwrap();
    assert_eq!(decided(&store), None);
    // Twice in one batch, as a busy pipeline hands it in.
    let events = [transition("a", at(1), Status::Unknown, Status::Up), transition("a", at(2), Status::Up, Status::Down)];
    let standings = [standing(Status::Up), standing(Status::Down)];
    store.writer.append(Batch { results: &[], events: &events, standings: &standings, ..Batch::default() }, at(2)).unwrap();
    let down = Some((Status::Down, "because".to_owned()));
    assert_eq!(decided(&store), down);
    // A probe that is up again has decided nothing yet.
    let suspect = Standing { marks: [allswell_model::Mark::Suspect].into(), ..standing(Status::Down) };
    store
        .writer
        .append(Batch { results: &[Arc::new(tcp_up("a", at(3), 400))], events: &[], standings: &[suspect], ..Batch::default() }, at(3))
        .unwrap();
    assert_eq!(decided(&store), down);

    let mut store = store.reopened(at(4));
    store.writer.targets(&[target("a")], at(4)).unwrap();
    assert_eq!(decided(&store), down);
    // A standing whose transition the log does not have.
    store.writer.append(Batch { standings: &[standing(Status::Up)], ..Batch::default() }, at(5)).unwrap();
    assert_eq!(decided(&store), None);
    let mut store = store.reopened(at(6));
    store.writer.targets(&[target("a")], at(6)).unwrap();
    assert_eq!(decided(&store), None, "the log's last transition led to another status");
}

#[test]
fn each_glance_has_its_time_also_after_a_restart() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], T0).unwrap();
    for n in [1, 2, 40] {
        store.results(&[tcp_up("a", at(n), 400)], at(n));
    }
    let times =
        |store: &Sample| store.reader.board(|board| board.row(&id("a")).unwrap().recent.iter().map(|glance| glance.at).collect::<Vec<_>>());
    assert_eq!(times(&store), [1, 2, 40].map(at));
    let mut store = store.reopened(at(50));
    store.writer.targets(&[target("a")], at(50)).unwrap();
    assert_eq!(times(&store), [1, 2, 40].map(at));
}

#[test]
fn a_targets_events_are_found_in_their_order_by_an_index() {
    let store = Sample::new();
    let explained: String = store
        .writer
        .connection
        .prepare(&format!("EXPLAIN QUERY PLAN {OF_TARGET}"))
        .unwrap()
        .query_map([1, 2, 3], |row| row.get::<_, String>(3))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert!(explained.contains("USING INDEX events_in_order (target=? AND rowid<?)") && !explained.contains("TEMP"), "{explained}");
}
