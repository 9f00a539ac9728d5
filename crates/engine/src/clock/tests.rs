use super::*;

#[test]
fn a_jump_is_told_and_a_slew_is_followed() {
    let start = Instant::now();
    let clock = Clock::anchored(start, Timestamp(1_000_000_000));
    let later = start + Duration::from_secs(1);
    assert_eq!(clock.utc(later), Timestamp(1_001_000_000));
    assert_eq!(clock.compare(later, Timestamp(1_001_000_300)), None, "0.3 ms of slew");
    assert_eq!(clock.utc(later), Timestamp(1_001_000_300));
    assert_eq!(clock.compare(later, Timestamp(1_001_000_300 + 3_600_000_000)), Some(3_600_000));
    assert_eq!(clock.compare(later, Timestamp(1_001_000_300)), Some(-3_600_000), "and back");
    assert_eq!(clock.utc(later), Timestamp(1_001_000_300));
}

#[test]
fn moments_and_instants_agree() {
    let start = Instant::now();
    let clock = Clock::anchored(start, Timestamp(0));
    let at = start + Duration::from_micros(1_234_567);
    assert_eq!(clock.instant(clock.moment(at)), at);
}
