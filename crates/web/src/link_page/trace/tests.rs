use super::*;
use crate::sample::NOW;

fn point(ago_s: u64, rtt_us: Option<u64>, state: LinkState) -> LinkPoint {
    LinkPoint {
        at: NOW - Duration::from_secs(ago_s),
        rtt: rtt_us.map(Duration::from_micros),
        loss_forward: Some(0.0),
        loss_reverse: None,
        state,
    }
}

#[test]
fn without_points_there_is_no_drawing() {
    assert_eq!(draw(&[], None), None);
}

#[test]
fn the_line_breaks_where_nothing_answered_and_a_gap_is_hatched() {
    let up = |ago| point(ago, Some(200), LinkState::Up);
    let points = [up(50), up(49), point(48, None, LinkState::Down), up(47), up(20), up(19)];
    let trace = draw(&points, Some(Duration::from_micros(180))).unwrap();
    assert_eq!(trace.median.matches('M').count(), 3, "{}", trace.median);
    assert_eq!((trace.gaps.matches('M').count(), trace.down.matches('M').count()), (1, 1));
    assert!(trace.normal.is_some() && trace.stalled.is_empty() && trace.there.is_empty());
    assert_eq!(trace.rows.first().map(|row| row.at.as_str()), Some("16:53:58"));
    assert!(
        trace.sentence.starts_with("Median 0.20 ms (normal 0.18 ms); no second lost a packet; in 1 it was not up."),
        "{}",
        trace.sentence
    );
}

#[test]
fn one_lost_packet_is_seen() {
    let lossy = LinkPoint { loss_forward: Some(0.001), ..point(1, Some(200), LinkState::Up) };
    let trace = draw(&[point(2, Some(200), LinkState::Up), lossy], None).unwrap();
    assert!(trace.there.contains("V187H"), "five high at least: {}", trace.there);
    assert!(trace.back.is_empty());
    assert!(trace.sentence.contains("1 of 2 seconds lost packets"));
}

#[test]
fn the_scale_is_round_and_holds_the_longest() {
    for micros in [7, 210, 1_950, 48_000, 1_300_000] {
        let trace = draw(&[point(1, Some(micros), LinkState::Up)], None).unwrap();
        let said: Vec<&str> = trace.heights.iter().map(|tick| tick.label.as_str()).collect();
        assert!((2..=5).contains(&said.len()) && said.last() == Some(&"0"), "{said:?}");
        let y: f64 = trace.median.split(' ').nth(1).and_then(|rest| rest.split('H').next()).unwrap().parse().unwrap();
        assert!((0.0..80.0).contains(&y), "in the upper half: {y} of {said:?}");
    }
}

#[test]
fn times_are_round() {
    let points: Vec<LinkPoint> = (1..=120).rev().map(|ago| point(ago, Some(200), LinkState::Up)).collect();
    let trace = draw(&points, None).unwrap();
    let said: Vec<&str> = trace.times.iter().map(|tick| tick.label.as_str()).collect();
    assert_eq!(said, ["−1 min 30 s", "−1 min", "−30 s"]);
}
