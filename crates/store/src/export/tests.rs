use std::time::Duration;

use allswell_model::{DownCause, EventBody, Status};

use super::*;
use crate::samples::{Sample, as_kept, at, down, id, target, tcp_up, transition};
use crate::{Batch, Kept, Span, look_at};

const ALL: Stretch = Stretch { targets: None, from: Timestamp(i64::MIN), to: Timestamp(i64::MAX) };

/// Three targets over some hours, some of it in blocks, some not; `c` is not watched any more.
fn lived() -> Sample {
    let mut store = Sample::new();
    store.writer.targets(&[target("a"), target("b"), target("c")], at(0)).unwrap();
    for n in 0..900 {
        let failed = |name: &str| if n % 100 == 7 { down(name, at(n * 20), DownCause::REFUSED) } else { tcp_up(name, at(n * 20), 300 + n) };
        store.results(&[failed("a"), failed("b"), failed("c")][..if n < 450 { 3 } else { 2 }], at(n * 20));
        if n == 450 {
            store.writer.targets(&[target("a"), target("b")], at(n * 20)).unwrap();
        }
        if n % 50 == 0 {
            store.events(&[transition("b", at(n * 20), Status::Up, Status::Down), (at(n * 20), EventBody::Stalled { for_ms: n })]);
        }
        store.writer.maintain(at(n * 20)).unwrap();
    }
    store
}

fn results(reader: &Reader, of: Stretch) -> Vec<Kept> {
    reader.export_results(of).map(Result::unwrap).collect()
}

/// The same by pages, the newest first.
fn by_pages(reader: &Reader, name: &str, from: Timestamp, to: Timestamp) -> Vec<Kept> {
    let mut all = reader.results(&id(name), None, 10_000).unwrap().results;
    all.retain(|kept| (from..to).contains(&kept.result.started));
    all.reverse();
    all
}

#[test]
fn results_come_target_by_target_in_their_order() {
    let store = lived();
    let all = results(&store.reader, ALL);
    let expected: Vec<_> = ["a", "b", "c"].into_iter().flat_map(|name| by_pages(&store.reader, name, ALL.from, ALL.to)).collect();
    assert_eq!((all.len(), all == expected), (900 + 900 + 450, true));
    for (from, to) in [(at(0), at(1)), (at(3000), at(9001)), (at(17_900), at(20_000)), (at(5), at(5)), (at(9), at(3))] {
        let some = Stretch { targets: Some(vec![id("b"), id("nobody"), id("a")]), from, to };
        let expected: Vec<_> = ["b", "a"].into_iter().flat_map(|name| by_pages(&store.reader, name, from, to)).collect();
        assert!(results(&store.reader, some) == expected, "{from:?}..{to:?}");
    }
}

#[test]
fn what_becomes_a_block_while_it_is_read_comes_once() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    let all: Vec<_> = (0..700).map(|n| tcp_up("a", at(n), 300 + n)).collect();
    all.iter().take(500).for_each(|result| store.results(std::slice::from_ref(result), result.started));
    let mut exported = store.reader.export_results(ALL);
    let mut seen: Vec<_> = exported.by_ref().take(10).map(Result::unwrap).collect();
    // The rest is sealed, and short blocks are joined.
    all.iter().skip(500).for_each(|result| store.results(std::slice::from_ref(result), result.started));
    store.writer.append(Batch::default(), at(100_000)).unwrap();
    seen.extend(exported.map(Result::unwrap));
    assert!((500..=700).contains(&seen.len()), "{}", seen.len());
    for (kept, result) in seen.iter().zip(&all) {
        assert_eq!(kept.result, as_kept(result, kept));
    }
}

#[test]
fn events_come_in_the_order_of_the_log() {
    let store = lived();
    let all: Vec<_> = store.reader.export_events(ALL).map(Result::unwrap).collect();
    assert_eq!(all, store.reader.events(crate::Cursor::START, 10_000).unwrap().events);
    for (targets, from, to) in [(vec!["b"], at(0), at(90_000)), (vec!["a", "b", "x"], at(1000), at(5000)), (vec!["x"], at(0), at(9))] {
        let targets: Vec<_> = targets.into_iter().map(id).collect();
        let expected: Vec<_> = all
            .iter()
            .filter(|event| event.body.target().is_some_and(|target| targets.contains(target)) && (from..to).contains(&event.stamp.at))
            .cloned()
            .collect();
        let some = store.reader.export_events(Stretch { targets: Some(targets), from, to });
        assert_eq!(some.map(Result::unwrap).collect::<Vec<_>>(), expected);
    }
}

#[test]
fn a_log_of_many_pages_is_read_to_its_end() {
    let mut store = Sample::new();
    let events: Vec<_> = (0..2000).map(|n| (at(n), EventBody::Stalled { for_ms: n })).collect();
    store.events(&events);
    let some = Stretch { from: at(1990), ..ALL };
    assert_eq!(store.reader.export_events(some).map(Result::unwrap).count(), 10);
    assert_eq!(store.reader.export_events(ALL).map(Result::unwrap).count(), 2000);
}

#[test]
fn rollups_are_those_of_the_charts_over_gaps_of_years() {
    let mut store = lived();
    // A year later, and not rolled up yet.
    let later = 365 * 86_400;
    (0..30).for_each(|n| store.results(&[tcp_up("b", at(later + n * 60), 300)], at(later + n * 60)));
    for span in [Span::Minute, Span::Hour, Span::Day] {
        let all: Vec<_> = store.reader.export_rollups(span, ALL).map(Result::unwrap).collect();
        let expected: Vec<_> = ["a", "b", "c"]
            .into_iter()
            .flat_map(|name| {
                let all = store.reader.rollups(&id(name), span, at(0) - Duration::from_secs(86_400), at(later + 86_400)).unwrap();
                all.into_iter().map(move |(begin, rollup)| Rolled { target: id(name), span, begin, rollup })
            })
            .collect();
        assert_eq!(all, expected, "{span:?}");
        assert_eq!(all.iter().map(|one| one.rollup.counts.total()).sum::<u64>(), 900 + 930 + 450);
        let some = Stretch { targets: Some(vec![id("b")]), from: at(5000), to: at(12_000) };
        let some: Vec<_> = store.reader.export_rollups(span, some).map(Result::unwrap).collect();
        let of_b = store.reader.rollups(&id("b"), span, at(5000), at(12_000)).unwrap();
        assert_eq!(some.into_iter().map(|one| (one.begin, one.rollup)).collect::<Vec<_>>(), of_b);
    }
}

#[test]
fn ids_come_page_by_page() {
    let store = lived();
    let first = store.reader.known_targets(None, 2).unwrap();
    assert_eq!(first, [id("a"), id("b")]);
    assert_eq!(store.reader.known_targets(first.last(), 2).unwrap(), [id("c")]);
}

#[test]
fn damage_is_told_once_and_ends_it() {
    let store = lived();
    store.writer.connection.execute_batch("UPDATE blocks SET data = zeroblob(length(data)) WHERE target = 2").unwrap();
    let told: Vec<_> = store.reader.export_results(ALL).map(|one| one.is_ok()).collect();
    assert_eq!((told.len(), told.last()), (901, Some(&false)));
}

#[test]
fn an_export_from_beside_is_the_same() {
    let store = lived();
    let beside = look_at(&store.folder.path().join("store")).unwrap();
    assert!(results(&beside, ALL) == results(&store.reader, ALL));
    let rollups = |reader: &Reader| reader.export_rollups(Span::Hour, ALL).map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(rollups(&beside), rollups(&store.reader));
    let events = |reader: &Reader| reader.export_events(ALL).map(Result::unwrap).collect::<Vec<_>>();
    assert_eq!(events(&beside), events(&store.reader));
}
