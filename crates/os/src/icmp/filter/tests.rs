//! The programs run in the kernel, on a pair of unix sockets: filters see any socket's bytes alike.

use std::os::fd::AsFd;
use std::os::unix::net::UnixDatagram;

use super::*;

const ID: u16 = 0x4a30;

/// Whether a socket with our filter hears these bytes.
fn passes(family: Family, packet: &[u8]) -> bool {
    let (near, far) = UnixDatagram::pair().unwrap();
    near.set_nonblocking(true).unwrap();
    attach_program(near.as_fd(), &program(family, ID)).unwrap();
    // A unix socket tells its sender when a filter refuses.
    far.send(packet).is_ok() && near.recv(&mut [0; 256]).is_ok_and(|length| length == packet.len())
}

fn ip4(options: usize, protocol: u8, icmp: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 20 + options];
    packet[0] = 0x40 | u8::try_from(packet.len() / 4).unwrap();
    packet[9] = protocol;
    packet.extend_from_slice(icmp);
    packet
}

fn ip6(next: u8, rest: &[u8]) -> Vec<u8> {
    let mut packet = vec![0; 40];
    packet[0] = 0x60;
    packet[6] = next;
    packet.extend_from_slice(rest);
    packet
}

fn icmp(kind: u8, id: u16, rest: &[u8]) -> Vec<u8> {
    let [high, low] = id.to_be_bytes();
    let mut packet = vec![kind, 0, 0, 0, high, low, 0, 1];
    packet.extend_from_slice(rest);
    packet
}

#[test]
fn replies_pass_with_any_identifier_of_our_block_and_no_other() {
    for (id, wanted) in [(ID, true), (ID + 15, true), (ID + 16, false), (ID - 1, false)] {
        for options in [0, 8, 40] {
            assert_eq!(passes(Family::V4, &ip4(options, 1, &icmp(0, id, &[]))), wanted, "{id:x}");
        }
        assert_eq!(passes(Family::V6, &icmp(129, id, &[])), wanted, "{id:x}");
    }
}

#[test]
fn requests_and_other_types_are_dropped() {
    for kind in [5, 8, 13, 30] {
        assert!(!passes(Family::V4, &ip4(0, 1, &icmp(kind, ID, &[0; 40]))), "{kind}");
    }
    for kind in [0, 128, 135, 137] {
        assert!(!passes(Family::V6, &icmp(kind, ID, &[0; 80])), "{kind}");
    }
}

#[test]
fn errors_pass_when_they_quote_our_request() {
    for kind in [3, 11, 12] {
        for (id, wanted) in [(ID + 3, true), (ID + 16, false)] {
            for options in [0, 12] {
                let quoted = ip4(options, 1, &icmp(8, id, &[]));
                assert_eq!(passes(Family::V4, &ip4(4, 1, &icmp(kind, 0, &quoted))), wanted);
            }
        }
        assert!(!passes(Family::V4, &ip4(0, 1, &icmp(kind, 0, &ip4(0, 17, &icmp(8, ID, &[]))))), "quotes UDP");
        assert!(!passes(Family::V4, &ip4(0, 1, &icmp(kind, 0, &ip4(0, 1, &icmp(0, ID, &[]))))), "quotes a reply");
        assert!(!passes(Family::V4, &ip4(0, 1, &icmp(kind, 0, &[0x45]))), "quotes next to nothing");
    }
    for kind in [1, 2, 3, 4] {
        for (id, wanted) in [(ID + 3, true), (ID + 16, false)] {
            assert_eq!(passes(Family::V6, &icmp(kind, 0, &ip6(58, &icmp(128, id, &[])))), wanted);
            let fragment = [&[58, 0, 0, 1, 0, 0, 0, 9], icmp(128, id, &[]).as_slice()].concat();
            assert_eq!(passes(Family::V6, &icmp(kind, 0, &ip6(44, &fragment))), wanted);
        }
        assert!(!passes(Family::V6, &icmp(kind, 0, &ip6(6, &icmp(128, ID, &[])))), "quotes TCP");
    }
}

#[test]
fn types_are_blocked_by_bit() {
    assert_eq!(blocked_but(&ERRORS4, 0)[0], !(1 | 1 << 3 | 1 << 11 | 1 << 12));
    assert_eq!(blocked_but(&ERRORS6, 129), [!0b11110, !0, !0, !0, !2, !0, !0, !0]);
}
