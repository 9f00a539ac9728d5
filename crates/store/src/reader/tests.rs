use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use allswell_model::{BootEpoch, DownCause, EventBody, Seq, Status};
use proptest::prelude::*;

use super::*;
use crate::samples::{Sample, T0, any_result, as_kept, at, down, id, target, tcp_up, transition};
use crate::{Batch, Look};

#[test]
fn a_result_is_read_back_with_its_stamp() {
    let mut store = Sample::new();
    store.results(&[tcp_up("a", at(1), 420), tcp_up("b", at(1), 70)], at(1));
    store.results(&[tcp_up("a", at(2), 431)], at(2));
    let page = store.reader.results(&id("a"), None, 10).unwrap();
    let stamps: Vec<_> = page.results.iter().map(|kept| (kept.stamp.boot, kept.stamp.seq, kept.stamp.at)).collect();
    assert_eq!(stamps, [(BootEpoch(1), Seq(3), at(2)), (BootEpoch(1), Seq(1), at(1))]);
    assert_eq!(page.results[0].stamp.node.as_str(), "fra-1");
    assert_eq!(&*page.results[0].stamp.location, "eu");
    assert_eq!(page.results[0].result, as_kept(&tcp_up("a", at(2), 431), &page.results[0]));
    assert_eq!(page.results[0].result.reason, "10.0.0.5:443 answered in 0.43 ms.");
    assert_eq!(page.next, None);
}

#[test]
fn a_target_that_nobody_heard_of_has_no_results() {
    assert!(Sample::new().reader.results(&id("nobody"), None, 10).unwrap().results.is_empty());
}

#[test]
fn pages_of_results_join_without_gap_or_overlap() {
    let mut store = Sample::new();
    for n in 0..10 {
        store.results(&[tcp_up("a", at(n), n)], at(n));
    }
    let (mut before, mut seen) = (None, Vec::new());
    loop {
        let page = store.reader.results(&id("a"), before, 3).unwrap();
        seen.extend(page.results.iter().map(|kept| kept.stamp.seq.0));
        match page.next {
            Some(next) => before = Some(next.to_string().parse().unwrap()),
            None => break,
        }
    }
    assert_eq!(seen, (1..=10).rev().collect::<Vec<_>>());
}

#[test]
fn a_follower_sees_every_event_once_and_in_order_across_boots() {
    let mut store = Sample::new();
    let (mut cursor, mut seen) = (Cursor::START, 0);
    for boot in 0..3 {
        store.events(&[(at(boot), EventBody::Stalled { for_ms: boot * 2 }), (at(boot), EventBody::Stalled { for_ms: boot * 2 + 1 })]);
        loop {
            let page = store.reader.events(cursor, 1).unwrap();
            assert!(!page.gap);
            for event in &page.events {
                assert_eq!((event.body.clone(), event.stamp.boot), (EventBody::Stalled { for_ms: seen }, BootEpoch(seen / 2 + 1)));
                seen += 1;
            }
            cursor = page.next;
            if !page.more {
                break;
            }
        }
        store = store.reopened(at(boot + 1));
    }
    assert_eq!(seen, 6);
    assert_eq!(store.reader.events(cursor, 10).unwrap().events, []);
}

#[test]
fn numbers_that_a_power_cut_took_back_are_told_again_to_who_saw_them() {
    let mut store = Sample::new();
    store.events(&[(at(0), EventBody::Stopped)]);
    let kept = store.reader.events(Cursor::START, 10).unwrap().next;
    let lost = Cursor { seq: Seq(kept.seq.0 + 1000), ..kept };
    let mut store = store.reopened(at(1));
    store.events(&[(at(1), EventBody::Stalled { for_ms: 1 })]);
    assert_eq!(store.reader.events(lost, 10).unwrap().events.len(), 1);
}

#[test]
fn a_cursor_of_another_store_is_refused() {
    let mut store = Sample::new();
    store.events(&[(at(0), EventBody::Stopped)]);
    let mine = store.reader.newest();
    for foreign in [Cursor { store: mine.store ^ 1, ..mine }, Cursor { boot: BootEpoch(9), ..mine }] {
        assert_eq!(store.reader.events(foreign, 1), Err(ReadError::ForeignCursor));
        assert_eq!(store.reader.results(&id("a"), Some(foreign), 1), Err(ReadError::ForeignCursor));
    }
    assert!(store.reader.events(mine, 1).unwrap().events.is_empty());
}

#[test]
fn followers_are_woken_until_they_let_go() {
    let mut store = Sample::new();
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let subscription = store.reader.on_commit(Box::new(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    }));
    store.events(&[(at(0), EventBody::Stopped)]);
    assert_eq!(woken.load(Ordering::SeqCst), 1);
    drop(subscription);
    store.events(&[(at(0), EventBody::Stopped)]);
    assert_eq!((woken.load(Ordering::SeqCst), Arc::strong_count(&woken)), (1, 1));
}

#[test]
fn the_board_shows_what_was_committed_and_is_rebuilt_after_a_restart() {
    let mut store = Sample::new();
    store.writer.targets(&[target("b"), target("a")], T0).unwrap();
    let failed = Arc::new(down("a", at(5), DownCause::REFUSED));
    let standing = crate::Standing { target: id("a"), status: Status::Down, since: at(5), marks: [].into(), incident: None };
    let events = [transition("a", at(5), Status::Unknown, Status::Down)];
    store.results(&[tcp_up("a", at(4), 400)], at(4));
    store
        .writer
        .append(Batch { results: &[Arc::clone(&failed)], events: &events, standings: &[standing], ..Batch::default() }, at(5))
        .unwrap();
    store.reader.board(|board| {
        assert_eq!(board.rows().map(|row| row.target.id.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let row = board.row(&id("a")).unwrap();
        assert_eq!((row.status, row.since, row.last.as_deref()), (Status::Down, at(5), Some(&*failed)));
        assert_eq!(row.outcomes.iter().map(|(outcome, n)| (outcome.word(), n)).collect::<Vec<_>>(), [("up", 1), ("down", 1)]);
        assert_eq!((board.counts()[&Status::Down], board.counts()[&Status::Unknown]), (1, 1));
        assert_eq!(board.newest, Some(at(5) + failed.duration));
        assert_eq!(board.histograms().map(|(series, seen)| (series.protocol, seen.count())).collect::<Vec<_>>(), [("tcp", 2)]);
    });
    let mut store = store.reopened(at(9));
    assert_eq!(store.reader.board(Board::len), 0);
    store.writer.targets(&[target("a")], at(9)).unwrap();
    store.reader.board(|board| {
        let row = board.row(&id("a")).unwrap();
        assert_eq!((row.status, row.since), (Status::Down, at(5)));
        assert_eq!(row.recent.iter().map(|glance| glance.look).collect::<Vec<_>>(), [Look::Up, Look::Down]);
        assert_eq!(row.last.as_deref(), Some(&*failed));
    });
    let recovered = store.reader.standing(&id("a")).unwrap().unwrap();
    assert_eq!((recovered.status, recovered.since, recovered.tail.len()), (Status::Down, at(5), 2));
    assert_eq!(store.reader.standing(&id("b")).unwrap(), None);
}

#[test]
fn targets_that_come_and_go_are_events() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a"), target("b")], at(0)).unwrap();
    store.writer.targets(&[target("b"), target("c")], at(1)).unwrap();
    let mut store = store.reopened(at(2));
    store.writer.targets(&[target("b"), target("c")], at(2)).unwrap();
    let events: Vec<_> = store.reader.events(Cursor::START, 10).unwrap().events.into_iter().map(|event| event.body).collect();
    assert_eq!(
        events,
        [
            EventBody::TargetAdded { target: id("a") },
            EventBody::TargetAdded { target: id("b") },
            EventBody::TargetRemoved { target: id("a") },
            EventBody::TargetAdded { target: id("c") },
        ]
    );
}

#[test]
fn who_reads_while_results_become_blocks_misses_none() {
    let mut store = Sample::new();
    let (reader, done) = (store.reader.clone(), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&done);
    let follower = std::thread::spawn(move || {
        let mut reads = 0;
        while seen.load(Ordering::SeqCst) == 0 {
            let newest = reader.newest().seq.0;
            let seqs: Vec<u64> = reader.results(&id("a"), None, 600).unwrap().results.iter().map(|kept| kept.stamp.seq.0).collect();
            let first = seqs.first().copied().unwrap_or(0);
            assert!(first >= newest, "{first} of {newest}");
            assert!(seqs.windows(2).all(|pair| pair[0] == pair[1] + 1) && seqs.len() as u64 == first.min(600), "{first}: {seqs:?}");
            reads += 1;
        }
        reads
    });
    // Some chunks are sealed because they are full, others because of their age, and joined.
    for n in 0..3000 {
        store.results(&[tcp_up("a", at(n), 300)], at(n * if n < 1500 { 1 } else { 40 }));
    }
    done.store(1, Ordering::SeqCst);
    assert!(follower.join().unwrap() > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn any_results_return(results in prop::collection::vec(any_result(), 1..20), cuts in prop::collection::vec(1usize..5, 1..20)) {
        let mut store = Sample::new();
        let mut rest = &results[..];
        for cut in cuts.into_iter().chain([20]) {
            let (now, later) = rest.split_at(cut.min(rest.len()));
            store.results(now, at(0));
            rest = later;
        }
        let store = if results.len() % 2 == 0 { store.reopened(at(1)) } else { store };
        let page = store.reader.results(&id("t"), None, 100).unwrap();
        prop_assert_eq!(page.results.len(), results.len());
        for (kept, result) in page.results.iter().rev().zip(&results) {
            prop_assert_eq!(&kept.result, &as_kept(result, kept));
        }
    }
}
