//! What other nodes tell of their links: packets of rows, to a node that tells it on.

#![no_main]

use std::time::Duration;

use allswell_link::ids::Node;
use allswell_link::time::Moment;
use allswell_mesh::gossip::{ENTRIES_LIMIT, Gossip, PACKET_LIMIT};
use libfuzzer_sys::fuzz_target;

const OWN: Node = Node(1);

/// Few, and small numbers, so that the fuzzer finds them.
fn members() -> impl Iterator<Item = Node> {
    (1..=8).map(Node)
}

fuzz_target!(|data: &[u8]| {
    let mut now = Moment(1_000_000_000_000);
    let (mut gossip, mut other) = (Gossip::new(OWN, 1_800_000_000), Gossip::new(Node(3), 1_800_000_000));
    gossip.members(members());
    other.members(members());
    let mut rest = data;
    // Pieces: from whom, how long it is in four bytes, and its bytes.
    while let [from, length, more @ ..] = rest {
        let (piece, after) = more.split_at((usize::from(*length) * 5).min(more.len()));
        rest = after;
        let taken = gossip.receive(now, Node(u64::from(from % 16)), piece);
        assert!(!taken || members().any(|node| node == Node(u64::from(from % 16))));
        for (node, row, age) in gossip.rows(now) {
            assert!(node != OWN && members().any(|member| member == node) && row.entries.len() <= ENTRIES_LIMIT);
            assert!(age <= Duration::from_secs(20));
        }
        // What it tells on can be read.
        while let Some(packet) = gossip.next_for(Node(3), now) {
            assert!(packet.len() <= PACKET_LIMIT && other.receive(now, OWN, &packet));
        }
        now = now + Duration::from_millis(u64::from(from >> 4) * 100);
    }
});
