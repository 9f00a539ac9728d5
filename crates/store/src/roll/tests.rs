use std::collections::BTreeMap;

use allswell_model::{DownCause, ProbeResult, Status, TargetId};
use proptest::prelude::*;

use super::*;
use crate::samples::{Sample, at, degraded, down, id, target, tcp_up, transition};
use crate::{Batch, Times};
use std::sync::Arc;

/// One probe: what came of it, and how long after the one before.
fn history() -> impl Strategy<Value = Vec<(u8, u64, u64)>> {
    prop::collection::vec((0u8..10, 1u64..120, 100u64..100_000), 50..250)
}

fn probe((kind, _, rtt): (u8, u64, u64), second: u64) -> (ProbeResult, Status) {
    match kind {
        0 => (down("a", at(second), DownCause::REFUSED), Status::Down),
        1 => (degraded("a", at(second)), Status::Degraded),
        _ => (tcp_up("a", at(second), rtt), Status::Up),
    }
}

/// A store that lived through this history, each result a status at once, and what it ought to know of it.
struct Lived {
    store: Sample,
    results: Vec<ProbeResult>,
    /// From which second on which status.
    statuses: BTreeMap<u64, Status>,
    end: u64,
}

fn live(history: &[(u8, u64, u64)], reopen: bool) -> Lived {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    let (mut results, mut statuses, mut second) = (Vec::new(), BTreeMap::from([(0, Status::Unknown)]), 0);
    for one in history {
        second += one.1;
        let (result, status) = probe(*one, second);
        let before = *statuses.values().next_back().unwrap();
        let events = [transition("a", at(second), before, status)];
        let batch =
            Batch { results: &[Arc::new(result.clone())], events: if before == status { &[] } else { &events }, ..Batch::default() };
        store.writer.append(batch, at(second)).unwrap();
        statuses.insert(second, status);
        results.push(result);
        if second % 5 == 0 {
            store.writer.maintain(at(second)).unwrap();
        }
    }
    let mut store = if reopen { store.reopened(at(second)) } else { store };
    store.writer.maintain(at(second)).unwrap();
    Lived { store, results, statuses, end: second }
}

impl Lived {
    fn status(&self, second: u64) -> Status {
        *self.statuses.range(..=second).next_back().unwrap().1
    }

    fn naive_times(&self, from: u64, to: u64) -> Times {
        let mut times = Times::default();
        (from..to).for_each(|second| times.add(if second < self.end { self.status(second) } else { Status::Unknown }, 1000));
        times
    }

    fn naive_rollups(&self, span: Span) -> BTreeMap<i64, Rollup> {
        let mut rollups: BTreeMap<i64, Rollup> = BTreeMap::new();
        for result in &self.results {
            let rollup = rollups.entry(span.begin(result.started.0)).or_default();
            match crate::Look::of(result) {
                crate::Look::Up => rollup.counts.up += 1,
                crate::Look::Degraded => rollup.counts.degraded += 1,
                crate::Look::Down => rollup.counts.down += 1,
                crate::Look::Unknown => rollup.counts.unknown += 1,
            }
            result.rtt.into_iter().for_each(|rtt| rollup.rtt.add(rtt));
        }
        for (begin, rollup) in &mut rollups {
            let second = |us: i64| u64::try_from((us - at(0).0) / 1_000_000).unwrap_or(0);
            let before = u64::try_from((at(0).0 - begin).max(0) / 1_000_000).unwrap();
            rollup.time = self.naive_times(second(*begin), second(begin + span.us()));
            rollup.time.unknown_ms += before * 1000;
        }
        rollups
    }
}

fn stored(store: &Sample, span: Span) -> BTreeMap<i64, Rollup> {
    let all = store.reader.rollups(&id("a"), span, Timestamp(at(0).0 - 86_400_000_000), at(1_000_000)).unwrap();
    all.into_iter().map(|(begin, rollup)| (begin.0, rollup)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn rolled_up_is_what_counting_by_hand_gives(history in history(), reopen in any::<bool>(), cut in 0.0f64..1.0) {
        let lived = live(&history, reopen);
        for span in [Span::Minute, Span::Hour, Span::Day] {
            prop_assert_eq!(stored(&lived.store, span), lived.naive_rollups(span), "{:?}", span);
        }
        let from = (lived.end as f64 * cut) as u64;
        prop_assert_eq!(lived.store.reader.uptime(&id("a"), at(from), at(lived.end)).unwrap(), lived.naive_times(from, lived.end));
        let from_minute = Timestamp(Span::Minute.begin(at(from).0));
        let mut sketch = crate::Sketch::default();
        lived.results.iter().filter(|result| result.started >= from_minute).filter_map(|result| result.rtt).for_each(|rtt| sketch.add(rtt));
        prop_assert_eq!(lived.store.reader.quantiles(&id("a"), from_minute, at(lived.end + 1)).unwrap(), sketch);
    }
}

fn rolled(store: &Sample) -> Option<i64> {
    store.writer.connection.query_row("SELECT rolled_us FROM targets WHERE id = 'a'", [], |row| row.get(0)).unwrap()
}

#[test]
fn a_result_that_comes_late_is_rolled_up_all_the_same() {
    let mut store = Sample::new();
    store.results(&[tcp_up("a", at(10), 300)], at(10));
    store.results(&[tcp_up("a", at(8000), 300)], at(8000));
    store.writer.maintain(at(9000)).unwrap();
    assert!(rolled(&store).is_some());
    store.results(&[tcp_up("a", at(11), 300)], at(9000));
    store.writer.maintain(at(9001)).unwrap();
    let hours = store.reader.rollups(&id("a"), Span::Hour, Timestamp(at(0).0 - 3_600_000_000), at(100)).unwrap();
    assert_eq!(hours.iter().map(|(_, hour)| hour.counts.up).sum::<u64>(), 2);
}

#[test]
fn what_a_crash_left_is_rolled_up_at_the_next_start() {
    let history: Vec<_> = (0..200u64).map(|n| (if n % 20 < 3 { 0 } else { 5 }, 60, 300 + n)).collect();
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], at(0)).unwrap();
    let (mut results, mut statuses, mut end) = (Vec::new(), BTreeMap::from([(0, Status::Unknown)]), 0);
    for one in &history {
        end += one.1;
        let (result, status) = probe(*one, end);
        let before = *statuses.values().next_back().unwrap();
        statuses.insert(end, status);
        let events = [transition("a", at(end), before, status)];
        let batch = Batch { results: &[Arc::new(result.clone())], events: &events[usize::from(before == status)..], ..Batch::default() };
        store.writer.append(batch, at(end)).unwrap();
        results.push(result);
    }
    assert_eq!(rolled(&store), None);
    // It was killed, and is started again most of a day later: nobody watched meanwhile.
    let store = store.reopened(at(80_000));
    let mut lived = Lived { store, results, statuses, end };
    (0..5).for_each(|n| lived.store.writer.maintain(at(80_000 + n)).unwrap());
    assert!(rolled(&lived.store).unwrap() > at(end).0);
    for span in [Span::Minute, Span::Hour, Span::Day] {
        let expected = lived.naive_rollups(span);
        let found = stored(&lived.store, span);
        assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
        for (begin, rollup) in &expected {
            let found = &found[begin];
            assert_eq!((found.counts, &found.rtt), (rollup.counts, &rollup.rtt), "{span:?} {begin}");
            assert_eq!((found.time.up_ms, found.time.down_ms), (rollup.time.up_ms, rollup.time.down_ms), "{span:?} {begin}");
        }
    }
    let times = lived.store.reader.uptime(&id("a"), at(0), at(80_000)).unwrap();
    let naive = lived.naive_times(0, end);
    assert_eq!((times.observed_ms(), times.total_ms()), (naive.observed_ms(), 80_000_000));
    assert!((times.coverage() - (naive.observed_ms() as f64 / 80_000_000.0)).abs() < 1e-9 && times.uptime() == naive.uptime());
}

fn roll_rows(store: &Sample, span: Span) -> Vec<Rollup> {
    rows(&store.writer.connection, 1, span, i64::MIN, i64::MAX)
        .unwrap()
        .into_iter()
        .flat_map(|(_, rows)| rows)
        .map(|(_, row)| row)
        .collect()
}

#[test]
fn a_clock_that_jumps_years_ahead_and_back_costs_little() {
    let mut store = Sample::new();
    store.results(&[tcp_up("a", at(0), 300)], at(0));
    let far = at(10 * 365 * 86_400);
    store.results(&[tcp_up("a", far, 300)], far);
    store.writer.maintain(far).unwrap();
    store.writer.maintain(far).unwrap();
    store.results(&[tcp_up("a", at(10), 300)], at(10));
    store.writer.maintain(at(8000)).unwrap();
    assert_eq!(roll_rows(&store, Span::Hour).iter().map(|hour| hour.counts.up).sum::<u64>(), 2);
    assert_eq!(store.reader.results(&TargetId::new("a").unwrap(), None, 10).unwrap().results.len(), 3);
}
