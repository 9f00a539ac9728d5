use allswell_model::{EventBody, Incident, Sent, Seq};

use super::*;
use crate::samples::{Sample, alert, at, attempted, id, incident, settings, target, tcp_up};
use crate::{Batch, Cursor, Retention, Settings, open};

fn with(retention: Retention) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = open(&Settings { retention, ..settings(folder.path()) }, at(0)).unwrap();
    Sample { folder, writer, reader }
}

fn count(store: &Sample, what: &str) -> i64 {
    store.writer.connection.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

/// Lets the time come, as it does for who calls every few seconds.
fn age(store: &mut Sample, to: u64) {
    (0..=to / 3600 + 2).for_each(|_| store.writer.maintain(at(to)).unwrap());
}

const MINUTE: Duration = Duration::from_secs(60);

#[test]
fn each_kind_goes_at_its_own_age() {
    let mut store = with(Retention { raw: 180 * MINUTE, minutes: 180 * MINUTE, hours: 600 * MINUTE, days: 3000 * MINUTE, at_most: None });
    store.writer.targets(&[target("a")], at(0)).unwrap();
    for n in 0..2000 {
        store.results(&[tcp_up("a", at(n * 10), 300)], at(n * 10));
        store.writer.maintain(at(n * 10)).unwrap();
    }
    let end = 20_000;
    let oldest = store.reader.results(&id("a"), None, 10_000).unwrap().results.last().unwrap().result.started;
    assert!(oldest >= at(end - 10_800 - 2500) && oldest <= at(end - 10_800), "{oldest:?}");
    let of = |span: Span| count(&store, &format!("rollups WHERE span = {}", span.seconds()));
    assert!((2..=5).contains(&of(Span::Minute)), "{}", of(Span::Minute));
    assert!((5..=6).contains(&of(Span::Hour)), "{}", of(Span::Hour));
    assert_eq!(of(Span::Day), 1);
    let counted: u64 = store.reader.rollups(&id("a"), Span::Hour, at(0), at(end)).unwrap().iter().map(|(_, hour)| hour.counts.up).sum();
    assert!(counted > 1600, "{counted}");
    age(&mut store, 1_000_000);
    assert_eq!((count(&store, "blocks"), count(&store, "rollups"), count(&store, "events")), (0, 0, 0));
}

#[test]
fn a_clock_that_jumps_ahead_for_a_minute_costs_no_history() {
    let mut store = with(Retention::default());
    store.results(&[tcp_up("a", at(0), 300)], at(0));
    store.results(&[tcp_up("a", at(1), 300)], at(1_000_000_000));
    (0..12).for_each(|n| store.writer.maintain(at(1_000_000_000 + n * 5)).unwrap());
    store.writer.maintain(at(2)).unwrap();
    assert_eq!(store.reader.results(&id("a"), None, 10).unwrap().results.len(), 2);
}

#[test]
fn a_file_that_is_too_large_loses_its_oldest_results_first() {
    let limit = 600_000;
    let mut store = with(Retention { at_most: Some(limit), ..Retention::default() });
    store.events(&[(at(0), EventBody::Stopped)]);
    let mut second = 0;
    for _ in 0..400 {
        let results: Vec<_> = (0..100).map(|n| tcp_up("a", at(second + n), (second * 7919 + n * 104_729) % 100_000)).collect();
        second += 100;
        store.results(&results, at(second));
        store.writer.maintain(at(second)).unwrap();
    }
    let used = |store: &Sample| {
        let connection = &store.writer.connection;
        (number(connection, "page_count").unwrap() - number(connection, "freelist_count").unwrap()) * 4096
    };
    assert!(used(&store) < limit as i64 * 11 / 10, "{}", used(&store));
    assert_eq!(count(&store, "events"), 1);
    assert!(count(&store, "rollups") > 5);
    assert_eq!(store.reader.results(&id("a"), None, 1).unwrap().results[0].stamp.seq, Seq(40_001));
}

#[test]
fn a_follower_that_slept_too_long_is_told_of_the_gap() {
    let mut store = with(Retention { days: 10 * MINUTE, ..Retention::default() });
    for n in 0..5 {
        store.events(&[(at(n * 300), EventBody::Stalled { for_ms: n })]);
    }
    let early = store.reader.events(Cursor::START, 1).unwrap().next;
    let late = store.reader.events(Cursor::START, 4).unwrap().next;
    age(&mut store, 1201);
    let page = store.reader.events(early, 10).unwrap();
    assert_eq!((page.gap, page.events.len()), (true, 2));
    assert!(!store.reader.events(late, 10).unwrap().gap);
    assert!(!store.reader.events(Cursor::START, 10).unwrap().gap);
}

#[test]
fn numbers_are_not_given_again_when_all_that_had_them_is_gone() {
    let mut store = with(Retention { raw: MINUTE, minutes: MINUTE, hours: MINUTE, days: MINUTE, at_most: None });
    for n in 0..500 {
        store.results(&[tcp_up("a", at(n), 300)], at(n));
    }
    store.results(&[tcp_up("b", at(900), 300), tcp_up("b", at(901), 300)], at(900));
    store.events(&[(at(0), EventBody::Stopped)]);
    let newest = store.reader.newest();
    age(&mut store, 90_000);
    let mut store = store.reopened(at(100_000));
    store.events(&[(at(100_000), EventBody::Stopped)]);
    assert!(store.reader.newest().seq > newest.seq);
}

#[test]
fn pages_that_are_not_needed_are_given_back() {
    let mut store = with(Retention::default());
    store.writer.connection.execute_batch("CREATE TABLE filler (data BLOB)").unwrap();
    store.writer.connection.execute("INSERT INTO filler VALUES (zeroblob(30000000))", []).unwrap();
    store.writer.connection.execute_batch("DROP TABLE filler").unwrap();
    let before = number(&store.writer.connection, "page_count").unwrap();
    store.writer.maintain(at(1)).unwrap();
    assert_eq!(number(&store.writer.connection, "page_count").unwrap(), before - PAGES);
}

#[test]
fn alerts_and_incidents_that_ended_go_with_the_hours_and_those_that_last_stay() {
    let mut store = with(Retention { hours: 3000 * MINUTE, ..Retention::default() });
    let (over, lasts) = (incident(at(0), "a"), incident(at(1), "a"));
    let ended = Incident { ended: Some(at(10)), ..over.clone() };
    let alerts = [alert(&over, 0), alert(&lasts, 0), alert(&lasts, 1)];
    let attempts = [&alerts[0], &alerts[1]].map(|alert| attempted(alert, at(20), Sent::Delivered));
    store.writer.append(Batch { incidents: &[ended, lasts], alerts: &alerts, attempts: &attempts, ..Batch::default() }, at(20)).unwrap();
    age(&mut store, 179_000);
    assert_eq!((count(&store, "incidents"), count(&store, "outbox")), (2, 3));
    age(&mut store, 200_000);
    assert_eq!((count(&store, "incidents"), count(&store, "outbox")), (1, 1));
    assert_eq!((store.reader.waiting().len(), store.reader.open_incidents().unwrap().len()), (1, 1));
    // Also where nothing else is left to make room.
    let mut store = store.reopened(at(200_000));
    store.writer.retention.at_most = Some(1);
    let end = attempted(&alerts[2], at(200_001), Sent::GivenUp);
    store.writer.append(Batch { attempts: &[end], ..Batch::default() }, at(200_001)).unwrap();
    store.writer.maintain(at(200_002)).unwrap();
    assert_eq!((count(&store, "incidents"), count(&store, "outbox")), (1, 0));
}
