use super::*;

fn at(us: i64) -> Timestamp {
    Timestamp(us)
}

#[test]
fn timers_fire_in_order_and_once() {
    let mut timers = Timers::new();
    timers.arm(at(20), "b");
    timers.arm(at(10), "a");
    timers.arm(at(20), "c");
    assert_eq!(timers.next(), Some(at(10)));
    assert_eq!(timers.fire(at(9)), None);
    assert_eq!(timers.fire(at(20)), Some((at(10), "a")));
    assert_eq!(timers.fire(at(20)), Some((at(20), "b")));
    assert_eq!(timers.fire(at(20)), Some((at(20), "c")));
    assert_eq!(timers.fire(at(20)), None);
    assert_eq!(timers.next(), None);
}

#[test]
fn a_cancelled_timer_never_fires_and_another_of_its_instant_does() {
    let mut timers = Timers::new();
    let first = timers.arm(at(10), "first");
    let second = timers.arm(at(10), "second");
    assert_eq!(timers.cancel(&first), Some("first"));
    assert_eq!(timers.cancel(&first), None);
    assert_eq!(timers.fire(at(10)), Some((at(10), "second")));
    assert_eq!(timers.cancel(&second), None);
}
