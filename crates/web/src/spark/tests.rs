use super::*;

const EVERY: Duration = Duration::from_secs(15);
const NOW: Timestamp = Timestamp(1_000_000_000_000);

fn turn(back: u32, came: Came, rtt_ms: Option<u64>) -> Turn {
    Turn { at: NOW - EVERY * back, came, rtt: rtt_ms.map(Duration::from_millis) }
}

#[test]
fn bars_stand_where_their_time_is_and_gaps_are_boxes() {
    let spark = draw([turn(0, Came::Up, Some(10)), turn(1, Came::Down, None), turn(3, Came::Up, Some(5))].into_iter(), EVERY, NOW);
    assert_eq!(spark.up.matches('M').count(), 2);
    assert!(spark.up.contains("M178 20v-18"), "the tallest bar stands last: {}", spark.up);
    assert!(spark.up.contains("M169 20v-10"), "half the time, half the height: {}", spark.up);
    assert_eq!(spark.down, "M175 20v-20");
    assert_eq!(spark.gaps, "M0 0h168v20h-168zM171 0h3v20h-3z");
    assert_eq!(spark.label, "last 15 min: 2 up, 1 down, 57 without a result");
}

#[test]
fn a_turn_that_is_under_way_is_no_gap() {
    let spark = draw((0..60).map(|back| turn(back, Came::Up, Some(1))), EVERY, NOW + Duration::from_secs(14));
    assert_eq!(spark.gaps, "");
}

#[test]
fn a_recheck_stands_at_its_own_time_and_the_worse_of_one_place_is_seen() {
    let at = |ms: u64| Turn { at: NOW - Duration::from_millis(ms), ..turn(0, Came::Up, None) };
    let spark = draw([at(0), Turn { came: Came::Down, ..at(2_000) }, at(5_000)].into_iter(), EVERY, NOW);
    assert_eq!((spark.up.as_str(), spark.down.as_str()), ("M177 20v-3", "M178 20v-20"));
    let spark = draw([Turn { came: Came::Down, ..at(0) }, at(2_000)].into_iter(), EVERY, NOW);
    assert_eq!((spark.up.as_str(), spark.down.as_str()), ("", "M178 20v-20"));
}

#[test]
fn a_turn_that_is_late_is_no_gap_and_two_that_are_missing_are_one() {
    let at = |ms: u64| Turn { at: NOW - Duration::from_millis(ms), ..turn(0, Came::Up, None) };
    let late = (0..60).map(|back| at(back * 15_000 + back % 3 * 1_500));
    assert_eq!(draw(late, EVERY, NOW).gaps, "");
    let spark = draw((0..60).filter(|back| !(10..12).contains(back)).map(|back| turn(back, Came::Up, None)), EVERY, NOW);
    assert_eq!((spark.gaps.as_str(), spark.label.as_str()), ("M144 0h6v20h-6z", "last 15 min: 58 up, 2 without a result"));
}

#[test]
fn when_nothing_more_is_heard_the_gap_is_at_the_end() {
    let spark = draw((0..60).map(|back| turn(back, Came::Up, None)), EVERY, NOW + EVERY * 4);
    assert_eq!(spark.gaps, "M168 0h12v20h-12z");
}

#[test]
fn nothing_heard_is_one_gap_and_older_turns_fall_off() {
    let spark = draw([turn(60, Came::Up, None), turn(9_999_999, Came::Up, None)].into_iter(), EVERY, NOW);
    assert_eq!(spark.gaps, "M0 0h180v20h-180z");
    assert_eq!(spark.up, "");
}
