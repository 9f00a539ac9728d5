use allswell_store::Counts;

use super::extent::Extent;
use super::*;
use crate::sample::NOW;

const EVERY: Duration = Duration::from_secs(15);

fn minute(up: u64, down: u64, ms: u64) -> Rollup {
    let mut rollup = Rollup { counts: Counts { up, down, ..Counts::default() }, ..Rollup::default() };
    (0..up).for_each(|_| rollup.rtt.add(Duration::from_millis(ms)));
    rollup
}

#[test]
fn it_says_what_it_shows() {
    let window = Window::until(NOW, Extent::Hour, EVERY);
    let chart = draw(&window, &[(window.begin(3), minute(4, 0, 30)), (window.begin(5), minute(2, 2, 30))], NOW, EVERY);
    assert_eq!(chart.sentence, "Half answered within 30 ms, 99% within 30 ms; 2 of 8 failed.");
    assert_eq!(chart.rows.len(), 2, "empty buckets have no row");
    let row = &chart.rows[1];
    assert_eq!((row.number, row.results.as_str(), row.down, row.quantiles[1].as_str()), (5, "4", 2, "30 ms"));
    assert!(!chart.band.median.is_empty() && !chart.marks.gaps.is_empty());
}

#[test]
fn where_nothing_answered_it_says_how_much_failed_and_where_nothing_was_measured_that() {
    let window = Window::until(NOW, Extent::Hour, EVERY);
    let chart = draw(&window, &[(window.begin(3), minute(0, 4, 0))], NOW, EVERY);
    assert_eq!((chart.sentence.as_str(), chart.rows[0].quantiles[0].as_str()), ("4 of 4 failed.", "–"));
    let nothing = draw(&window, &[], NOW, EVERY);
    assert_eq!(nothing.sentence, "Nothing was measured in this time.");
    assert!(nothing.heights.is_empty() && nothing.rows.is_empty() && nothing.band.median.is_empty());
}
