//! Nobody is made to send more than was sent to it: over every kind of packet, every state of a link, and many packets that were changed
//! and signed anew.

use std::time::Duration;

use crate::arena::{Arena, address, elsewhere, node};
use crate::forge::{ACK, KIND, PROBE, REPORT, SYN, SYN_ACK, put, seal};

const MUTATED: usize = 100_000;

/// What a packet caused, in bytes; at most as many as it has, in at most one packet.
fn cost(arena: &mut Arena, end: usize, from: std::net::SocketAddr, bytes: &[u8]) -> usize {
    let hit = arena.inject(end, from, bytes);
    let out = hit.answers.iter().map(|(_, answer)| answer.len()).sum();
    assert!(out <= bytes.len() && hit.answers.len() <= 1, "kind {} of {} bytes: {hit:02x?}", bytes[KIND], bytes.len());
    out
}

/// LINK-13: each packet of a life that has every kind in it, each judged by what it alone causes.
#[test]
fn every_kind_costs_its_sender_as_much() {
    let mut kinds = [0; 6];
    for (seed, asks) in [(50, 0), (51, 1), (52, 0)] {
        let mut arena = Arena::new(seed);
        arena.takes = |_, _| true;
        arena.switch_on(asks);
        arena.pass(Duration::from_millis(20));
        arena.switch_on(1 - asks);
        for step in 0..2_000 {
            arena.pass(Duration::from_millis(1));
            if step % 100 == 99 && arena.agree() && arena.ends.iter().all(|end| !end.heard.is_empty()) {
                arena.report(0, b"short");
            }
            if step == 700 {
                arena.restart(1 - asks);
            }
            if step == 1_400 {
                arena.tell(asks, allswell_link::machine::Event::Leave);
            }
            for (from, bytes) in std::mem::take(&mut arena.held) {
                kinds[usize::from(bytes[KIND])] += 1;
                // Each answer is under way in its turn; what it causes is judged when it arrives.
                let hit = arena.inject(1 - from, address(from), &bytes);
                let out: usize = hit.answers.iter().map(|(_, answer)| answer.len()).sum();
                assert!(out <= bytes.len() && hit.answers.len() <= 1, "kind {}: {hit:02x?}", bytes[KIND]);
                arena.held.extend(hit.answers.into_iter().map(|(_, answer)| (1 - from, answer)));
            }
        }
    }
    assert!([SYN, SYN_ACK, ACK, PROBE, REPORT].iter().all(|kind| kinds[usize::from(*kind)] > 3), "{kinds:?}");
}

/// LINK-13: packets that were changed at random and signed anew, to ends in every state.
#[test]
fn changed_packets_cost_their_sender_as_much() {
    let mut chance = 0x1234_5678_u64;
    let mut roll = move |below: usize| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((chance >> 33) % below as u64).unwrap()
    };
    let (mut sent, mut answered) = (0, 0);
    for round in 0..100 {
        let mut arena = Arena::standing(60 + round, usize::from(round % 2 == 0));
        arena.report(1, b"what I know");
        match round % 5 {
            // Down, opening, taken and not confirmed, closed; else up.
            1 => arena.kill(1),
            2 => arena.restart(0),
            3 => {
                arena.restart(0);
                arena.takes = |_, bytes| bytes[KIND] == ACK;
            }
            4 => arena.tell(0, allswell_link::machine::Event::LinkDown),
            _ => {}
        }
        arena.pass(Duration::from_millis(if round % 5 == 1 { 1_000 } else { 3 }));
        let seeds: Vec<Vec<u8>> = arena.ends[1].sent.iter().map(|(_, bytes)| bytes.clone()).collect();
        for _ in 0..MUTATED / 100 {
            let mut bytes = seeds[if roll(3) == 0 { seeds.len() - 1 } else { roll(seeds.len()) }].clone();
            for _ in 0..roll(4) {
                let at = roll(bytes.len() - 16);
                bytes[at] = u8::try_from(roll(256)).unwrap();
            }
            if roll(4) == 0 {
                bytes[KIND] = u8::try_from(roll(6)).unwrap();
            }
            if roll(8) == 0 {
                put(&mut bytes, 8, arena.session(0).map_or(0, |pair| pair.ours.0));
            }
            seal(&mut bytes, node(1), node(0));
            let from = if roll(2) == 0 { address(1) } else { elsewhere() };
            sent += bytes.len();
            answered += cost(&mut arena, 0, from, &bytes);
            arena.pass(Duration::from_micros(roll(40_000) as u64));
        }
    }
    assert!(answered > 0 && answered <= sent, "{answered} of {sent}");
}
