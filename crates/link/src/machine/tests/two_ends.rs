//! Two ends and what is under way between them, at one point of all that can happen.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::end::{BEGIN, End, MS, turned};
use crate::ids::Node;
use crate::machine::{Event, State};
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::LENGTH;

/// A packet under way: to whom, how many answers to one another led to it, and it.
pub(super) type Packet = (usize, u32, [u8; LENGTH]);

#[derive(Clone)]
pub(super) struct Pair {
    pub(super) ends: [End; 2],
    pub(super) now: Moment,
    pub(super) under: Vec<Packet>,
    pub(super) delivered: u32,
    /// The longest chain of answers that a session came of.
    pub(super) chain: u32,
    pub(super) left: Left,
    /// Whether kernels answer: then a silent peer is stalled, and not down.
    pub(super) kernels_answer: bool,
}

/// What may happen yet.
#[derive(Debug, Clone, Copy, Hash)]
pub(super) struct Left {
    pub(super) losses: u32,
    pub(super) twice: u32,
    pub(super) timers: u32,
    pub(super) waits: u32,
    pub(super) restarts: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Move {
    Deliver(usize),
    Lose(usize),
    /// It arrives, and will do so once more.
    DeliverTwice(usize),
    Open(usize),
    /// The earliest timer of all.
    Timer,
    /// Longer than SYNs may cross.
    Wait,
    Restart(usize),
}

impl Pair {
    pub(super) fn new(left: Left) -> Self {
        let ends = [End::new(Node(1), Node(2), 1), End::new(Node(2), Node(1), 1)];
        Self { ends, now: BEGIN, under: Vec::new(), delivered: 0, chain: 0, left, kernels_answer: true }
    }

    pub(super) fn moves(&self) -> Vec<Move> {
        let mut moves = Vec::new();
        for end in 0..2 {
            let is_closed = matches!(self.ends[end].link.state, State::Closed);
            moves.extend(is_closed.then_some(Move::Open(end)));
            moves.extend((!is_closed && self.left.restarts > 0).then_some(Move::Restart(end)));
        }
        for packet in 0..self.under.len() {
            moves.push(Move::Deliver(packet));
            moves.extend((self.left.losses > 0).then_some(Move::Lose(packet)));
            moves.extend((self.left.twice > 0).then_some(Move::DeliverTwice(packet)));
        }
        moves.extend((self.left.timers > 0 && self.first().is_some()).then_some(Move::Timer));
        moves.extend((self.left.waits > 0).then_some(Move::Wait));
        moves
    }

    pub(super) fn go(&mut self, step: Move) {
        match step {
            Move::Deliver(packet) => {
                let packet = self.under.remove(packet);
                self.deliver(packet);
            }
            Move::DeliverTwice(packet) => {
                self.left.twice -= 1;
                self.deliver(self.under[packet]);
            }
            Move::Lose(packet) => {
                self.left.losses -= 1;
                self.under.remove(packet);
            }
            Move::Open(end) => self.open(end),
            Move::Timer => {
                self.left.timers -= 1;
                self.fire();
            }
            Move::Wait => {
                self.left.waits -= 1;
                self.now = self.now + 12 * MS;
            }
            Move::Restart(end) => {
                self.left.restarts -= 1;
                let End { us, boot, ref link, .. } = self.ends[end];
                self.ends[end] = End::new(us, link.peer, boot + 1);
                self.open(end);
            }
        }
    }

    fn open(&mut self, end: usize) {
        self.ends[end].handle(self.now, Event::LinkUp).unwrap();
        self.collect(end, 0);
    }

    pub(super) fn deliver(&mut self, (end, chain, bytes): Packet) {
        let before = self.ends[end].pair();
        // What is wrong with it is its own business.
        let _ = self.ends[end].receive(self.now, &bytes);
        self.delivered += 1;
        if self.ends[end].pair() != before {
            self.chain = self.chain.max(chain);
        }
        self.collect(end, chain);
    }

    fn collect(&mut self, end: usize, chain: u32) {
        for _ in self.ends[end].out.questions.drain(..).filter(|_| self.kernels_answer).collect::<Vec<_>>() {
            self.ends[end].handle(self.now, Event::KernelAnswered).unwrap();
        }
        let packets = self.ends[end].packets();
        self.under.extend(packets.into_iter().map(|bytes| (1 - end, chain + 1, bytes)));
    }

    fn first(&self) -> Option<(Moment, usize)> {
        (0..2).filter_map(|end| Some((self.ends[end].first()?.at, end))).min()
    }

    pub(super) fn fire(&mut self) {
        let Some((at, end)) = self.first() else { return };
        self.now = self.now.max(at);
        let armed = self.ends[end].first().unwrap();
        self.ends[end].handle(self.now, Event::Timeout(armed)).unwrap();
        self.collect(end, 0);
    }

    pub(super) fn agree(&self) -> bool {
        let [one, other] = &self.ends;
        one.pair().is_some() && one.pair() == other.pair().map(turned)
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.agree() && self.ends.iter().all(|end| end.link.session().is_some_and(crate::session::Session::is_confirmed))
    }

    /// Nothing is lost any more, packets take 100 us, and whoever is switched off is switched on.
    pub(super) fn calm(&mut self, until: impl Fn(&Self) -> bool, at_most: Duration) -> bool {
        (0..2)
            .filter(|end| matches!(self.ends[*end].link.state, State::Closed))
            .collect::<Vec<_>>()
            .into_iter()
            .for_each(|end| self.open(end));
        let end = self.now + at_most;
        while !until(self) {
            if self.now > end {
                return false;
            }
            if self.under.is_empty() {
                self.fire();
                continue;
            }
            self.now = self.now + MS / 10;
            for packet in std::mem::take(&mut self.under) {
                self.deliver(packet);
            }
        }
        true
    }

    /// What the future depends on, in one number.
    pub(super) fn print(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        for end in &self.ends {
            format!("{:?}", (&end.link.state, end.boot, end.link.generation, end.link.round_trip)).hash(&mut hasher);
            Timer::ALL.map(|timer| end.link.timers.at(timer)).hash(&mut hasher);
        }
        let mut under = self.under.clone();
        under.sort_unstable();
        (under, self.now, self.left).hash(&mut hasher);
        hasher.finish()
    }
}
