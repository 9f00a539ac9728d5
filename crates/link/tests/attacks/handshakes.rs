//! Attacks on the handshake: forged and recorded SYNs, cookies that are another's, used up or too old, reflection.

use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::happening::{Death, Happening};
use allswell_link::ids::SessionId;

use crate::arena::{Arena, DETECTION, address, elsewhere, node};
use crate::forge::{ACK, FROM, KIND, SYN, SYN_ACK, number, put, seal};

/// LINK-8, LINK-10, LINK-13, LINK-35: a SYN against a session that stands. Forged it is nobody's; recorded it gets one answer, as long as
/// itself and the same each time, which goes to where the peer lives, and nothing changes.
#[test]
fn a_syn_leaves_what_stands_alone() {
    for asks in 0..2 {
        let mut arena = Arena::standing(10, asks);
        let syn = arena.last_sent(asks, SYN);
        let before = arena.before();
        let mut forged = syn.clone();
        put(&mut forged, FROM, 0x1234);
        arena.is_dropped(1 - asks, address(asks), &forged, Dropped::Mac);
        let portrait = arena.portrait(1 - asks);
        let hits = [(), ()].map(|()| arena.inject(1 - asks, elsewhere(), &syn));
        for hit in &hits {
            assert_eq!(hit.answers.len(), 1);
            assert_eq!((hit.answers[0].0, hit.answers[0].1[KIND], hit.answers[0].1.len()), (address(asks), SYN_ACK, syn.len()));
        }
        assert_eq!(hits[0].answers, hits[1].answers);
        assert_eq!(arena.portrait(1 - asks), portrait);
        // The peer is handed that answer: it asked for nothing.
        arena.is_dropped(asks, address(1 - asks), &hits[0].answers[0].1, Dropped::Unasked);
        arena.pass(Duration::from_secs(1));
        arena.is_unharmed(&before);
    }
}

/// LINK-9, LINK-11: an attacker passes a SYN on from an address of its own. The cookie is for that address, so the peer cannot use it, and
/// both find each other as soon as the attacker lets them.
#[test]
fn a_cookie_is_good_from_its_address_only() {
    let mut arena = Arena::new(11);
    arena.takes = |_, _| true;
    arena.switch_on(0);
    arena.switch_on(1);
    arena.pass(Duration::from_millis(100));
    let syn = arena.last_sent(0, SYN);
    let offer = arena.inject(1, elsewhere(), &syn).answers.remove(0).1;
    let mut other = offer.clone();
    put(&mut other, 8, number(&offer, 8) + 1);
    seal(&mut other, node(1), node(0));
    arena.is_dropped(0, address(1), &other, Dropped::Unasked);
    let taken = arena.inject(0, address(1), &offer);
    let ack = &taken.answers[0].1;
    assert_eq!(ack[KIND], ACK);
    arena.is_dropped(1, address(0), ack, Dropped::Cookie);
    arena.takes = |_, _| false;
    arena.pass(Duration::from_secs(3));
    assert!(arena.agree());
}

/// LINK-9: a cookie is good for 10 seconds at least, and ends after 20.
#[test]
fn a_cookie_ends() {
    for (seconds, good) in [(1, true), (9, true), (20, false), (60, false)] {
        let mut arena = Arena::new(12);
        arena.takes = |_, bytes| bytes[KIND] == ACK;
        arena.switch_on(1);
        arena.pass(Duration::from_millis(20));
        arena.takes = |_, bytes| bytes[KIND] != SYN_ACK;
        arena.switch_on(0);
        // The second's SYN never arrives; the first takes what it is offered, and its ACK is held.
        let syn = arena.last_sent(1, SYN);
        arena.pass(Duration::from_millis(50));
        arena.pass_on(0, address(1), &syn).unwrap();
        arena.pass(Duration::from_millis(1));
        let ack = arena.held.iter().find(|(_, bytes)| bytes[KIND] == ACK).unwrap().1.clone();
        arena.kill(1);
        arena.pass(Duration::from_secs(seconds));
        if good {
            assert_eq!(arena.inject(0, address(1), &ack).verdict, Ok(()), "after {seconds} s");
        } else {
            arena.is_dropped(0, address(1), &ack, Dropped::Cookie);
        }
    }
}

/// LINK-9: a cookie makes one session, not two; not at once, not after that session has ended, and not while the next one stands.
#[test]
fn a_cookie_is_used_once() {
    let mut arena = Arena::standing(13, 1);
    let ack = arena.last_sent(1, ACK);
    let before = arena.before();
    arena.is_dropped(0, address(1), &ack, Dropped::Duplicate);
    arena.is_dropped(0, elsewhere(), &ack, Dropped::Duplicate);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
    arena.kill(1);
    arena.pass(Duration::from_secs(1));
    assert_eq!(arena.session(0), None);
    arena.is_dropped(0, address(1), &ack, Dropped::Cookie);
    arena.restart(1);
    arena.ends[1].answers = true;
    arena.pass(Duration::from_secs(2));
    assert!(arena.agree());
    let before = arena.before();
    arena.is_dropped(0, address(1), &ack, Dropped::Cookie);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-9: a cookie of before the session that stands, shown only now.
#[test]
fn an_ack_that_was_held_does_not_end_what_stands() {
    let mut arena = Arena::new(14);
    arena.takes = |end, bytes| end == 1 && bytes[KIND] == ACK;
    arena.switch_on(0);
    arena.switch_on(1);
    arena.pass(Duration::from_secs(4));
    let held: Vec<Vec<u8>> = arena.held.iter().map(|(_, bytes)| bytes.clone()).collect();
    arena.takes = |_, _| false;
    arena.pass(Duration::from_secs(2));
    assert!(arena.agree());
    let pair = arena.session(0).unwrap();
    let before = arena.before();
    for ack in &held {
        let why = if number(ack, FROM) == pair.theirs.0 { Dropped::Duplicate } else { Dropped::Cookie };
        arena.is_dropped(0, address(1), ack, why);
    }
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-11, LINK-12: an answer that was held until the peer is dead. It is good for the attempt that it answers and no other; then that end
/// waits for the peer for as long as the answer may have been under way, a second at most, and one detection time more.
#[test]
fn an_answer_that_was_held_brings_nobody_back() {
    let mut arena = Arena::new(15);
    arena.takes = |end, bytes| end == 1 && matches!(bytes[KIND], SYN | SYN_ACK);
    arena.switch_on(1);
    arena.switch_on(0);
    arena.pass(Duration::from_millis(500));
    let offer = arena.held.iter().rev().find(|(_, bytes)| bytes[KIND] == SYN_ACK).unwrap().1.clone();
    arena.kill(1);
    arena.pass(Duration::from_secs(1));
    let before = arena.before();
    arena.pass_on(0, address(1), &offer).unwrap();
    arena.pass(Duration::from_secs(1) + DETECTION + Duration::from_millis(5));
    let told = arena.told_since(0, &before);
    assert!(matches!(told[..], [Happening::Up { .. }, Happening::Ended { death: Death::Unconfirmed, .. }]), "{told:?}");
    arena.is_dropped(0, address(1), &offer, Dropped::Unasked);
    arena.pass(Duration::from_secs(60));
    arena.is_dropped(0, address(1), &offer, Dropped::Unasked);
    assert_eq!(arena.told_since(0, &before).len(), 2);
}

/// LINK-12 and what an ACK proves: the end that takes it believes a dead peer for one detection time, and once.
#[test]
fn an_ack_that_was_held_brings_nobody_back() {
    let mut arena = Arena::new(16);
    arena.takes = |_, bytes| bytes[KIND] == ACK;
    arena.switch_on(0);
    arena.pass(Duration::from_millis(20));
    arena.switch_on(1);
    arena.pass(Duration::from_secs(1));
    let (from, ack) = arena.held.last().unwrap().clone();
    arena.kill(from);
    arena.pass(Duration::from_secs(1));
    let before = arena.before();
    arena.pass_on(1 - from, address(from), &ack).unwrap();
    arena.pass(DETECTION + Duration::from_millis(5));
    let told = arena.told_since(1 - from, &before);
    assert!(matches!(told[..], [Happening::Up { .. }, Happening::Ended { death: Death::Silent, .. }]), "{told:?}");
    arena.is_dropped(1 - from, address(from), &ack, Dropped::Cookie);
}

/// LINK-3, LINK-13: two nodes that are aimed at each other exchange one packet, and then none.
#[test]
fn two_nodes_do_not_keep_each_other_busy() {
    for end in 0..2 {
        let mut arena = Arena::standing(17, 1 - end);
        let syn = arena.last_sent(1 - end, SYN);
        let handshakes = |arena: &Arena| arena.ends.iter().flat_map(|end| &end.sent).filter(|(_, bytes)| bytes[KIND] <= ACK).count();
        let before = (arena.before(), handshakes(&arena));
        arena.pass_on(end, address(1 - end), &syn).unwrap();
        arena.pass(Duration::from_secs(2));
        assert_eq!(handshakes(&arena) - before.1, 1);
        arena.is_unharmed(&before.0);
        // And with each kind that either ever sent, turned on the other.
        for kind in [SYN_ACK, ACK] {
            for (from, to) in [(0, 1), (1, 0)] {
                if let Some((_, bytes)) = arena.ends[from].sent.iter().find(|(_, bytes)| bytes[KIND] == kind) {
                    let bytes = bytes.clone();
                    assert!(arena.pass_on(to, address(from), &bytes).is_err());
                }
            }
        }
        arena.pass(Duration::from_secs(2));
        assert_eq!(handshakes(&arena) - before.1, 1);
        arena.is_unharmed(&before.0);
    }
}

/// LINK-7: no half of an identity is used twice, none is zero, and none is near another.
#[test]
fn identities_are_new_each_time() {
    let mut arena = Arena::standing(18, 0);
    for _ in 0..50 {
        arena.restart(0);
        arena.pass(Duration::from_millis(300));
        arena.kill(1);
        arena.pass(Duration::from_millis(1_500));
        arena.restart(1);
        arena.ends[1].answers = true;
        arena.pass(Duration::from_millis(300));
    }
    let mut seen: Vec<u64> = Vec::new();
    for end in &arena.ends {
        seen.extend(end.told.iter().filter_map(|(_, told)| match told {
            Happening::Up { pair, .. } => Some(pair.ours.0),
            _ => None,
        }));
    }
    let count = seen.len();
    seen.sort_unstable();
    assert!(seen.windows(2).all(|two| two[1] - two[0] > 1 << 32), "{seen:x?}");
    assert!(count > 1 && !seen.contains(&SessionId::NONE.0));
}

/// LINK-12: where the way takes longer than the detection time, two ends meet all the same.
#[test]
fn a_long_way_keeps_nobody_apart() {
    for (seed, one_way) in [(70, 60), (71, 80), (72, 100), (73, 150), (74, 300), (75, 400)] {
        for first in 0..2 {
            let mut arena = Arena::new(seed);
            arena.delay = Duration::from_millis(one_way);
            arena.switch_on(first);
            arena.pass(Duration::from_millis(seed));
            arena.switch_on(1 - first);
            arena.pass(Duration::from_secs(10));
            assert!(arena.agree(), "{one_way} ms each way: {:?} {:?}", arena.ends[0].told, arena.ends[1].told);
            let before = arena.before();
            arena.pass(Duration::from_secs(5));
            arena.is_unharmed(&before);
        }
    }
}

/// LINK-15: who is not answered asks seldomer, each time up to a quarter sooner by chance, and never floods.
#[test]
fn a_syn_is_repeated_at_its_pace() {
    let mut arena = Arena::new(19);
    arena.switch_on(0);
    arena.pass(Duration::from_mins(2));
    let asked: Vec<u64> = arena.ends[0].sent.iter().filter(|(_, bytes)| bytes[KIND] == SYN).map(|(at, _)| at.0).collect();
    let waits: Vec<u64> = asked.windows(2).map(|two| (two[1] - two[0]) / 1_000_000).collect();
    assert!(waits.len() > 120 && waits.len() < 200, "{}", waits.len());
    let mut wanted = 200;
    for wait in &waits[..8] {
        assert!((wanted * 3 / 4..=wanted).contains(wait), "{waits:?}");
        wanted = (wanted * 2).min(1_000);
    }
    assert!(waits.iter().all(|wait| (150..=1_000).contains(wait)), "{waits:?}");
    assert!(waits[3..8].windows(2).any(|two| two[0] != two[1]), "no chance in {waits:?}");
}
