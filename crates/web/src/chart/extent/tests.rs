use allswell_store::Counts;

use super::*;
use crate::sample::NOW;

const S: Duration = Duration::from_secs(1);

#[test]
fn a_window_ends_after_now_and_has_whole_buckets() {
    for (extent, step_s, count) in [(Extent::Hour, 60, 60), (Extent::Day, 600, 144), (Extent::Month, 14_400, 180)] {
        let window = Window::until(NOW, extent, 15 * S);
        assert_eq!((window.step_us / 1_000_000, window.count), (step_s, count), "{extent:?}");
        assert_eq!(window.from.0 % window.step_us, 0);
        assert!(window.to() > NOW && window.to() - Duration::from_micros(window.step_us.unsigned_abs()) <= NOW);
    }
}

#[test]
fn no_bucket_is_shorter_than_the_interval() {
    for (every, step_s, count) in [(60 * S, 60, 60), (61 * S, 120, 30), (300 * S, 300, 12), (3_600 * S, 3_600, 1), (86_400 * S, 3_600, 1)] {
        let window = Window::until(NOW, Extent::Hour, every);
        assert_eq!((window.step_us / 1_000_000, window.count), (step_s, count), "{every:?}");
    }
}

#[test]
fn what_began_in_a_bucket_is_counted_there_and_what_lies_outside_nowhere() {
    let window = Window::until(NOW, Extent::Hour, 15 * S);
    let one = Rollup { counts: Counts { up: 1, ..Counts::default() }, ..Rollup::default() };
    let begins = [window.from - S, window.from, window.begin(1), window.begin(1) + 59 * S, window.to()];
    let gathered = window.gather(&begins.map(|begin| (begin, one.clone())));
    assert_eq!(gathered.iter().map(|bucket| bucket.counts.up).take(3).collect::<Vec<_>>(), [1, 2, 0]);
    assert_eq!(gathered.iter().map(|bucket| bucket.counts.up).sum::<u64>(), 3);
}

#[test]
fn every_extent_is_known_by_its_code() {
    for extent in Extent::ALL {
        assert_eq!(Extent::from_code(extent.code()), Some(extent));
    }
    assert_eq!(Extent::from_code("2h"), None);
}
