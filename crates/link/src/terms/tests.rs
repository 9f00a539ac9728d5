//! Bounds, and what follows from two ends' wishes.

use super::*;

const MS: Duration = Duration::from_millis(1);

#[test]
fn bounds_are_inclusive() {
    for (interval, multiplier, sound) in [
        (SHORTEST, LEAST_MULTIPLIER, true),
        (LONGEST, MOST_MULTIPLIER, true),
        (SHORTEST - Duration::from_nanos(1), 3, false),
        (LONGEST + Duration::from_nanos(1), 3, false),
        (Duration::ZERO, 3, false),
        (50 * MS, LEAST_MULTIPLIER - 1, false),
        (50 * MS, MOST_MULTIPLIER + 1, false),
        (50 * MS, 0, false),
    ] {
        assert_eq!(Terms::every(interval, multiplier).are_sound(), sound, "{interval:?} x {multiplier}");
    }
    assert!(!Terms { hears: Duration::ZERO, ..Terms::every(50 * MS, 3) }.are_sound(), "a peer could be asked to flood us");
}

#[test]
fn nobody_is_sent_more_than_it_wants_to_hear() {
    let (quick, slow) = (Terms::every(10 * MS, 3), Terms::every(100 * MS, 3));
    assert_eq!(quick.sends_every(&slow), 100 * MS);
    assert_eq!(slow.sends_every(&quick), 100 * MS);
    assert_eq!(quick.sends_every(&Terms { hears: MS, ..slow }), 10 * MS);
}
