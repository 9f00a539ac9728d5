//! Entries from the real loopback, and control messages written by hand.

use std::net::SocketAddr;

use super::*;
use crate::socket::tests::{closed_port, settled};
use crate::socket::{Via, begin_connect, datagram, take_error};

fn refused(address: IpAddr) -> (std::net::UdpSocket, SocketAddr) {
    let peer = closed_port(address);
    let socket = datagram(peer, &Via::default()).unwrap();
    socket.send(b"x").unwrap();
    settled(&socket);
    (socket, peer)
}

#[test]
fn an_empty_queue_costs_nothing() {
    let socket = datagram(closed_port(Ipv4Addr::LOCALHOST.into()), &Via::default()).unwrap();
    let queued = drain(&socket).unwrap();
    assert_eq!((queued.len(), queued.capacity()), (0, 0));
}

#[test]
fn port_unreachable_by_both_families() {
    for (address, said, kind, code) in
        [(IpAddr::from(Ipv4Addr::LOCALHOST), Said::Icmp, 3, 3), (Ipv6Addr::LOCALHOST.into(), Said::Icmp6, 1, 4)]
    {
        let (socket, _) = refused(address);
        let expected = QueuedError { errno: libc::ECONNREFUSED, said, kind, code, offender: Some(address) };
        assert_eq!(drain(&socket).unwrap(), [expected]);
        assert_eq!(drain(&socket).unwrap(), []);
    }
}

#[test]
fn draining_clears_the_pending_error() {
    let (socket, _) = refused(Ipv4Addr::LOCALHOST.into());
    drain(&socket).unwrap();
    assert_eq!(take_error(&socket).unwrap(), None);
}

#[test]
fn a_reset_queues_nothing() {
    let stream = begin_connect(closed_port(Ipv4Addr::LOCALHOST.into()), &Via::default()).unwrap();
    settled(&stream);
    assert_eq!(drain(&stream).unwrap(), []);
    assert_eq!(take_error(&stream).unwrap(), Some(libc::ECONNREFUSED));
}

#[test]
fn what_has_no_error_queue_is_an_error() {
    let file = std::fs::File::open("/dev/null").unwrap();
    assert_eq!(drain(&file).unwrap_err().raw_os_error(), Some(libc::ENOTSOCK));
}

fn message(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
    let mut bytes = (size_of::<libc::cmsghdr>() + data.len()).to_ne_bytes().to_vec();
    bytes.extend(level.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(data);
    bytes.resize(bytes.len().next_multiple_of(size_of::<usize>()), 0);
    bytes
}

#[test]
fn the_entry_is_found_behind_other_messages() {
    let mut extended = libc::EHOSTUNREACH.to_ne_bytes().to_vec();
    extended.extend([2, 3, 13, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    extended.extend((libc::AF_INET as u16).to_ne_bytes());
    extended.extend([0, 0, 10, 77, 1, 1]);
    let mut messages = message(libc::SOL_SOCKET, libc::SO_TIMESTAMP, &[7; 13]);
    messages.extend(message(libc::SOL_IP, libc::IP_RECVERR, &extended));
    let offender = Some(Ipv4Addr::new(10, 77, 1, 1).into());
    assert_eq!(parse(&messages), Some(QueuedError { errno: libc::EHOSTUNREACH, said: Said::Icmp, kind: 3, code: 13, offender }));
}

#[test]
fn cut_messages_are_no_entry() {
    let whole = message(libc::SOL_IP, libc::IP_RECVERR, &[0; 32]);
    for length in 0..whole.len() {
        assert_eq!(parse(&whole[..length]), None, "{length} bytes");
    }
    assert_eq!(parse(&[0; 64]), None, "a length of zero must not turn in a circle");
}
