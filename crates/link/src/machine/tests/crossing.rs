//! Two ends that begin, and begin anew, at any moment: all orders of their packets, with some lost and some twice, and from each point
//! that can be reached so a calm network leads both into one session.

use std::collections::HashSet;
use std::time::Duration;

use super::end::MS;
use super::two_ends::{Left, Move, Pair};
use crate::machine::State;
use crate::wire::{Header, Kind};

/// All of it happens at most so often.
const LITTLE: Left = Left { losses: 2, twice: 1, timers: 2, waits: 1, restarts: 1 };

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

/// Lets the packets of this kind arrive at this end, and forgets nothing else.
fn arrive(pair: &mut Pair, to: usize, kind: Kind) {
    let (arriving, rest): (Vec<_>, Vec<_>) =
        std::mem::take(&mut pair.under).into_iter().partition(|packet| packet.0 == to && Header::read(&packet.2).unwrap().kind == kind);
    pair.under = rest;
    assert!(!arriving.is_empty(), "no {kind:?} is under way to {to}");
    arriving.into_iter().for_each(|packet| pair.deliver(packet));
}

/// Both ask, and their last packets are longer on their way than either waits: each takes the other's session and hears a probe in it.
/// Each kernel answers, so neither dies of the silence that follows. This stood for ever once. LINK-33.
#[test]
fn two_ends_in_two_sessions_find_out() {
    let mut pair = Pair::new(LITTLE);
    pair.go(Move::Open(0));
    pair.go(Move::Open(1));
    pair.go(Move::Wait);
    for kind in [Kind::Syn, Kind::SynAck] {
        arrive(&mut pair, 0, kind);
        arrive(&mut pair, 1, kind);
    }
    let unconfirmed = pair.ends.clone().map(|end| end.pair());
    // Beside the cookie, each sends its first probe when it is due.
    pair.fire();
    pair.fire();
    pair.now = pair.now + 90 * MS;
    arrive(&mut pair, 1, Kind::Ack);
    arrive(&mut pair, 1, Kind::Probe);
    while matches!(pair.ends[0].link.state, State::Up(_)) {
        pair.fire();
    }
    arrive(&mut pair, 0, Kind::Ack);
    pair.under.retain(|packet| packet.0 == 0);
    pair.under.truncate(1);
    arrive(&mut pair, 0, Kind::Probe);
    let swapped = pair.ends.clone().map(|end| end.pair());
    assert!(swapped[0].is_some() && swapped[1].is_some() && !pair.agree(), "{swapped:?}");
    assert_ne!(swapped, unconfirmed);
    pair.under.clear();
    assert!(pair.calm(Pair::is_confirmed, Duration::from_secs(1)), "each stays in a session that the other has left");
}

#[test]
fn a_session_stands_within_four_delivered_messages() {
    for waits in 0..3 {
        let calm = Left { losses: 0, twice: 0, timers: 0, waits, restarts: 0 };
        let (mut longest, mut ends) = ((0, 0), 0);
        chains(&Pair::new(calm), &mut longest, &mut ends);
        eprintln!("{ends} orders, the longest chain and the most packets: {longest:?}");
        assert!(ends > 20 && longest.0 <= 4, "{longest:?}");
    }
}
