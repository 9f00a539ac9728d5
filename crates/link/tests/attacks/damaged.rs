//! Packets that were damaged or made up.

use std::time::Duration;

use allswell_link::dropped::Dropped;

use crate::arena::{Arena, address, elsewhere, node};
use crate::forge::{ACK, KEY, KIND, PROBE, REPORT, SYN, SYN_ACK, put, seal};

/// LINK-3, LINK-4: no packet of which one bit differs does anything, and no packet that is shorter or longer.
#[test]
fn every_bit_of_every_kind_counts() {
    let mut arena = Arena::standing(5, 0);
    // The kinds as each end would take them, had they not been changed.
    arena.report(1, b"what I know of others");
    arena.restart(1);
    arena.pass(Duration::from_secs(1));
    arena.report(1, b"what I know of others");
    arena.takes = |_, _| true;
    arena.pass(Duration::from_millis(60));
    let mut genuine: Vec<(usize, Vec<u8>)> = [SYN, ACK, REPORT].into_iter().map(|kind| (0, arena.last_sent(1, kind))).collect();
    genuine.push((1, arena.last_sent(0, SYN_ACK)));
    genuine.extend(arena.held.iter().filter(|(_, bytes)| bytes[KIND] == PROBE).map(|(from, bytes)| (1 - from, bytes.clone())));
    assert!(genuine.len() >= 6, "{}", genuine.len());
    let portraits = [arena.portrait(0), arena.portrait(1)];
    for (end, bytes) in &genuine {
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let hit = arena.inject(*end, address(1 - end), &changed);
            assert!(hit.verdict.is_err() && hit.answers.is_empty(), "kind {} bit {bit}: {hit:?}", bytes[KIND]);
        }
        for length in (0..bytes.len()).chain([bytes.len() + 1, bytes.len() + 16, 1_500, 65_507]) {
            let mut changed = bytes.clone();
            changed.resize(length, 0);
            let hit = arena.inject(*end, address(1 - end), &changed);
            assert!(hit.verdict.is_err() && hit.answers.is_empty(), "kind {} length {length}: {hit:?}", bytes[KIND]);
        }
    }
    assert_eq!([arena.portrait(0), arena.portrait(1)], portraits);
    // And the probes as they are count, so it was the change that made them nobody's.
    for (end, bytes) in genuine.iter().filter(|(_, bytes)| bytes[KIND] == PROBE) {
        assert_eq!(arena.inject(*end, address(1 - end), bytes).verdict, Ok(()));
    }
}

/// LINK-1, LINK-4, LINK-6: each way not to be a packet of ours has its reason.
#[test]
fn each_is_dropped_for_its_reason() {
    let mut arena = Arena::standing(6, 0);
    let before = arena.before();
    let probe = arena.last_sent(1, PROBE);
    let with = |at: usize, byte: u8| {
        let mut changed = probe.clone();
        changed[at] = byte;
        changed
    };
    arena.is_dropped(0, address(1), b"", Dropped::Length);
    arena.is_dropped(0, address(1), &probe[..95], Dropped::Length);
    arena.is_dropped(0, address(1), &with(0, 2), Dropped::Version);
    arena.is_dropped(0, address(1), &with(KIND, 0), Dropped::Kind);
    arena.is_dropped(0, address(1), &with(KIND, 6), Dropped::Kind);
    arena.is_dropped(0, address(1), &with(KEY, 2), Dropped::UnknownKey);
    arena.is_dropped(0, address(1), &with(95, probe[95] ^ 1), Dropped::Mac);
    let mut stranger = arena.ends[0].sent[0].1.clone();
    put(&mut stranger, 24, 77);
    arena.is_dropped(1, address(0), &stranger, Dropped::UnknownPeer);
    put(&mut stranger, 24, node(0).0);
    put(&mut stranger, 32, 77);
    arena.is_dropped(1, address(0), &stranger, Dropped::NotForUs);
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// A peer that has the key and talks nonsense: it is told so, and nothing changes.
#[test]
fn nonsense_of_a_peer_is_dropped() {
    let mut arena = Arena::standing(7, 0);
    let before = arena.before();
    let spoilt: [fn(&mut Vec<u8>); 8] = [
        |bytes| bytes[76] = 3,
        |bytes| bytes[76] = 255,
        |bytes| bytes[3] = 1,
        |bytes| bytes[3] = 51,
        |bytes| bytes[4..8].copy_from_slice(&999_u32.to_be_bytes()),
        |bytes| bytes[4..8].copy_from_slice(&60_000_001_u32.to_be_bytes()),
        |bytes| bytes[72..76].copy_from_slice(&0_u32.to_be_bytes()),
        |bytes| bytes[72..76].copy_from_slice(&u32::MAX.to_be_bytes()),
    ];
    for spoil in spoilt {
        let mut bytes = arena.last_sent(1, PROBE);
        put(&mut bytes, 24, 1_000_000);
        spoil(&mut bytes);
        seal(&mut bytes, node(1), node(0));
        arena.is_dropped(0, address(1), &bytes, Dropped::Malformed);
    }
    for kind in [SYN, SYN_ACK, ACK] {
        let mut bytes = arena.ends[0].sent[0].1.clone();
        bytes[KIND] = kind;
        put(&mut bytes, 16, 0);
        seal(&mut bytes, node(0), node(1));
        arena.is_dropped(1, elsewhere(), &bytes, Dropped::Malformed);
    }
    arena.pass(Duration::from_secs(1));
    arena.is_unharmed(&before);
}

/// LINK-2: bytes that are zeros in this version are not looked at.
#[test]
fn bytes_that_are_kept_free_are_ignored() {
    let mut arena = Arena::standing(8, 0);
    arena.takes = |_, bytes| bytes[KIND] == PROBE;
    arena.pass(Duration::from_millis(60));
    let (_, mut probe) = arena.held.iter().find(|(from, _)| *from == 1).cloned().unwrap();
    assert_eq!(probe[77..80], [0; 3]);
    probe[77..80].copy_from_slice(&[1, 2, 3]);
    seal(&mut probe, node(1), node(0));
    assert_eq!(arena.inject(0, address(1), &probe).verdict, Ok(()));
    let mut syn = arena.ends[0].sent[0].1.clone();
    assert_eq!((&syn[48..64], &syn[68..80]), (&[0; 16][..], &[0; 12][..]));
    syn[48..64].fill(7);
    syn[68..80].fill(7);
    seal(&mut syn, node(0), node(1));
    assert_eq!(arena.inject(1, address(0), &syn).answers.len(), 1);
}
