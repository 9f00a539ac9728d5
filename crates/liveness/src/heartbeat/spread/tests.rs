use std::collections::BTreeSet;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn numbers_differ_and_depend_on_nothing_but_seed_and_place() {
    let of = |seed| (0..1000).map(|n| number(seed, n)).collect::<Vec<_>>();
    assert_eq!(of(7), of(7));
    assert_eq!(of(7).into_iter().chain(of(8)).collect::<BTreeSet<_>>().len(), 2000);
    assert_eq!(number(0, 1), 0xe220_a839_7b1d_cdaf, "the first number of SplitMix64 from zero");
}

#[test]
fn a_part_is_less_than_all() {
    assert_eq!(part(0, SECOND), Duration::ZERO);
    assert_eq!(part(u64::MAX, SECOND), SECOND - Duration::from_nanos(1));
    assert_eq!(part(1 << 63, SECOND), SECOND / 2);
}

#[test]
fn the_next_turn_is_on_the_grid_and_still_to_come() {
    let turn = Instant::now();
    for (after, next) in [(0.0, 1), (0.3, 1), (0.999, 1), (1.0, 2), (7.5, 8)] {
        assert_eq!(next_on_grid(turn, SECOND, turn + SECOND.mul_f64(after)), turn + SECOND * next);
    }
    assert_eq!(next_on_grid(turn + SECOND, SECOND, turn), turn + SECOND);
}
