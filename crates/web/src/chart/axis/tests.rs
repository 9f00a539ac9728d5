use std::time::Duration;

use super::*;
use crate::sample::NOW;

fn labels(ticks: &[Tick]) -> Vec<&str> {
    ticks.iter().map(|tick| tick.label.as_str()).collect()
}

#[test]
fn durations_are_round_and_bear_their_unit() {
    assert_eq!(labels(&heights(&Scale::Linear { step: 20_000.0, lines: 2 })), ["40 ms", "20 ms", "0"]);
    assert_eq!(labels(&heights(&Scale::Linear { step: 500_000.0, lines: 3 })), ["1.5 s", "1 s", "500 ms", "0"]);
    assert_eq!(labels(&heights(&Scale::Logarithmic { from: 2, to: 4 })), ["10 ms", "1 ms", "100 µs"]);
    let ticks = heights(&Scale::Linear { step: 1.0, lines: 1 });
    assert_eq!((ticks[0].at.as_str(), ticks[1].at.as_str(), ticks[1].percent.as_str()), ("0", "200", "89.3"));
}

#[test]
fn times_are_round_and_none_is_cut_off() {
    let every = Duration::from_secs(15);
    let hour = times(&Window::until(NOW, Extent::Hour, every));
    assert_eq!(labels(&hour), ["16:00", "16:10", "16:20", "16:30", "16:40", "16:50"]);
    let day = times(&Window::until(NOW, Extent::Day, every));
    assert_eq!(labels(&day), ["20:00", "00:00", "04:00", "08:00", "12:00", "16:00"]);
    let month = times(&Window::until(NOW, Extent::Month, every));
    assert!(month.iter().all(|tick| tick.label.starts_with("Oct ") || tick.label.starts_with("Nov ")), "{month:?}");
    for tick in hour.iter().chain(&day).chain(&month) {
        let percent: f64 = tick.percent.parse().unwrap();
        assert!((EDGE..=100.0 - EDGE).contains(&percent), "{tick:?}");
    }
}
