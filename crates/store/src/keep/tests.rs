use allswell_model::DownCause;

use super::*;
use crate::samples::{at, degraded, down, tcp_up};

#[test]
fn a_clock_set_back_does_not_silence_a_failure() {
    let mut keep = Keep::default();
    let kept: Vec<bool> =
        [100, 101, 50, 51].into_iter().map(|second| keep.hear(&Arc::new(down("a", at(second), DownCause::REFUSED))).whole).collect();
    assert_eq!(kept, [true, false, true, false]);
}

#[test]
fn only_what_was_not_whole_is_amended() {
    let mut keep = Keep::default();
    keep.hear(&Arc::new(down("a", at(0), DownCause::REFUSED)));
    assert!(keep.compact().is_none());
    assert!(keep.hear(&Arc::new(degraded("a", at(1)))).amends.is_none());
    keep.hear(&Arc::new(degraded("a", at(2))));
    let kept = keep.hear(&Arc::new(tcp_up("a", at(3), 300)));
    assert_eq!((kept.whole, kept.amends.map(|result| result.started)), (false, Some(at(2))));
    assert!(keep.hear(&Arc::new(tcp_up("a", at(4), 300))).amends.is_none());
}

#[test]
fn the_last_good_one_before_a_failure_is_whole_but_not_at_each_flap() {
    let mut keep = Keep::default();
    let mut amended = Vec::new();
    for second in 0..200 {
        keep.hear(&Arc::new(tcp_up("a", at(second * 2), 300)));
        let kept = keep.hear(&Arc::new(down("a", at(second * 2 + 1), DownCause::REFUSED)));
        amended.extend(kept.amends.map(|good| good.started));
    }
    assert_eq!(amended, [0, 60, 120, 180, 240, 300, 360].map(at));
}
