use std::time::Duration;

use allswell_model::Status;

use super::*;
use crate::samples::{Sample, T0, at, id, settings, target, tcp_up, transition};
use crate::{Retention, Settings, open};

/// A probe every 7 minutes for 4 days, down for the first of every 5 hours; then all is rolled up that can be.
const EVERY: u64 = 420;
const END: u64 = 4 * 86_400;

fn is_down(second: u64) -> bool {
    (second / 3600).is_multiple_of(5)
}

fn rtt(second: u64) -> u64 {
    100 + second * 7919 % 100_000
}

fn lived(retention: Retention) -> Sample {
    let folder = tempfile::tempdir().unwrap();
    let (writer, reader) = open(&Settings { retention, ..settings(folder.path()) }, T0).unwrap();
    let mut store = Sample { folder, writer, reader };
    store.writer.targets(&[target("a")], T0).unwrap();
    store.events(&[transition("a", T0, Status::Unknown, Status::Down)]);
    for second in (0..END).step_by(EVERY as usize) {
        store.results(&[tcp_up("a", at(second), rtt(second))], at(second));
    }
    for second in (3600..END).step_by(3600).filter(|second| is_down(*second) != is_down(second - 1)) {
        let (from, to) = if is_down(second) { (Status::Up, Status::Down) } else { (Status::Down, Status::Up) };
        store.events(&[transition("a", at(second), from, to)]);
    }
    (0..200).for_each(|_| store.writer.maintain(at(END)).unwrap());
    store
}

fn ranges() -> impl Iterator<Item = (u64, u64)> {
    (0..40).map(|n| (n * 7_777 % END, n * 31_337 % END)).map(|(a, b)| (a.min(b), a.max(b))).chain([(0, END)])
}

fn naive(from: u64, to: u64) -> Times {
    let down = (from..to).filter(|second| is_down(*second)).count() as u64;
    Times { up_ms: (to - from - down) * 1000, down_ms: down * 1000, ..Times::default() }
}

fn naive_sketch(from: Timestamp, to: Timestamp) -> Sketch {
    let mut sketch = Sketch::default();
    (0..END)
        .step_by(EVERY as usize)
        .filter(|second| (from..to).contains(&at(*second)))
        .for_each(|second| sketch.add(Duration::from_micros(rtt(second))));
    sketch
}

#[test]
fn figures_are_those_of_counting_by_hand_whatever_they_are_made_of() {
    let store = lived(Retention::default());
    for (from, to) in ranges() {
        assert_eq!(store.reader.uptime(&id("a"), at(from), at(to)).unwrap(), naive(from, to), "{from}..{to}");
        let minute = |second| Timestamp(Span::Minute.begin(at(second).0));
        let (from, to) = (minute(from), minute(to));
        assert_eq!(store.reader.quantiles(&id("a"), from, to).unwrap(), naive_sketch(from, to), "{from:?}..{to:?}");
    }
}

#[test]
fn where_single_results_and_minutes_are_gone_hours_tell() {
    let hour = Duration::from_secs(3600);
    let store = lived(Retention { raw: 3 * hour, minutes: hour, ..Retention::default() });
    for (from, to) in ranges() {
        assert_eq!(store.reader.uptime(&id("a"), at(from), at(to)).unwrap(), naive(from, to), "{from}..{to}");
    }
    let whole = |second| Timestamp(Span::Hour.begin(at(second).0));
    let (from, to) = (whole(10_000), whole(300_000));
    assert_eq!(store.reader.quantiles(&id("a"), from, to).unwrap(), naive_sketch(from, to));
}

#[test]
fn a_chart_joins_what_is_rolled_up_and_what_is_not() {
    let mut store = lived(Retention::default());
    store.results(&[tcp_up("a", at(END), 300), tcp_up("a", at(END + 1), 300)], at(END + 1));
    for span in [Span::Minute, Span::Hour, Span::Day] {
        let all = store.reader.rollups(&id("a"), span, at(0) - Duration::from_secs(86_400), at(END + 10)).unwrap();
        assert!(all.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(all.iter().map(|(_, rollup)| rollup.counts.total()).sum::<u64>(), END.div_ceil(EVERY) + 2, "{span:?}");
    }
}

#[test]
fn all_of_time_is_answered_at_once() {
    let store = lived(Retention::default());
    let (from, to) = (Timestamp(0), Timestamp(i64::MAX));
    assert_eq!(store.reader.quantiles(&id("a"), from, to).unwrap().count(), END.div_ceil(EVERY));
    assert_eq!(store.reader.uptime(&id("a"), from, to).unwrap().observed_ms(), naive(0, END).observed_ms());
    assert!(!store.reader.rollups(&id("a"), Span::Day, from, to).unwrap().is_empty());
    assert_eq!(store.reader.quantiles(&id("a"), Timestamp(i64::MIN), to).unwrap().count(), END.div_ceil(EVERY));
    assert_eq!(store.reader.uptime(&id("nobody"), to, from).unwrap(), Times::default());
}

#[test]
fn the_day_that_runs_is_whole_though_single_results_are_kept_for_hours_only() {
    let hour = Duration::from_secs(3600);
    let folder = tempfile::tempdir().unwrap();
    let retention = Retention { raw: 3 * hour, ..Retention::default() };
    let (writer, reader) = open(&Settings { retention, ..settings(folder.path()) }, T0).unwrap();
    let mut store = Sample { folder, writer, reader };
    store.writer.targets(&[target("a")], T0).unwrap();
    store.events(&[transition("a", T0, Status::Unknown, Status::Up)]);
    let midnight = Span::Day.next(T0.0);
    let end = (midnight - T0.0) as u64 / 1_000_000 + 20 * 3600 + 600;
    for second in (0..=end).step_by(60) {
        store.results(&[tcp_up("a", at(second), rtt(second))], at(second));
        store.writer.maintain(at(second)).unwrap();
    }
    assert!(store.reader.results(&id("a"), None, 100_000).unwrap().results.len() < 8 * 60);
    let days = store.reader.rollups(&id("a"), Span::Day, Timestamp(midnight), at(end)).unwrap();
    let today = &days[0].1;
    let heard = (0..=end).step_by(60).filter(|second| at(*second).0 >= midnight).count() as u64;
    assert_eq!((days.len(), today.counts.up, today.rtt.count()), (1, heard, heard));
    assert_eq!((today.time.up_ms, today.time.total_ms()), (((at(end / 60 * 60).0 - midnight) / 1000) as u64, 86_400_000));
}

#[test]
fn a_target_that_is_probed_a_few_times_a_day_is_covered_all_day() {
    let mut store = Sample::new();
    store.writer.targets(&[target("a")], T0).unwrap();
    store.events(&[transition("a", T0, Status::Unknown, Status::Up)]);
    for second in (0..END).step_by(600) {
        if second.is_multiple_of(6 * 3600) {
            store.results(&[tcp_up("a", at(second), 300)], at(second));
        }
        store.writer.maintain(at(second)).unwrap();
    }
    let end = END - 600;
    let times = store.reader.uptime(&id("a"), T0, at(end)).unwrap();
    assert_eq!((times.up_ms, times.total_ms()), (end * 1000, end * 1000));
    let days = store.reader.rollups(&id("a"), Span::Day, T0, at(end)).unwrap();
    assert!(days.iter().rev().skip(1).all(|(_, day)| day.time.up_ms == 86_400_000), "{days:?}");
}
