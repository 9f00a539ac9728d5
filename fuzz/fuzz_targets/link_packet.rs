//! Packets of links, to an end with a session that stands: as they are, and signed anew, so that the fuzzer gets behind the MAC.
//!
//! Whatever comes: no panic, at most one answer and none longer than the packet, a drop is counted once, and what is measured of it stays
//! within reason.

#![no_main]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::endpoint::{Arrival, Endpoint, Identity};
use allswell_link::ids::Node;
use allswell_link::key::{Key, KeyRing};
use allswell_link::machine::Event;
use allswell_link::measure::Measures;
use allswell_link::terms::Terms;
use allswell_link::time::{Moment, Stamp};
use blake2::digest::consts::{U16, U32};
use blake2::digest::{Digest, KeyInit, Mac};
use blake2::{Blake2s256, Blake2sMac};
use libfuzzer_sys::fuzz_target;

const SECRET: &[u8] = b"a secret of the fuzzers";
const US: Node = Node(1);
const PEER: Node = Node(2);

fn address(host: u8) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, host)), 8421)
}

fn endpoint(us: Node, peer: Node, host: u8) -> Endpoint {
    let identity = Identity { node: us, boot: 1, seed: [host; 32] };
    let mut endpoint = Endpoint::new(identity, KeyRing::new(vec![Key::new(1, SECRET)]));
    endpoint.add(peer, address(host), Terms::every(Duration::from_millis(50), 3));
    endpoint
}

/// The MAC of the peer, as docs/link-protocol.md has it.
fn seal(bytes: &mut [u8]) {
    let root: [u8; 32] = Blake2s256::new().chain_update(b"allswell key 1").chain_update(SECRET).finalize().into();
    let mut derive = Blake2sMac::<U32>::new(&root.into());
    for part in [&b"allswell link 1"[..], &PEER.0.to_be_bytes(), &US.0.to_be_bytes()] {
        Mac::update(&mut derive, part);
    }
    let key: [u8; 32] = derive.finalize().into_bytes().into();
    let Some(signed) = bytes.len().checked_sub(16) else { return };
    let (signed, mac) = bytes.split_at_mut(signed);
    mac.copy_from_slice(&Blake2sMac::<U16>::new(&key.into()).chain_update(&*signed).finalize().into_bytes());
}

struct Ends {
    us: Endpoint,
    peer: Endpoint,
    now: Moment,
    measures: Measures,
}

impl Ends {
    /// A session stands, and both have been heard in it.
    fn standing() -> Self {
        let mut ends =
            Self { us: endpoint(US, PEER, 2), peer: endpoint(PEER, US, 1), now: Moment(1_000_000_000_000), measures: Measures::new() };
        ends.us.tell(ends.now, PEER, Event::LinkUp);
        ends.peer.tell(ends.now, US, Event::LinkUp);
        for _ in 0..40 {
            ends.exchange();
            ends.pass(Duration::from_millis(10));
        }
        assert!(ends.us.link(PEER).is_some_and(|link| link.session().is_some()));
        ends
    }

    fn exchange(&mut self) {
        while let Some(packet) = self.us.transmit() {
            let _ = self.peer.receive(&self.arrival(1), &packet.bytes);
        }
        while let Some(packet) = self.peer.transmit() {
            let _ = self.us.receive(&self.arrival(2), &packet.bytes);
        }
        self.drain();
    }

    fn arrival(&self, host: u8) -> Arrival {
        Arrival { from: address(host), at: self.now, stamp: Stamp(self.now.0) }
    }

    fn pass(&mut self, time: Duration) {
        self.now = self.now + time;
        self.us.run(self.now, self.now, Duration::ZERO);
        self.peer.run(self.now, self.now, Duration::ZERO);
    }

    /// What came of it, by number and bytes of the answers.
    fn drain(&mut self) -> (usize, usize) {
        let mut answers = (0, 0);
        while let Some(packet) = self.us.transmit() {
            answers = (answers.0 + 1, answers.1 + packet.bytes.len());
            if let Some(probe) = packet.probe {
                self.measures.sent(&probe, self.now);
                self.measures.sent_stamp(&probe, Stamp(self.now.0));
            }
        }
        while let Some(heard) = self.us.heard() {
            self.measures.heard(&heard);
        }
        while self.us.question().is_some() {}
        while self.us.happening().is_some() {}
        answers
    }

    fn dropped(&self) -> u64 {
        self.us.drops().iter().map(|(_, count)| count).sum()
    }
}

fuzz_target!(|data: &[u8]| {
    let mut ends = Ends::standing();
    let mut rest = data;
    // Pieces: how it is sent, how long it is, and its bytes.
    while let [how, length, more @ ..] = rest {
        let length = if how & 0x80 == 0 { 96 } else { usize::from(*length) * 5 };
        let (piece, after) = more.split_at(length.min(more.len()));
        rest = after;
        let mut bytes = piece.to_vec();
        bytes.resize(length, 0);
        let session = ends.us.link(PEER).and_then(|link| link.session()).map(|session| session.pair);
        if how & 1 == 0 && bytes.len() >= 40 {
            (bytes[0], bytes[2]) = (1, 1);
            bytes[1] = 1 + bytes[1] % 5;
            if bytes[1] < 4 {
                bytes[24..32].copy_from_slice(&PEER.0.to_be_bytes());
                bytes[32..40].copy_from_slice(&US.0.to_be_bytes());
            }
            if let (Some(pair), 0) = (session, how & 2) {
                bytes[8..16].copy_from_slice(&pair.ours.0.to_be_bytes());
                bytes[16..24].copy_from_slice(&pair.theirs.0.to_be_bytes());
            }
            if how & 4 == 0 {
                // Terms within bounds, so that the rest is looked at.
                bytes[3] = 2 + bytes[3] % 49;
                bytes[4..6].fill(0);
                bytes[6] |= 4;
                let hears = if bytes[1] < 4 { 64 } else { 72 };
                if bytes.len() == 96 {
                    bytes[hears..hears + 2].fill(0);
                    bytes[hears + 2] |= 4;
                }
            }
            seal(&mut bytes);
        }
        let dropped = ends.dropped();
        let arrival = ends.arrival(if how & 8 == 0 { 2 } else { 9 });
        let taken = ends.us.receive(&arrival, &bytes).is_ok();
        assert_eq!(ends.dropped() - dropped, u64::from(!taken));
        let (answers, out) = ends.drain();
        assert!(answers <= usize::from(taken) && out <= bytes.len());
        if how & 16 != 0 {
            ends.pass(Duration::from_millis(u64::from(how & 0x60)));
            ends.exchange();
        }
    }
    let figures = ends.measures.figures(ends.now);
    let shares = [figures.loss_forward, figures.loss_reverse];
    assert!(shares.into_iter().flatten().all(|share| (0.0..=1.0).contains(&share)));
});
