use super::*;

fn mark(samples: u64) -> Mark {
    Mark { samples, ..Mark::default() }
}

#[test]
fn the_last_two_minutes_are_kept_and_one_second_before_them() {
    let mut seconds = Seconds::default();
    (1_000..1_500).for_each(|number| seconds.close(number, mark(number)));
    let kept: Vec<u64> = (0..2_000).filter(|number| seconds.at(*number).is_some()).collect();
    assert_eq!(kept, (1_500 - KEPT - 1..1_500).collect::<Vec<u64>>());
    assert_eq!(seconds.before(1_500, 10), mark(1_490));
    assert_eq!(seconds.before(1_500, KEPT + 1), mark(1_379));
}

#[test]
fn before_the_link_was_watched_nothing_was_counted() {
    let mut seconds = Seconds::default();
    seconds.close(3, mark(7));
    assert_eq!((seconds.before(4, 1), seconds.before(4, 2), seconds.before(4, 9)), (mark(7), Mark::default(), Mark::default()));
}
