use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use allswell_link::bfd::packet::SOURCE_PORTS;
use allswell_os::datagram::Batch;
use allswell_testkit::namespace::inside;

use super::{Mouth, Trouble};

const PEERS: [IpAddr; 2] = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];

fn port(mouth: &Mouth) -> u16 {
    mouth.socket.local().unwrap().port()
}

#[test]
fn whatever_chance_says_the_port_is_one_of_bfds() {
    inside(|| {
        for chance in (0..=u16::MAX).step_by(97) {
            let port = port(&Mouth::open(PEERS[0], chance).unwrap());
            assert!(SOURCE_PORTS.contains(&port), "{chance}: {port}");
        }
    });
}

#[test]
fn a_port_that_is_taken_is_left_to_others() {
    inside(|| {
        for peer in PEERS {
            let mouths: Vec<Mouth> = (0..10).map(|_| Mouth::open(peer, 5).unwrap()).collect();
            let ports: std::collections::BTreeSet<u16> = mouths.iter().map(port).collect();
            assert_eq!(ports.len(), mouths.len());
        }
    });
}

#[test]
fn nobody_listens_until_somebody_is_heard() {
    inside(|| {
        for peer in PEERS {
            let (mut mouth, mut waste) = (Mouth::open(peer, 5).unwrap(), Batch::new());
            let deadline = Instant::now() + Duration::from_secs(20);
            while mouth.trouble() != Some(Trouble::Refused) {
                assert!(mouth.send(b"anybody?", &mut waste) && Instant::now() < deadline, "{:?}", mouth.trouble());
            }
            mouth.heard();
            assert_eq!(mouth.trouble(), None);
        }
    });
}

#[test]
fn what_our_own_kernel_refuses_is_our_own_trouble() {
    inside(|| {
        let (mut mouth, mut waste) = (Mouth::open("192.0.2.1".parse().unwrap(), 5).unwrap(), Batch::new());
        assert!(!mouth.send(b"anybody?", &mut waste));
        assert_eq!(mouth.trouble(), Some(Trouble::Unsent(allswell_os::errno::ENETUNREACH)));
    });
}
