//! Packets that do not come from the next host, or not from a peer.

use std::net::UdpSocket;

use allswell_link::bfd::packet::{Micros, Packet};
use allswell_link::bfd::refused::Refused;
use allswell_link::bfd::state::{Diagnostic, State};
use allswell_model::link::LinkState;
use allswell_testkit::namespace::inside;

use crate::frr::{Frr, OURS, PATIENT, THEIRS, is_installed};
use crate::ours::{Ours, peer};

const PACKETS: u64 = 20;

/// A peer that begins anew: who heeds it gives up the session.
fn anew() -> Packet {
    Packet {
        diagnostic: Diagnostic::None,
        state: State::Down,
        poll: true,
        is_final: false,
        independent: false,
        authentication: None,
        demand: false,
        multiplier: 3,
        mine: 99,
        yours: 0,
        desired_tx: Micros(1_000_000),
        required_rx: Micros(50_000),
        required_echo_rx: Micros(0),
    }
}

/// What is sent from FRR's host, under that hop limit.
fn send(frr: &Frr, hop_limit: u32, packets: &[Vec<u8>]) {
    frr.space.run(|| {
        let socket = UdpSocket::bind((THEIRS[0], 0)).unwrap();
        socket.set_ttl(hop_limit).unwrap();
        packets.iter().for_each(|bytes| assert_eq!(socket.send_to(bytes, (OURS[0], 3784)).unwrap(), bytes.len()));
    });
}

#[test]
fn what_passed_a_router_is_not_heeded() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            let packet = anew().write().to_vec();
            send(&frr, 254, &vec![packet.clone(); PACKETS as usize]);
            ours.await_refused(Refused::HopLimit, PACKETS);
            ours.hear(0, 20);
            assert_eq!((ours.downs(), ours.link(0).state), (vec![], LinkState::Up));
            // The very same from next door is heeded.
            send(&frr, 255, &[packet]);
            ours.await_downs(1);
            assert_eq!(ours.refusals().of(Refused::HopLimit), PACKETS);
            ours.await_state(0, LinkState::Up);
        });
    }
}

#[test]
fn what_is_no_session_of_ours_is_counted_and_nothing_else() {
    if is_installed() {
        inside(|| {
            let frr = Frr::start(PATIENT);
            let ours = Ours::start(vec![peer(0, 50, PATIENT)]);
            ours.await_state(0, LinkState::Up);
            let mut version = anew().write().to_vec();
            version[0] = 0;
            let mut signed = anew().write().to_vec();
            (signed[1], signed[3]) = (signed[1] | 0x04, 28);
            signed.extend([1, 4, 1, b'x']);
            let wrong = Packet { yours: 98, ..anew() }.write().to_vec();
            let short = anew().write()[..23].to_vec();
            send(&frr, 255, &[version, signed, wrong, short, Vec::new()]);
            frr.space.ip("addr add 10.77.9.3/24 dev f1\n");
            frr.space.run(|| {
                let socket = UdpSocket::bind("10.77.9.3:0").unwrap();
                socket.set_ttl(255).unwrap();
                socket.send_to(&anew().write(), (OURS[0], 3784)).unwrap();
            });
            for (why, count) in [
                (Refused::Version, 1),
                (Refused::Authentication, 1),
                (Refused::UnknownSession, 1),
                (Refused::Truncated, 2),
                (Refused::UnknownPeer, 1),
            ] {
                ours.await_refused(why, count);
            }
            ours.hear(0, 20);
            assert_eq!((ours.downs(), ours.link(0).state), (vec![], LinkState::Up));
        });
    }
}
