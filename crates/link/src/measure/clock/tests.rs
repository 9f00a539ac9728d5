use super::*;

const MS: u64 = 1_000_000;
const WALL: u64 = 1_700_000_000_000 * MS;

/// Sends and receives every 50 ms, each later than the clock says by what `late` makes of its number; returns how often a jump was seen.
fn jumps(late: impl Fn(u64) -> u64, wall: impl Fn(u64) -> u64) -> usize {
    let mut offset = Offset::default();
    let seen = (1..400).filter(|number| {
        let true_time = number * 25 * MS;
        let stamp = Stamp(wall(true_time));
        match number % 2 {
            0 => offset.sent(Moment(true_time - late(*number)), stamp),
            _ => offset.received(Moment(true_time + late(*number)), stamp),
        }
    });
    seen.count()
}

#[test]
fn being_late_is_no_jump() {
    assert_eq!(jumps(|number| number * 7_919 % 20 * MS, |time| WALL + time), 0);
}

#[test]
fn a_clock_read_once_for_a_batch_is_no_jump() {
    let mut offset = Offset::default();
    assert!(!offset.received(Moment(10 * MS), Stamp(WALL + 10 * MS + 900_000)));
    assert!(!offset.sent(Moment(11 * MS), Stamp(WALL + 11 * MS)));
}

#[test]
fn a_jump_either_way_is_seen_once() {
    for by in [-3_600_000, -40, -4, 4, 40, 3_600_000] {
        let jump = |time: u64| (WALL + time).saturating_add_signed(if time > 5_000 * MS { by * 1_000_000 } else { 0 });
        assert_eq!(jumps(|number| number % 3 * 100_000, jump), 1, "{by} ms");
    }
}

#[test]
fn it_takes_any_number() {
    let mut offset = Offset::default();
    for (moment, stamp) in [(0, u64::MAX), (u64::MAX, 1), (u64::MAX, u64::MAX), (0, 1)] {
        let _ = offset.sent(Moment(moment), Stamp(stamp));
        let _ = offset.received(Moment(moment), Stamp(stamp));
    }
}
