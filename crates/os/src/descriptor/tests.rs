//! Sockets of this very process, found again by their peer.

use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsFd, AsRawFd};

use super::*;

/// One open file has one device and inode.
fn same(a: &impl AsFd, b: &impl AsFd) -> bool {
    let (a, b) = (rustix::fs::fstat(a).unwrap(), rustix::fs::fstat(b).unwrap());
    (a.st_dev, a.st_ino) == (b.st_dev, b.st_ino)
}

#[test]
fn those_to_one_peer_are_found_and_no_others() {
    let listener = TcpListener::bind("[::]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let peer = SocketAddr::from(([127, 0, 0, 1], port));
    let near = TcpStream::connect(peer).unwrap();
    let other = TcpStream::connect(("::1", port)).unwrap();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    udp.connect(peer).unwrap();
    let mut found = connected_to(peer).unwrap();
    assert!(found.len() == 1 && same(&found[0], &near), "{found:?} {near:?}");
    found = connected_to(other.peer_addr().unwrap()).unwrap();
    assert!(found.len() == 1 && same(&found[0], &other), "{found:?} {other:?} {:?}", peer_of(other.as_raw_fd()));
    // The accepted ends are IPv4 in IPv6's dress.
    let (far, from) = listener.accept().unwrap();
    assert!(same(&connected_to(canonical(from)).unwrap()[0], &far));
    drop((near, found));
    assert!(connected_to(peer).unwrap().is_empty());
}

#[test]
fn a_descriptor_of_a_process_is_the_same_socket() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let copy = of_process(std::process::id(), listener.as_raw_fd()).unwrap();
    assert!(same(&copy, &listener));
}

#[test]
fn no_such_process_or_descriptor() {
    assert_eq!(of_process(std::process::id(), 1_000_000).unwrap_err().raw_os_error(), Some(libc::EBADF));
    assert_eq!(of_process(u32::MAX, 0).unwrap_err().kind(), io::ErrorKind::InvalidInput);
}
