//! The figures of a real connection, and the shorter answers of older kernels.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};

use super::*;

#[test]
fn a_connection_that_carried_data() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut far, _) = listener.accept().unwrap();
    near.write_all(b"hello").unwrap();
    far.read_exact(&mut [0; 5]).unwrap();
    far.write_all(b"you").unwrap();
    near.read_exact(&mut [0; 3]).unwrap();
    let info = read(&near).unwrap();
    assert_eq!(info.state, TcpState::Established);
    assert_eq!((info.retransmits, info.total_retrans, info.unacked), (0, 0, 0));
    assert_eq!(info.bytes_received, Some(3));
    // The handshake's SYN counts as one.
    assert_eq!(info.bytes_acked, Some(6));
    assert!(info.rtt > Duration::ZERO && info.rtt < Duration::from_secs(1), "{:?}", info.rtt);
    assert!(info.path_mtu >= 1280);
}

#[test]
fn the_end_of_the_peer_is_seen_without_reading() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    drop(listener.accept().unwrap());
    crate::socket::tests::settled(&near);
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while read(&near).unwrap().state != TcpState::CloseWait {
        assert!(std::time::Instant::now() < deadline);
        std::thread::yield_now();
    }
}

#[test]
fn a_listener_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    assert_eq!(read(&listener).unwrap().state, TcpState::Listen);
}

#[test]
fn no_tcp_socket_no_figures() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    assert!(read(&socket).is_err());
}

#[test]
fn an_older_kernel_lacks_the_later_figures() {
    let mut bytes = [0_u8; 104];
    bytes[0] = 2;
    bytes[2] = 3;
    bytes[100..].copy_from_slice(&3_u32.to_ne_bytes());
    let info = parse(&bytes).unwrap();
    assert_eq!((info.state, info.retransmits, info.total_retrans), (TcpState::SynSent, 3, 3));
    assert_eq!((info.bytes_acked, info.not_sent, info.min_rtt, info.send_window), (None, None, None, None));
    assert_eq!(parse(&bytes[..103]), None);
}

#[test]
fn states_by_number() {
    assert_eq!(TcpState::from(7), TcpState::Close);
    assert_eq!(TcpState::from(12), TcpState::SynReceived);
    assert_eq!(TcpState::from(99), TcpState::Other(99));
}
