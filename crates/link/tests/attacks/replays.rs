//! Genuine packets once more: old numbers, other sessions, the way back.

use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::machine::Event;

use crate::arena::{Arena, address, elsewhere};
use crate::forge::{FROM, KIND, PROBE, REPORT, SYN, TO, number, put};

/// LINK-19, LINK-22: what was heard once is not heard again, be it from where it came or from elsewhere; nor what is older than the window.
#[test]
fn old_numbers_are_not_heard_again() {
    let mut arena = Arena::standing(1, 0);
    arena.report(1, b"what I know");
    // Far enough for the first numbers to leave the window of 1,984 numbers.
    arena.pass(Duration::from_secs(110));
    let before = arena.before();
    let sent: Vec<Vec<u8>> = arena.ends[1].sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    let newest = number(&arena.last_sent(1, PROBE), 24);
    let (mut duplicates, mut stale) = (0, 0);
    for bytes in sent.iter().filter(|bytes| bytes[KIND] == PROBE && number(bytes, 24) < newest) {
        let is_old = newest - number(bytes, 24) > 1_985;
        let at_edge = newest - number(bytes, 24) >= 1_983 && !is_old;
        if at_edge {
            continue;
        }
        let why = if is_old { Dropped::Stale } else { Dropped::Duplicate };
        arena.is_dropped(0, if is_old { elsewhere() } else { address(1) }, bytes, why);
        if is_old { stale += 1 } else { duplicates += 1 }
    }
    assert!(stale > 400 && duplicates > 1_900, "{stale} {duplicates}");
    let report = sent.iter().find(|bytes| bytes[KIND] == REPORT).unwrap();
    arena.is_dropped(0, address(1), report, Dropped::Stale);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-18: packets of the session before, and of halves of two sessions.
#[test]
fn packets_of_another_session_are_nobodys() {
    let mut arena = Arena::standing(2, 0);
    arena.report(1, b"what I know");
    let old: Vec<Vec<u8>> = arena.ends[1].sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    let old_pair = arena.session(0).unwrap();
    arena.restart(1);
    arena.pass(Duration::from_secs(2));
    assert!(arena.agree());
    let before = arena.before();
    for bytes in old.iter().filter(|bytes| matches!(bytes[KIND], PROBE | REPORT)) {
        arena.is_dropped(0, address(1), bytes, Dropped::UnknownSession);
    }
    // Halves of two sessions in one packet; without the key, and with it.
    let now = arena.session(0).unwrap();
    let mut swapped = arena.last_sent(1, PROBE);
    put(&mut swapped, FROM, old_pair.theirs.0);
    arena.is_dropped(0, address(1), &swapped, Dropped::Mac);
    crate::forge::seal(&mut swapped, crate::arena::node(1), crate::arena::node(0));
    arena.is_dropped(0, address(1), &swapped, Dropped::CrossSession);
    put(&mut swapped, FROM, now.theirs.0);
    put(&mut swapped, TO, old_pair.ours.0);
    crate::forge::seal(&mut swapped, crate::arena::node(1), crate::arena::node(0));
    arena.is_dropped(0, address(1), &swapped, Dropped::UnknownSession);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-5: an end's own packets, sent back to it.
#[test]
fn reflected_packets_are_nobodys() {
    let mut arena = Arena::standing(3, 0);
    arena.report(0, b"what I know");
    let before = arena.before();
    let own: Vec<Vec<u8>> = arena.ends[0].sent.iter().map(|(_, bytes)| bytes.clone()).collect();
    for bytes in &own {
        let why = match bytes[KIND] {
            // It names us as its sender.
            kind if kind < PROBE => Dropped::UnknownPeer,
            // It names the peer's half in our place.
            _ => Dropped::UnknownSession,
        };
        arena.is_dropped(0, address(1), bytes, why);
        // With both halves turned round, as an attacker without the key would.
        let mut turned = bytes.clone();
        put(&mut turned, TO, number(bytes, FROM));
        put(&mut turned, FROM, number(bytes, TO));
        if bytes[KIND] < PROBE {
            put(&mut turned, 24, number(bytes, 32));
            put(&mut turned, 32, number(bytes, 24));
        }
        arena.is_dropped(0, address(1), &turned, Dropped::Mac);
    }
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-3, LINK-22: everything that was ever said in a session that is over, farewell included, said again to the one that came after it and
/// to one that is switched off.
#[test]
fn a_whole_recording_does_nothing() {
    for end in 0..2 {
        let mut arena = Arena::standing(4, 0);
        arena.tell(1 - end, Event::Leave);
        arena.pass(Duration::from_millis(10));
        let recording: Vec<Vec<u8>> = arena.ends[1 - end].sent.iter().map(|(_, bytes)| bytes.clone()).collect();
        arena.switch_on(1 - end);
        arena.pass(Duration::from_secs(3));
        assert!(arena.agree());
        let before = arena.before();
        for bytes in recording.iter().filter(|bytes| bytes[KIND] != SYN) {
            let why = match bytes[KIND] {
                PROBE | REPORT => Dropped::UnknownSession,
                2 => Dropped::Unasked,
                _ => Dropped::Cookie,
            };
            arena.is_dropped(end, address(1 - end), bytes, why);
        }
        arena.pass(Duration::from_secs(1));
        arena.is_unharmed(&before);
        arena.tell(end, Event::LinkDown);
        for bytes in &recording {
            let why = if bytes[KIND] < PROBE { Dropped::Closed } else { Dropped::UnknownSession };
            arena.is_dropped(end, address(1 - end), bytes, why);
            arena.pass(Duration::from_millis(50));
        }
    }
}
