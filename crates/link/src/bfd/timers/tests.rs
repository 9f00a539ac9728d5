use super::{Timer, Timers};
use crate::chance::Chance;
use crate::time::Moment;

#[test]
fn a_timer_that_was_cancelled_or_moved_does_not_fire() {
    let mut timers = Timers::default();
    timers.arm(Timer::Detect, Moment(5));
    let first = timers.armed(Timer::Detect).unwrap();
    timers.arm(Timer::Detect, Moment(5));
    assert!(!timers.take(first), "armed anew, for the same moment");
    let second = timers.armed(Timer::Detect).unwrap();
    timers.cancel(Timer::Detect);
    assert!(!timers.take(second), "cancelled");
    timers.arm(Timer::Detect, Moment(5));
    let third = timers.armed(Timer::Detect).unwrap();
    assert!(timers.take(third));
    assert!(!timers.take(third), "it fires once");
}

#[test]
fn silence_is_told_before_a_packet_that_is_due_with_it() {
    let mut timers = Timers::default();
    timers.arm(Timer::Transmit, Moment(5));
    timers.arm(Timer::Detect, Moment(5));
    assert_eq!(timers.first(|_| true).map(|armed| armed.timer), Some(Timer::Detect));
}

/// Beside a list of what may fire: a timer's last arming, as long as nothing has touched it since.
#[test]
fn a_million_armings_and_cancels() {
    let (mut timers, mut chance, mut held) = (Timers::default(), Chance::new(3), Vec::new());
    let mut valid = [None; 2];
    for round in 0..1_000_000_u64 {
        let timer = Timer::ALL[(chance.next() % 2) as usize];
        match chance.next() % 4 {
            0 | 1 => {
                timers.arm(timer, Moment(chance.next() % 8));
                valid[timer as usize] = Some(round);
                held.push((round, timers.armed(timer).unwrap()));
            }
            2 => {
                timers.cancel(timer);
                valid[timer as usize] = None;
            }
            _ if held.is_empty() => {}
            _ => {
                let (of, armed) = held.swap_remove((chance.next() % held.len() as u64) as usize);
                let fires = valid[armed.timer as usize] == Some(of);
                assert_eq!(timers.take(armed), fires, "round {round}");
                if fires {
                    valid[armed.timer as usize] = None;
                }
            }
        }
        held.truncate(64);
        assert_eq!(timers.first(|_| true).is_some(), valid.iter().any(Option::is_some));
    }
}
