//! Timers that call back from a thread of their own, as runtimes offer them: a stop does not stop what has expired already. A prober that
//! keeps its timer in a map loses it so; and a lock around everything changes the order, not the outcome.

use super::threads::{Found, Program, Went, explore};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alarm {
    Armed,
    Stopped,
    /// Its thread runs, and has made so many steps.
    Runs(u8),
    Over,
}

/// A session that is asked for: its timer asks again, and the answer of the peer cancels it and arms that of the next state.
#[derive(Clone)]
struct Prober {
    has_lock: bool,
    locked_by: Option<usize>,
    alarms: Vec<Alarm>,
    /// The one alarm that a cancel can reach.
    map: usize,
    packet_at: u8,
    /// How many alarms may expire yet.
    expiries: u8,
    /// Which alarm was cancelled, once the cancel has returned.
    cancelled: Option<usize>,
    fired_after_cancel: bool,
}

const PACKET: usize = 0;

impl Prober {
    fn new(has_lock: bool, expiries: u8) -> Self {
        Self {
            has_lock,
            locked_by: None,
            alarms: vec![Alarm::Armed],
            map: 0,
            packet_at: 0,
            expiries,
            cancelled: None,
            fired_after_cancel: false,
        }
    }

    fn lock(&mut self, thread: usize) -> Went {
        if self.has_lock && self.locked_by.is_some() {
            return Went::Waits;
        }
        self.locked_by = Some(thread);
        Went::On
    }

    fn arm(&mut self) {
        self.alarms.push(Alarm::Armed);
    }

    /// The peer answered.
    fn packet(&mut self) -> Went {
        let at = self.packet_at;
        match at {
            0 if self.lock(PACKET) == Went::Waits => return Went::Waits,
            0 => {}
            1 if self.alarms[self.map] == Alarm::Armed => self.alarms[self.map] = Alarm::Stopped,
            1 => {}
            2 => self.cancelled = Some(self.map),
            3 => self.arm(),
            4 => self.map = self.alarms.len() - 1,
            5 => self.locked_by = None,
            _ => return Went::Ended,
        }
        self.packet_at += 1;
        Went::On
    }

    /// One alarm: it expires, and its callback arms the next and puts it into the map.
    fn alarm(&mut self, which: usize) -> Went {
        let alarm = self.alarms[which];
        match alarm {
            Alarm::Armed if self.expiries > 0 => {
                self.expiries -= 1;
                self.alarms[which] = Alarm::Runs(0);
            }
            Alarm::Armed | Alarm::Stopped | Alarm::Over => return Went::Ended,
            Alarm::Runs(0) if self.lock(which + 1) == Went::Waits => return Went::Waits,
            Alarm::Runs(1) => {
                self.fired_after_cancel |= self.cancelled == Some(which);
                self.arm();
                self.alarms[which] = Alarm::Runs(2);
            }
            Alarm::Runs(2) => {
                self.map = self.alarms.len() - 1;
                self.alarms[which] = Alarm::Runs(3);
            }
            Alarm::Runs(3) => {
                self.locked_by = None;
                self.alarms[which] = Alarm::Over;
            }
            Alarm::Runs(at) => self.alarms[which] = Alarm::Runs(at + 1),
        }
        Went::On
    }
}

impl Program for Prober {
    fn step(&mut self, thread: usize) -> Went {
        if thread == PACKET { self.packet() } else { self.alarm(thread - 1) }
    }

    fn threads(&self) -> usize {
        1 + self.alarms.len()
    }

    fn complaint(&self, at_rest: bool) -> Option<&'static str> {
        let lost = |(which, alarm): (usize, &Alarm)| *alarm == Alarm::Armed && which != self.map;
        let is_lost = at_rest && self.alarms.iter().enumerate().any(lost);
        match (is_lost, self.fired_after_cancel) {
            (true, true) => Some("it fired after its cancel, and an alarm is armed that nothing can cancel"),
            (true, false) => Some("an alarm is armed that nothing can cancel"),
            (false, true) if at_rest => Some("it fired after its cancel"),
            _ => None,
        }
    }
}

fn orders(has_lock: bool, expiries: u8) -> Found {
    explore(&Prober::new(has_lock, expiries))
}

#[test]
fn a_timer_that_fires_after_its_cancel() {
    assert_eq!(orders(false, 0).wrong, 0, "without an expiry there is nothing wrong");
    // However often it has armed itself again: an alarm is left that nothing can cancel.
    for expiries in 1..=2 {
        let found = orders(false, expiries);
        assert!(found.wrong > 0 && found.wrong < found.orders, "{expiries}: {found:?}");
        assert!(found.first.is_some_and(|first| first.contains("nothing can cancel")), "{found:?}");
    }
    assert_eq!(super::held::broken_orders(super::held::Driver::OfTheKindThatIsArmed).wrong.min(1), 1);
    assert_eq!(super::held::orders().wrong, 0);
}

#[test]
fn a_lock_alone_does_not_help() {
    assert_eq!(orders(true, 0).wrong, 0);
    for expiries in 1..=3 {
        let found = orders(true, expiries);
        assert!(found.wrong > 0 && found.wrong < found.orders && found.deadlocks == 0, "{expiries}: {found:?}");
    }
    // Nothing is lost half-way any more: all that is wrong is that the callback waited for the lock and ran after the cancel.
    assert_eq!(orders(true, 1).first, Some("it fired after its cancel, and an alarm is armed that nothing can cancel"));
    assert_eq!(super::held::orders().wrong, 0);
}
