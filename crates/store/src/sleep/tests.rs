use allswell_model::{EventBody, Status};

use crate::samples::{Sample, at, id, settings, target, tcp_up, transition};
use crate::{Batch, Cursor, Retention, Settings, Span, open};

fn count(store: &Sample, what: &str) -> i64 {
    store.writer.connection.query_row(&format!("SELECT count(*) FROM {what}"), [], |row| row.get(0)).unwrap()
}

/// A store in which `a` and `gone` were watched; `gone` is not any more, and sleeps.
fn lived(retention: Retention) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = open(&Settings { retention, ..settings(folder.path()) }, at(0)).unwrap();
    let mut store = Sample { folder, writer, reader };
    store.writer.targets(&[target("a"), target("gone")], at(0)).unwrap();
    for n in 0..50 {
        store.results(&[tcp_up("gone", at(n), 300)], at(n));
    }
    store.events(&[transition("gone", at(1), Status::Unknown, Status::Up)]);
    store.writer.targets(&[target("a")], at(60)).unwrap();
    assert_eq!(store.reader.shared.index().len(), 2, "it stays until all is in its place");
    store.results(&[tcp_up("a", at(4000), 300)], at(4000));
    (0..5).for_each(|n| store.writer.maintain(at(8000 + n)).unwrap());
    assert_eq!((store.reader.shared.index().len(), count(&store, "targets WHERE asleep = 1")), (1, 1));
    store
}

fn remembers(store: &Sample) {
    assert_eq!(store.reader.results(&id("gone"), None, 100).unwrap().results.len(), 50);
    assert_eq!(store.reader.events_of(&id("gone"), None, 10).unwrap().events.len(), 3);
    let hours = store.reader.rollups(&id("gone"), Span::Hour, at(0) - std::time::Duration::from_secs(3600), at(9000)).unwrap();
    assert_eq!(hours.iter().map(|(_, hour)| hour.counts.up).sum::<u64>(), 50);
    assert_eq!(store.reader.uptime(&id("gone"), at(10), at(60)).unwrap().up_ms, 50_000);
}

#[test]
fn a_target_that_sleeps_has_its_history_and_takes_it_up_again() {
    let store = lived(Retention::default());
    remembers(&store);
    let mut store = store.reopened(at(9000));
    assert_eq!(store.reader.shared.index().len(), 1);
    remembers(&store);
    store.writer.targets(&[target("a"), target("gone")], at(9000)).unwrap();
    let first = store.reader.board(|board| board.row(&id("gone")).unwrap().recent.iter().next().map(|glance| glance.at));
    assert_eq!(first, Some(at(0)));
    store.results(&[tcp_up("gone", at(9001), 300)], at(9001));
    for reopened in [false, true] {
        if reopened {
            store = store.reopened(at(9002));
        }
        assert_eq!(count(&store, "targets"), 2, "under its old key");
        let results = store.reader.results(&id("gone"), None, 100).unwrap().results;
        assert_eq!((results.len(), results[0].result.started), (51, at(9001)));
    }
}

#[test]
fn a_result_or_an_event_wakes_it_for_a_while() {
    let mut store = lived(Retention::default());
    // Late, of an hour that is rolled up.
    store.results(&[tcp_up("gone", at(50), 300)], at(8010));
    store.events(&[(at(8010), EventBody::TargetRemoved { target: id("gone") })]);
    assert_eq!(store.reader.shared.index().len(), 2);
    store.results(&[tcp_up("a", at(8400), 300)], at(8400));
    (0..5).for_each(|n| store.writer.maintain(at(12_000 + n)).unwrap());
    assert_eq!(store.reader.shared.index().len(), 1);
    let hours = store.reader.rollups(&id("gone"), Span::Hour, at(0) - std::time::Duration::from_secs(3600), at(9000)).unwrap();
    assert_eq!(hours.iter().map(|(_, hour)| hour.counts.up).sum::<u64>(), 51);
    assert_eq!(store.reader.events_of(&id("gone"), None, 10).unwrap().events.len(), 4);
}

#[test]
fn when_retention_has_taken_all_of_it_the_file_forgets_it_and_its_key_is_not_given_again() {
    let hour = std::time::Duration::from_secs(3600);
    let mut store = lived(Retention { raw: hour, minutes: hour, hours: hour, days: hour, at_most: None });
    (0..60).for_each(|n| store.writer.maintain(at(1_000_000 + n)).unwrap());
    assert_eq!(count(&store, "targets"), 1);
    let mut store = store.reopened(at(1_000_100));
    store.writer.targets(&[target("a"), target("new")], at(1_000_100)).unwrap();
    assert_eq!(count(&store, "targets WHERE id = 'new' AND key = 3"), 1);
    assert!(store.reader.results(&id("gone"), None, 1).unwrap().results.is_empty());
}

#[test]
fn ids_that_are_always_new_leave_the_memory_as_it_was() {
    let mut store = Sample::new();
    let mut second = 0;
    for day in 0..8 {
        let today: Vec<_> = (0..100).map(|n| target(&format!("pod-{day}-{n}"))).collect();
        store.writer.targets(&today, at(second)).unwrap();
        let results: Vec<_> = today.iter().map(|target| tcp_up(target.id.as_str(), at(second), 300)).collect();
        store.results(&results, at(second));
        for _ in 0..60 {
            second += 200;
            store.writer.append(Batch::default(), at(second)).unwrap();
            store.writer.maintain(at(second)).unwrap();
        }
    }
    let index = store.reader.shared.index();
    assert!(index.entries.len() <= 200, "{}", index.entries.len());
    assert_eq!(index.len(), 100);
    assert_eq!(store.writer.slots.len(), index.entries.len());
    drop(index);
    assert_eq!(count(&store, "tail"), 0);
    assert_eq!(store.reader.results(&id("pod-0-7"), None, 10).unwrap().results.len(), 1);
    let known = store.reader.events(Cursor::START, 100_000).unwrap().events.len();
    assert_eq!(known, 8 * 100 + 7 * 100);
}
