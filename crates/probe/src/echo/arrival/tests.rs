//! Stamps of a clock that may jump.

use super::*;

fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

#[test]
fn time_in_the_queue_is_not_time_on_the_way() {
    let begun = Arrivals::new();
    let read = begun.after(begun.now + ms(100), begun.wall + ms(100));
    assert_eq!(read.of(Some(begun.wall + ms(30))), begun.now + ms(30));
    assert_eq!(read.of(None), begun.now + ms(100));
}

#[test]
fn a_stamp_of_the_future_is_now() {
    let begun = Arrivals::new();
    assert_eq!(begun.of(Some(begun.wall + ms(5))), begun.now);
}

#[test]
fn a_jump_of_the_wall_clock_makes_stamps_useless_once() {
    let begun = Arrivals::new();
    for wall in [begun.wall + ms(3_600_000), begun.wall.saturating_sub(ms(3_600_000))] {
        let jumped = begun.after(begun.now + ms(10), wall);
        assert_eq!(jumped.of(Some(begun.wall)), begun.now + ms(10));
        let next = jumped.after(jumped.now + ms(10), jumped.wall + ms(10));
        assert_eq!(next.of(Some(jumped.wall)), jumped.now);
    }
}

#[test]
fn slewing_is_no_jump() {
    let begun = Arrivals::new();
    let hour = ms(3_600_000);
    let slewed = begun.after(begun.now + hour, begun.wall + hour + hour / 2000);
    assert_eq!(slewed.of(Some(slewed.wall.saturating_sub(ms(4)))), slewed.now.checked_sub(ms(4)).unwrap());
}
