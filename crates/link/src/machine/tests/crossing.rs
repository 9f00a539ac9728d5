//! Two ends that begin, and begin anew, at any moment: all orders of their packets, with some lost and some twice, and from each point
//! that can be reached so a calm network leads both into one session.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use super::end::{BEGIN, End, MS, turned};
use crate::ids::Node;
use crate::machine::{Event, State};
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::LENGTH;

/// A packet under way: to whom, how many answers to one another led to it, and it.
type Packet = (usize, u32, [u8; LENGTH]);

#[derive(Clone)]
struct Pair {
    ends: [End; 2],
    now: Moment,
    under: Vec<Packet>,
    delivered: u32,
    /// The longest chain of answers that a session came of.
    chain: u32,
    left: Left,
}

/// What may happen yet.
#[derive(Debug, Clone, Copy, Hash)]
struct Left {
    losses: u32,
    twice: u32,
    timers: u32,
    waits: u32,
    restarts: u32,
}

/// All of it happens at most so often.
const LITTLE: Left = Left { losses: 2, twice: 1, timers: 2, waits: 1, restarts: 1 };

#[derive(Debug, Clone, Copy)]
enum Move {
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
    fn new(left: Left) -> Self {
        let ends = [End::new(Node(1), Node(2), 1), End::new(Node(2), Node(1), 1)];
        Self { ends, now: BEGIN, under: Vec::new(), delivered: 0, chain: 0, left }
    }

    fn moves(&self) -> Vec<Move> {
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

    fn go(&mut self, step: Move) {
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

    fn deliver(&mut self, (end, chain, bytes): Packet) {
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
        let packets = self.ends[end].packets();
        self.under.extend(packets.into_iter().map(|bytes| (1 - end, chain + 1, bytes)));
    }

    fn first(&self) -> Option<(Moment, usize)> {
        (0..2).filter_map(|end| Some((self.ends[end].first()?.at, end))).min()
    }

    fn fire(&mut self) {
        let Some((at, end)) = self.first() else { return };
        self.now = self.now.max(at);
        let armed = self.ends[end].first().unwrap();
        self.ends[end].handle(self.now, Event::Timeout(armed)).unwrap();
        self.collect(end, 0);
    }

    fn agree(&self) -> bool {
        let [one, other] = &self.ends;
        one.pair().is_some() && one.pair() == other.pair().map(turned)
    }

    fn is_confirmed(&self) -> bool {
        self.agree() && self.ends.iter().all(|end| end.link.session().is_some_and(crate::session::Session::is_confirmed))
    }

    /// Nothing is lost any more, packets take 100 us, and whoever is switched off is switched on.
    fn calm(&mut self, until: impl Fn(&Self) -> bool, at_most: Duration) -> bool {
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
    fn print(&self) -> u64 {
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

/// All that can be reached by so many moves, each once.
fn reach(begin: Pair, depth: u32, at_most: usize) -> Vec<Pair> {
    let (mut seen, mut all, mut edge) = (HashSet::from([begin.print()]), vec![begin.clone()], vec![begin]);
    for _ in 0..depth {
        let mut next = Vec::new();
        for pair in &edge {
            for step in pair.moves() {
                let mut other = pair.clone();
                other.go(step);
                if seen.insert(other.print()) {
                    next.push(other);
                }
            }
        }
        all.extend(next.iter().cloned());
        edge = next;
        if all.len() >= at_most {
            break;
        }
    }
    all
}

/// Whichever came first, was lost or came twice: soon both stand in one session, and it lasts.
fn each_leads_to_agreement(points: Vec<Pair>) -> Duration {
    let mut longest = Duration::ZERO;
    for point in points {
        let mut pair = point;
        let from = pair.now;
        // Each end may believe for a detection time in a session that is none, and asks at the latest a second later.
        assert!(pair.calm(Pair::is_confirmed, Duration::from_secs(2)), "{:?}", pair.ends.map(|end| end.link));
        longest = longest.max(pair.now.since(from));
        let stands = pair.ends[0].pair();
        assert!(!pair.calm(|pair| pair.ends[0].pair() != stands || !pair.agree(), Duration::from_millis(300)), "it does not last");
    }
    longest
}

#[test]
fn from_every_point_a_calm_network_leads_to_one_session() {
    let points = reach(Pair::new(LITTLE), 8, 60_000);
    let count = points.len();
    assert!(count > 20_000, "{count}");
    let longest = each_leads_to_agreement(points);
    eprintln!("{count} points, the longest way took {longest:?}");
}

#[test]
fn from_every_point_after_a_session_stood_too() {
    let mut pair = Pair::new(LITTLE);
    assert!(pair.calm(Pair::is_confirmed, Duration::from_secs(1)));
    pair.under.clear();
    pair.left = Left { restarts: 2, timers: 3, ..LITTLE };
    let points = reach(pair, 7, 60_000);
    let count = points.len();
    assert!(count > 20_000, "{count}");
    let longest = each_leads_to_agreement(points);
    eprintln!("{count} points, the longest way took {longest:?}");
}

/// All orders in which nothing is lost and no timer need help: how long the chain of answers is until both stand in one session, and how
/// many packets arrived by then.
fn chains(pair: &Pair, longest: &mut (u32, u32), ends: &mut u32) {
    if pair.agree() {
        *longest = (longest.0.max(pair.chain), longest.1.max(pair.delivered));
        *ends += 1;
        return;
    }
    let moves: Vec<_> = pair.moves().into_iter().filter(|step| matches!(step, Move::Open(_) | Move::Deliver(_) | Move::Wait)).collect();
    assert!(moves.iter().any(|step| matches!(step, Move::Open(_) | Move::Deliver(_))), "nothing is under way, and nothing stands");
    for step in moves {
        let mut next = pair.clone();
        next.go(step);
        chains(&next, longest, ends);
    }
}

#[test]
fn a_session_stands_within_four_delivered_messages() {
    for waits in 0..3 {
        let calm = Left { losses: 0, twice: 0, timers: 0, waits, restarts: 0 };
        let (mut longest, mut ends) = ((0, 0), 0);
        chains(&Pair::new(calm), &mut longest, &mut ends);
        eprintln!("{ends} orders, the longest chain and the most packets: {longest:?}");
        assert!(ends > 100 && longest.0 <= 4, "{longest:?}");
    }
}
