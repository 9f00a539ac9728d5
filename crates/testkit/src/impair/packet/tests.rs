//! A SYN of each family, and the checksum's own property.

use super::*;

fn syn4() -> Vec<u8> {
    let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 77, 1, 2, 10, 77, 2, 2];
    packet.extend([0xc0, 0x00, 0x01, 0xbb, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x02, 0xff, 0xff, 0, 0, 0, 0]);
    packet
}

#[test]
fn a_syn_opens() {
    let from = "10.77.1.2:49152".parse().unwrap();
    assert_eq!(Segment::parse(&syn4()), Some(Segment { from, to_port: 443, opens: true }));
    let mut six = vec![0x60, 0, 0, 0, 0, 20, 6, 64];
    six.extend("fd77:1::2".parse::<Ipv6Addr>().unwrap().octets());
    six.extend([0; 16]);
    six.extend(&syn4()[20..]);
    let from = "[fd77:1::2]:49152".parse().unwrap();
    assert_eq!(Segment::parse(&six), Some(Segment { from, to_port: 443, opens: true }));
}

#[test]
fn other_packets_do_not() {
    for (flags, name) in [(0x12, "SYN and ACK"), (0x10, "ACK"), (0x18, "data"), (0x11, "FIN")] {
        let mut segment = syn4();
        segment[33] = flags;
        assert!(!Segment::parse(&segment).unwrap().opens, "{name}");
    }
    let mut datagram = syn4();
    datagram[9] = 17;
    assert_eq!(Segment::parse(&datagram), None, "UDP");
    for length in 0..34 {
        assert_eq!(Segment::parse(&syn4()[..length]), None, "cut to {length} bytes");
    }
}

#[test]
fn a_message_with_its_checksum_sums_to_zero() {
    for about in [&b""[..], b"odd", b"even", &[0xff; 40]] {
        assert_eq!(checksum(&icmp(about, [3, 13], 1400)), 0, "{about:?}");
    }
}
