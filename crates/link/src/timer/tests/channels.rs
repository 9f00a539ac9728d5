//! Timers that a thread waits for, beside a channel that cancels: what the thread must look at twice, and what must not block.

use super::threads::{Found, Program, Went, explore};

/// How the channel is made and used.
#[derive(Debug, Clone, Copy)]
struct Channel {
    /// The cancel is looked for once more after the lock was taken.
    is_checked: bool,
    /// It holds one cancel, and whoever finds it full goes on. Else who cancels waits for who is cancelled.
    has_room: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiter {
    /// For its timer or a cancel, whichever comes first.
    Waits,
    /// The timer came first: it wants the lock.
    WantsLock,
    HasLock,
    Armed,
    Over,
}

#[derive(Clone)]
struct Prober {
    channel: Channel,
    is_locked: bool,
    /// Each with whether a cancel lies in its channel.
    waiters: Vec<(Waiter, bool)>,
    map: usize,
    /// The two that cancel: a packet of the peer's, which then waits for the next, and the network, which went down.
    cancels_at: [u8; 2],
    expiries: u8,
}

impl Prober {
    fn cancel(&mut self) -> Went {
        let has_room = self.channel.has_room;
        let (waiter, is_cancelled) = &mut self.waiters[self.map];
        match *waiter {
            _ if has_room => *is_cancelled = true,
            Waiter::Waits => *waiter = Waiter::Over,
            _ => return Went::Waits,
        }
        Went::On
    }

    fn arm(&mut self) {
        self.map = self.waiters.len();
        self.waiters.push((Waiter::Waits, false));
    }

    fn canceller(&mut self, which: usize) -> Went {
        let at = self.cancels_at[which];
        match at {
            0 if self.is_locked => return Went::Waits,
            0 => self.is_locked = true,
            1 if self.cancel() == Went::Waits => return Went::Waits,
            1 => {}
            2 if which == 0 => self.arm(),
            2 => {}
            3 => self.is_locked = false,
            _ => return Went::Ended,
        }
        self.cancels_at[which] += 1;
        Went::On
    }

    /// The thread sees the cancel.
    fn sees(&mut self, which: usize) -> Went {
        match self.waiters[which] {
            (Waiter::Waits, true) => self.waiters[which].0 = Waiter::Over,
            _ => return Went::Ended,
        }
        Went::On
    }

    /// The thread's timer expires, and all that follows from it.
    fn expires(&mut self, which: usize) -> Went {
        let (waiter, is_cancelled) = self.waiters[which];
        self.waiters[which].0 = match waiter {
            Waiter::Waits if self.expiries > 0 => {
                self.expiries -= 1;
                Waiter::WantsLock
            }
            Waiter::Waits | Waiter::Over => return Went::Ended,
            Waiter::WantsLock if self.is_locked => return Went::Waits,
            Waiter::WantsLock => {
                self.is_locked = true;
                Waiter::HasLock
            }
            Waiter::HasLock if self.channel.is_checked && is_cancelled => {
                self.is_locked = false;
                Waiter::Over
            }
            Waiter::HasLock => {
                self.arm();
                Waiter::Armed
            }
            Waiter::Armed => {
                self.is_locked = false;
                Waiter::Over
            }
        };
        Went::On
    }
}

impl Program for Prober {
    fn step(&mut self, thread: usize) -> Went {
        match thread {
            0 | 1 => self.canceller(thread),
            _ if thread.is_multiple_of(2) => self.sees(thread / 2 - 1),
            _ => self.expires(thread / 2 - 1),
        }
    }

    fn threads(&self) -> usize {
        2 + 2 * self.waiters.len()
    }

    fn complaint(&self, at_rest: bool) -> Option<&'static str> {
        let lost = |(which, waiter): (usize, &(Waiter, bool))| *waiter == (Waiter::Waits, false) && which != self.map;
        (at_rest && self.waiters.iter().enumerate().any(lost)).then_some("a thread waits that nothing can cancel")
    }
}

/// One or two cancels of one timer.
fn orders(channel: Channel, cancels: u8, expiries: u8) -> Found {
    let cancels_at = [0, if cancels == 2 { 0 } else { u8::MAX }];
    explore(&Prober { channel, is_locked: false, waiters: vec![(Waiter::Waits, false)], map: 0, cancels_at, expiries })
}

const MENDED: Channel = Channel { is_checked: true, has_room: true };

#[test]
fn a_cancel_that_is_not_looked_at_again() {
    let found = orders(Channel { is_checked: false, ..MENDED }, 1, 1);
    assert!(found.wrong > 0 && found.wrong < found.orders && found.deadlocks == 0, "{found:?}");
    assert_eq!(found.first, Some("a thread waits that nothing can cancel"));
    let found = orders(MENDED, 1, 2);
    assert!(found.orders > 10 && found.wrong == 0 && found.deadlocks == 0, "{found:?}");
    assert_eq!(super::held::orders().wrong, 0);
}

#[test]
fn a_cancel_that_deadlocks() {
    // No timer need expire: the thread takes one cancel and is gone, and the second waits for it with the lock in its hand.
    let found = orders(Channel { has_room: false, ..MENDED }, 2, 0);
    assert!(found.deadlocks > 0 && found.deadlocks < found.orders, "{found:?}");
    assert_eq!(orders(Channel { has_room: false, ..MENDED }, 1, 0).deadlocks, 0, "one alone goes through");
    let found = orders(MENDED, 2, 1);
    assert!(found.orders > 10 && found.wrong == 0 && found.deadlocks == 0, "{found:?}");
    // Ours has nothing to wait for: three cancels of one timer, in all orders.
    assert_eq!(super::held::orders().deadlocks, 0);
}
