//! Ours: one thread owns the timers, and takes a due one in its hand as data. Here everything else may come between that and its firing,
//! in all orders, which is more than the real driver allows.

use super::super::{Armed, Timer, Timers};
use super::threads::{Found, Program, Went, explore};
use crate::time::Moment;

/// What the driver does with the timer in its hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// Ours: it fires if it is the one that is armed.
    Ours,
    /// Broken: whatever is armed of its kind fires, as a map from kinds to timers would have it.
    OfTheKindThatIsArmed,
    /// Broken: it fires, since it was due.
    WhatWasDue,
}

#[derive(Clone)]
struct Prober {
    driver: Driver,
    timers: Timers,
    /// With whether it was cancelled or armed anew since it was taken in the hand.
    hand: Option<(Armed, bool)>,
    rounds: u8,
    /// The packet handler; the network that goes down; a second packet.
    others_at: [u8; 3],
    fired_wrongly: bool,
}

impl Prober {
    fn new(driver: Driver) -> Self {
        let mut timers = Timers::default();
        timers.arm(Timer::Syn, Moment(1));
        Self { driver, timers, hand: None, rounds: 3, others_at: [0; 3], fired_wrongly: false }
    }

    fn touch(&mut self, which: impl Fn(Timer) -> bool) {
        if let Some((armed, was_touched)) = &mut self.hand {
            *was_touched |= which(armed.timer);
        }
    }

    fn arm(&mut self, timer: Timer, at: u64) {
        self.touch(|other| other == timer);
        self.timers.arm(timer, Moment(at));
    }

    fn cancel(&mut self, timer: Timer) {
        self.touch(|other| other == timer);
        self.timers.cancel(timer);
    }

    fn drive(&mut self) -> Went {
        let Some((armed, was_touched)) = self.hand.take() else {
            let Some(first) = self.timers.first(|_| true).filter(|_| self.rounds > 0) else { return Went::Ended };
            self.rounds -= 1;
            self.hand = Some((first, false));
            return Went::On;
        };
        let fires = match self.driver {
            Driver::Ours => self.timers.take(armed),
            Driver::OfTheKindThatIsArmed => self.timers.armed(armed.timer).is_some_and(|now| self.timers.take(now)),
            Driver::WhatWasDue => true,
        };
        if fires {
            self.fired_wrongly |= was_touched;
            self.arm(armed.timer, armed.at.0 + 1);
        }
        Went::On
    }

    fn other(&mut self, which: usize) -> Went {
        match (which, self.others_at[which]) {
            // The peer answered: no more asking, and probes from here on.
            (0, 0) => self.cancel(Timer::Syn),
            (0, 1) => self.arm(Timer::Probe, 2),
            (0, 2) => self.arm(Timer::Detect, 3),
            (1, 0) => {
                self.touch(|_| true);
                self.timers.cancel_all();
            }
            // The link is opened again: the same kind of timer for the same moment, and still another timer.
            (1, 1) => self.arm(Timer::Syn, 1),
            (2, 0) => self.cancel(Timer::Syn),
            (2, 1) => self.arm(Timer::Detect, 3),
            _ => return Went::Ended,
        }
        self.others_at[which] += 1;
        Went::On
    }
}

impl Program for Prober {
    fn step(&mut self, thread: usize) -> Went {
        match thread {
            0 => self.drive(),
            other => self.other(other - 1),
        }
    }

    fn threads(&self) -> usize {
        4
    }

    fn complaint(&self, at_rest: bool) -> Option<&'static str> {
        if self.fired_wrongly {
            return Some("it fired after its cancel");
        }
        let mut rest = self.timers.clone();
        rest.cancel_all();
        (at_rest && rest.first(|_| true).is_some()).then_some("a timer is armed that nothing can cancel")
    }
}

pub(super) fn broken_orders(driver: Driver) -> Found {
    explore(&Prober::new(driver))
}

pub(super) fn orders() -> Found {
    explore(&Prober::new(Driver::Ours))
}

/// LINK-32.
#[test]
fn no_order_fires_a_timer_after_its_cancel() {
    let found = orders();
    assert!(found.orders > 50_000 && found.wrong == 0 && found.deadlocks == 0, "{found:?}");
    for driver in [Driver::OfTheKindThatIsArmed, Driver::WhatWasDue] {
        let found = broken_orders(driver);
        assert!(found.wrong > 0 && found.wrong < found.orders, "{driver:?}: {found:?}");
    }
}
