use allswell_store::Counts;

use super::*;
use crate::chart::extent::Extent;

fn bucket(up: u64, degraded: u64, down: u64, unknown: u64) -> Rollup {
    Rollup { counts: Counts { up, degraded, down, unknown }, ..Rollup::default() }
}

/// Four buckets of a minute.
fn window() -> Window {
    Window { extent: Extent::Hour, from: Timestamp(0), step_us: 60_000_000, count: 4 }
}

const PATIENCE: Duration = Duration::from_secs(50);

#[test]
fn what_failed_is_as_high_as_its_share_and_washes_the_plot() {
    let buckets = [bucket(4, 0, 0, 0), bucket(2, 0, 2, 0), bucket(0, 0, 4, 0), bucket(99, 0, 1, 0)];
    let marks = draw(&buckets, &window(), Timestamp(240_000_000), PATIENCE);
    assert_eq!(marks.wash, "M180 0H360V200H180zM360 0H540V200H360zM540 0H720V200H540z");
    assert_eq!(marks.down, "M180 215H360V224H180zM360 206H540V224H360zM540 217.7H720V224H540z", "the last one is seen though it is small");
    assert_eq!((marks.unknown.as_str(), marks.gaps.as_str()), ("", ""));
}

#[test]
fn what_tells_nothing_and_what_warns_have_marks_of_their_own() {
    let marks = draw(&[bucket(0, 0, 0, 1), bucket(0, 1, 0, 0), bucket(1, 0, 0, 0), bucket(1, 0, 0, 0)], &window(), Timestamp(0), PATIENCE);
    assert_eq!(marks.unknown, "M0 206H180V224H0z");
    assert_eq!(marks.degraded, "M180 206H360V224H180z");
    assert_eq!((marks.wash.as_str(), marks.down.as_str()), ("", ""));
}

#[test]
fn a_gap_is_hatched_once_it_is_one() {
    let buckets = [bucket(1, 0, 0, 0), bucket(0, 0, 0, 0), bucket(1, 0, 0, 0), bucket(0, 0, 0, 0)];
    let last_begins = 180_000_000;
    let early = draw(&buckets, &window(), Timestamp(last_begins + 50_000_000), PATIENCE);
    assert_eq!(early.gaps, "M180 0H360V224H180z");
    let late = draw(&buckets, &window(), Timestamp(last_begins + 51_000_000), PATIENCE);
    assert_eq!(late.gaps, "M180 0H360V224H180zM540 0H720V224H540z");
}
