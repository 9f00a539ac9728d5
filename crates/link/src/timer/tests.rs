//! What a held timer is worth after a cancel: by example, against a model, and in every order (`held`), beside the ways of doing it
//! that do not work (`callbacks`, `channels`).

use proptest::prelude::*;

use super::*;
use crate::time::Moment;

mod callbacks;
mod channels;
mod held;
mod threads;

#[test]
fn the_earliest_comes_first_and_of_two_the_same_each_time() {
    let mut timers = Timers::default();
    assert_eq!(timers.first(|_| true), None);
    timers.arm(Timer::Drain, Moment(5));
    timers.arm(Timer::Detect, Moment(7));
    timers.arm(Timer::Miss, Moment(7));
    assert_eq!(timers.first(|_| true).map(|armed| armed.timer), Some(Timer::Drain));
    assert_eq!(timers.first(|timer| timer != Timer::Drain).map(|armed| armed.timer), Some(Timer::Miss));
    assert_eq!(timers.at(Timer::Detect), Some(Moment(7)));
}

#[test]
fn a_number_that_comes_round_is_far_away() {
    let mut timers = Timers::default();
    timers.wear_out(Timer::Syn, u32::MAX);
    timers.arm(Timer::Syn, Moment(1));
    let held = timers.armed(Timer::Syn).unwrap();
    timers.cancel(Timer::Syn);
    timers.arm(Timer::Syn, Moment(1));
    assert!(!timers.take(held));
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Arm(usize, u64),
    Cancel(usize),
    CancelAll,
    Hold(usize),
    Take(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0_usize..5, 0_u64..3).prop_map(|(timer, at)| Step::Arm(timer, at)),
        (0_usize..5).prop_map(Step::Cancel),
        Just(Step::CancelAll),
        (0_usize..5).prop_map(Step::Hold),
        (0_usize..8).prop_map(Step::Take),
    ];
    proptest::collection::vec(step, 0..80)
}

proptest! {
    /// The model keeps who is still good in a list, and strikes out on each arming and each cancel.
    #[test]
    fn a_held_timer_fires_once_unless_it_was_touched(steps in steps()) {
        let mut timers = Timers::default();
        let mut held: Vec<(Armed, bool)> = Vec::new();
        for step in steps {
            let mut touch = |timer: Timer| held.iter_mut().filter(|(armed, _)| armed.timer == timer).for_each(|(_, good)| *good = false);
            match step {
                Step::Arm(timer, at) => {
                    touch(Timer::ALL[timer]);
                    timers.arm(Timer::ALL[timer], Moment(at));
                }
                Step::Cancel(timer) => {
                    touch(Timer::ALL[timer]);
                    timers.cancel(Timer::ALL[timer]);
                    prop_assert_eq!(timers.at(Timer::ALL[timer]), None);
                }
                Step::CancelAll => {
                    Timer::ALL.into_iter().for_each(touch);
                    timers.cancel_all();
                    prop_assert_eq!(timers.first(|_| true), None);
                }
                Step::Hold(timer) => held.extend(timers.armed(Timer::ALL[timer]).map(|armed| (armed, true))),
                Step::Take(which) => {
                    if let Some((armed, good)) = held.get(which).copied() {
                        prop_assert_eq!(timers.take(armed), good);
                        // To fire is to be used up, for whoever else holds it, too.
                        held.iter_mut().filter(|(other, _)| good && other.timer == armed.timer).for_each(|(_, good)| *good = false);
                    }
                }
            }
        }
    }
}
