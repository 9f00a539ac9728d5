//! An end whose driver holds timers in its hands while other things happen, and what must be true of it after each of them.

use super::end::{BEGIN, End, MS};
use super::peer::{self, BOOT};
use crate::dropped::Dropped;
use crate::ids::{Node, Pair, SessionId};
use crate::machine::{Event, State};
use crate::time::Moment;
use crate::timer::{Armed, Timer};
use crate::wire::Farewell;

/// What can happen next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    /// The driver takes the earliest timer in this hand, when it is due, and lays down what it had.
    Hold(usize),
    /// It hands in what this hand holds, however much has happened since.
    Fire(usize),
    Wait,
    LinkUp,
    LinkDown,
    Leave,
    Syn,
    SynAck,
    Ack,
    ForgedAck,
    Probe,
    Again,
    Leaving,
    HearsNothing,
    Draining,
    KernelAnswered,
    KernelUnasked,
    Refused,
}

/// How the driver hands in a timer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Driver {
    /// The one that it holds.
    Ours,
    /// Broken: the one that is armed of its kind by now.
    ByKind,
}

#[derive(Clone)]
pub(super) struct Held {
    pub(super) end: End,
    driver: Driver,
    now: Moment,
    /// Each with whether anything cancelled it or armed it anew since, by the rules of the protocol and not by its number.
    hands: [Option<(Armed, bool)>; 2],
    sequence: u64,
    identity: u64,
    /// How often a timer fired, and how often one that was cancelled did not.
    pub(super) fired: u64,
    pub(super) spared: u64,
}

/// What decides whether all timers were set anew: another state, another session, another attempt of the same kind.
type Standing = (u8, Option<Pair>, bool);

impl Held {
    pub(super) fn new(driver: Driver) -> Self {
        let end = End::new(Node(2), Node(1), 1);
        Self { end, driver, now: BEGIN, hands: [None, None], sequence: 0, identity: 100, fired: 0, spared: 0 }
    }

    /// Makes a move. `Ok(false)` when nothing came of it.
    pub(super) fn go(&mut self, step: Move) -> Result<bool, &'static str> {
        let went = match step {
            Move::Hold(hand) => self.hold(hand),
            Move::Fire(hand) => self.fire(hand)?,
            Move::Wait => {
                self.now = self.now + 60 * MS;
                true
            }
            _ => {
                let (before, armed) = (self.standing(), self.armed());
                let outcome = self.event(step);
                self.touch(before, outcome.is_ok() && matches!(step, Move::Probe | Move::Again));
                let changes = before != self.standing() || armed != self.armed();
                if outcome.is_err() && changes {
                    return Err("what was dropped changed something");
                }
                changes
                    || matches!(step, Move::KernelAnswered | Move::KernelUnasked | Move::Refused | Move::Draining | Move::SynAck)
                        && outcome.is_ok()
            }
        };
        self.check()?;
        self.end.out.packets.clear();
        self.end.out.questions.clear();
        self.end.out.happenings.clear();
        self.end.out.heard.clear();
        Ok(went)
    }

    fn hold(&mut self, hand: usize) -> bool {
        let Some(first) = self.end.first() else { return false };
        self.now = self.now.max(first.at);
        self.hands[hand] = Some((first, false));
        true
    }

    fn fire(&mut self, hand: usize) -> Result<bool, &'static str> {
        let Some((held, touched)) = self.hands[hand].take() else { return Ok(false) };
        let handed = match self.driver {
            Driver::Ours => held,
            Driver::ByKind => self.end.link.timers.armed(held.timer).unwrap_or(held),
        };
        let (before, armed) = (self.standing(), self.armed());
        self.end.handle(self.now, Event::Timeout(handed)).map_err(|_| "a timer was dropped")?;
        let fired = armed != self.armed();
        let silent = self.end.out.packets.is_empty() && self.end.out.questions.is_empty() && self.end.out.happenings.is_empty();
        match (touched, fired) {
            (true, true) => return Err("a timer fired after its cancel"),
            (true, false) if !silent => return Err("a timer that was cancelled said something"),
            (false, false) => return Err("a timer that nobody had cancelled did not fire"),
            (true, false) => self.spared += 1,
            (false, true) => self.fired += 1,
        }
        self.touch(before, false);
        self.touched(|timer| fired && timer == held.timer);
        Ok(true)
    }

    /// Strikes out what is held, by what the protocol says that has just happened to its kind.
    fn touch(&mut self, before: Standing, heard: bool) {
        let after = self.standing();
        let all = (before.0, before.1) != (after.0, after.1);
        // To become stalled and to come back arm the timer that asks the kernel; to be heard arms both that wait for the peer.
        self.touched(|timer| match timer {
            Timer::Miss => all || heard || before.2 != after.2,
            Timer::Detect => all || heard,
            Timer::Syn | Timer::Probe | Timer::Drain => all,
        });
    }

    fn touched(&mut self, which: impl Fn(Timer) -> bool) {
        self.hands.iter_mut().flatten().for_each(|(armed, touched)| *touched |= which(armed.timer));
    }

    fn standing(&self) -> Standing {
        match &self.end.link.state {
            State::Closed => (0, None, false),
            State::Opening(_) => (1, None, false),
            State::Down(..) => (2, None, false),
            State::Up(standing) => (3, Some(standing.session.pair), standing.stalled.is_some()),
        }
    }

    fn armed(&self) -> [Option<Armed>; Timer::ALL.len()] {
        Timer::ALL.map(|timer| self.end.link.timers.armed(timer))
    }

    fn event(&mut self, step: Move) -> Result<(), Dropped> {
        let (end, now) = (&self.end, self.now);
        self.identity += 1;
        self.sequence += u64::from(step != Move::Again);
        let probe = |farewell| peer::probe_now(end, now, self.sequence, farewell);
        let event = match step {
            Move::LinkUp => Event::LinkUp,
            Move::LinkDown => Event::LinkDown,
            Move::Leave => Event::Leave,
            Move::Syn => peer::syn(end, self.identity),
            Move::SynAck => peer::syn_ack(end, self.identity),
            Move::Ack => peer::ack(end, now, (self.identity, BOOT + self.identity % 2)),
            Move::ForgedAck => peer::forged_ack(end, now),
            Move::Probe | Move::Again => probe(Farewell::None),
            Move::Leaving => probe(Farewell::Leaving),
            Move::HearsNothing => probe(Farewell::HearsNothing),
            Move::Draining => {
                let none = Pair { ours: SessionId(8), theirs: SessionId(9) };
                peer::probe(end.link.pairs()[1].unwrap_or(none), now, self.sequence, Farewell::None)
            }
            Move::KernelAnswered => Event::KernelAnswered,
            Move::KernelUnasked => Event::KernelUnasked,
            Move::Refused => Event::Refused,
            Move::Hold(_) | Move::Fire(_) | Move::Wait => unreachable!(),
        };
        self.end.handle(now, event)
    }

    /// Which timers a state has: never more than one of a kind, never one that nobody waits for, and never none where something must
    /// happen yet.
    fn check(&self) -> Result<(), &'static str> {
        let [syn, probe, miss, detect, drain] = self.armed().map(|armed| armed.is_some());
        let sound = match &self.end.link.state {
            State::Closed => [syn, probe, miss, detect, drain] == [false; 5],
            State::Opening(_) | State::Down(..) => [syn, probe, miss, detect, drain] == [true, false, false, false, false],
            State::Up(standing) => {
                let waits = if standing.stalled.is_some() { miss && !detect } else { detect };
                !syn && probe && waits && drain == standing.draining.is_some()
            }
        };
        if sound { Ok(()) } else { Err("the timers are not those of the state") }
    }
}
