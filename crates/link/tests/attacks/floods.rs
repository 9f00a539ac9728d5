//! Very many packets at once: what they cost, what is answered, and that what stands goes on.

use std::time::{Duration, Instant};

use allswell_link::dropped::Dropped;

use crate::arena::{Arena, address, elsewhere};
use crate::forge::{FROM, PROBE, SYN, SYN_ACK, put};

const MANY: u64 = 100_000;

/// From one to the next: all of them within five seconds.
const APART: Duration = Duration::from_micros(50);

/// What one peer's handshakes are answered at most within those, from one place: ten at once, and twenty a second.
const AT_MOST: u64 = 10 + 5 * 20 + 1;

#[expect(clippy::print_stdout, reason = "a figure for whoever runs it")]
fn flood(what: &str, seed: u64, packet: impl Fn(&Arena, u64) -> (std::net::SocketAddr, Vec<u8>)) -> (Arena, u64) {
    let mut arena = Arena::standing(seed, 1);
    let before = arena.before();
    let resident = resident_pages();
    let (mut answers, mut spent) = (0, Duration::ZERO);
    for number in 0..MANY {
        let (from, bytes) = packet(&arena, number);
        let began = Instant::now();
        let hit = arena.inject(0, from, &bytes);
        spent += began.elapsed();
        let out: usize = hit.answers.iter().map(|(_, answer)| answer.len()).sum();
        assert!(out <= bytes.len() && hit.answers.len() <= 1);
        answers += hit.answers.len() as u64;
        arena.pass(APART);
    }
    let grown = resident_pages().saturating_sub(resident) * 4096;
    println!("{what}: {answers} of {MANY} answered, {:?} each, {grown} bytes more", spent / u32::try_from(MANY).unwrap());
    // One of 96 bytes kept for each would be ten million. Other tests run beside this one.
    assert!(grown < 6_000_000, "{grown} bytes more");
    arena.is_unharmed(&before);
    (arena, answers)
}

fn resident_pages() -> u64 {
    std::fs::read_to_string("/proc/self/statm").unwrap().split(' ').nth(1).unwrap().parse().unwrap()
}

/// LINK-14: a recorded SYN, from everywhere and from where the peer lives.
#[test]
fn a_flood_of_recorded_syns_is_answered_seldom() {
    let (arena, answers) = flood("recorded SYNs from elsewhere", 40, |arena, number| {
        let mut from = elsewhere();
        from.set_port(u16::try_from(number % 60_000).unwrap());
        (from, arena.ends[1].sent[0].1.clone())
    });
    assert!(answers <= AT_MOST, "{answers}");
    assert_eq!(arena.ends[0].endpoint.drops().of(Dropped::RateLimited), MANY - answers);
    let (_, answers) = flood("recorded SYNs from home", 41, |arena, _| (address(1), arena.ends[1].sent[0].1.clone()));
    assert!(answers <= AT_MOST, "{answers}");
}

/// LINK-14: while recordings flood in from elsewhere, a peer that begins anew is answered at once.
#[test]
fn a_flood_from_elsewhere_keeps_no_peer_out() {
    let mut arena = Arena::standing(42, 1);
    let syn = arena.last_sent(1, SYN);
    for _ in 0..1_000 {
        let _ = arena.inject(0, elsewhere(), &syn);
    }
    arena.restart(1);
    for _ in 0..100 {
        let _ = arena.inject(0, elsewhere(), &syn);
        arena.pass(APART);
    }
    assert!(arena.agree());
    assert_eq!(arena.last_sent(0, SYN_ACK).len(), 96);
}

/// LINK-4: SYNs and probes that nobody signed.
#[test]
fn a_flood_of_forgeries_is_answered_never() {
    let (arena, answers) = flood("forged SYNs", 43, |arena, number| {
        let mut bytes = arena.ends[1].sent[0].1.clone();
        put(&mut bytes, FROM, number + 1);
        (elsewhere(), bytes)
    });
    assert_eq!((answers, arena.ends[0].endpoint.drops().of(Dropped::Mac)), (0, MANY));
    let (arena, answers) = flood("forged probes in the session that stands", 44, |arena, number| {
        let mut bytes = arena.last_sent(1, PROBE);
        put(&mut bytes, 24, number + MANY);
        (address(1), bytes)
    });
    assert_eq!((answers, arena.ends[0].endpoint.drops().of(Dropped::Mac)), (0, MANY));
    let (arena, answers) = flood("noise", 45, |_, number| {
        let mut bytes = vec![0; 96];
        (0..12).for_each(|eight| {
            put(&mut bytes, eight * 8, number.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(u32::try_from(eight).unwrap() * 5));
        });
        (elsewhere(), bytes)
    });
    assert_eq!((answers, arena.ends[0].endpoint.drops().of(Dropped::Mac)), (0, 0));
}
