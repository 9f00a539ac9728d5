//! A peer that has the key and misuses it: it harms its own link, and that one only until it behaves.

use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::measure::loss::{Forward, Tally};

use crate::arena::{Arena, address, node};
use crate::forge::{PROBE, SEQUENCE, number, put, seal};

fn forged(arena: &Arena, change: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut bytes = arena.last_sent(1, PROBE);
    change(&mut bytes);
    seal(&mut bytes, node(1), node(0));
    bytes
}

/// LINK-18, LINK-19: a leap ahead is taken, up to the last of all numbers; what comes after it in the old count is too old. The peer has
/// silenced itself, and is found again in a session that begins at 0.
#[test]
fn a_leap_ahead_harms_who_leaps() {
    for leap in [2_100, 1 << 32, u64::MAX - 1, u64::MAX] {
        let mut arena = Arena::standing(30, 0);
        let ahead = forged(&arena, |bytes| put(bytes, SEQUENCE, leap));
        let genuine = arena.last_sent(1, PROBE);
        let session = arena.session(0);
        arena.pass_on(0, address(1), &ahead).unwrap();
        arena.is_dropped(0, address(1), &ahead, Dropped::Duplicate);
        arena.is_dropped(0, address(1), &genuine, Dropped::Stale);
        for below in [1, 2, 1_000] {
            let late = forged(&arena, |bytes| put(bytes, SEQUENCE, leap - below));
            arena.pass_on(0, address(1), &late).unwrap();
            arena.is_dropped(0, address(1), &late, Dropped::Duplicate);
        }
        arena.ends[1].answers = false;
        arena.pass(Duration::from_millis(60));
        assert_eq!(number(&arena.last_sent(0, PROBE), 32), leap.saturating_add(1));
        arena.pass(Duration::from_secs(3));
        assert!(arena.agree() && arena.session(0) != session);
        assert!(number(&arena.last_sent(1, PROBE), SEQUENCE) < 100);
    }
}

/// LINK-24: a peer that tells of more than was sent is not believed.
#[test]
fn who_tells_what_cannot_be_is_not_believed() {
    let mut arena = Arena::standing(31, 0);
    let mut forward = Forward::default();
    (0..20).for_each(|sequence| forward.sent(sequence));
    for (up_to, received) in [(u64::MAX, 3), (u64::MAX, u64::MAX), (21, 20), (10, 11)] {
        let heard = arena.ends[0].heard.len();
        let sequence = 10_000 + heard as u64;
        let lie = forged(&arena, |bytes| {
            put(bytes, SEQUENCE, sequence);
            put(bytes, 32, up_to);
            put(bytes, 48, received);
        });
        arena.pass_on(0, address(1), &lie).unwrap();
        let probe = arena.ends[0].heard[heard].probe;
        assert_eq!((probe.heard_up_to, probe.received), (up_to, received));
        forward.told(probe.sequence, probe.heard_up_to, probe.received);
    }
    assert_eq!((forward.total(), forward.refused()), (Tally::default(), 4));
}
