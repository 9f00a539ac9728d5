//! Sockets on the real loopback: what starts, what is refused at once, and at which step.

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::*;
use crate::tcp_info::{self, TcpState};

/// Waits until the handshake has ended, well or badly.
pub(crate) fn settled(fd: impl AsFd) -> PollFlags {
    let mut fds = [PollFd::new(&fd, PollFlags::OUT)];
    let deadline = Timespec::try_from(Duration::from_secs(5)).unwrap();
    assert_eq!(poll(&mut fds, Some(&deadline)).unwrap(), 1, "nothing happened within 5 s");
    fds[0].revents()
}

fn listener(address: IpAddr) -> (TcpListener, SocketAddr) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    let at = listener.local_addr().unwrap();
    (listener, at)
}

/// A port that was free a moment ago, with nobody behind it.
pub(crate) fn closed_port(address: IpAddr) -> SocketAddr {
    listener(address).1
}

#[test]
fn connects_by_both_families() {
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let (_listener, at) = listener(address);
        let stream = begin_connect(at, &Via::default()).unwrap();
        settled(&stream);
        assert_eq!(take_error(&stream).unwrap(), None);
        assert_eq!(tcp_info::read(&stream).unwrap().state, TcpState::Established);
        assert_eq!(stream.peer_addr().unwrap(), at);
    }
}

#[test]
fn the_socket_is_non_blocking_and_not_inherited() {
    let (_listener, at) = listener(Ipv4Addr::LOCALHOST.into());
    let stream = begin_connect(at, &Via::default()).unwrap();
    assert!(rustix::fs::fcntl_getfl(&stream).unwrap().contains(rustix::fs::OFlags::NONBLOCK));
    assert!(rustix::io::fcntl_getfd(&stream).unwrap().contains(rustix::io::FdFlags::CLOEXEC));
}

#[test]
fn a_refusal_is_told_once() {
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let stream = begin_connect(closed_port(address), &Via::default()).unwrap();
        assert!(settled(&stream).contains(PollFlags::ERR | PollFlags::HUP));
        assert_eq!(take_error(&stream).unwrap(), Some(libc::ECONNREFUSED));
        assert_eq!(take_error(&stream).unwrap(), None);
    }
}

#[test]
fn leaves_from_the_wanted_address_with_a_port_of_the_kernels_choice() {
    let (_listener, at) = listener(Ipv4Addr::LOCALHOST.into());
    let source = Ipv4Addr::new(127, 0, 0, 9).into();
    let stream = begin_connect(at, &Via { source: Some(source), ..Via::default() }).unwrap();
    settled(&stream);
    let local = stream.local_addr().unwrap();
    assert_eq!(local.ip(), source);
    assert_ne!(local.port(), 0);
}

#[test]
fn leaves_by_the_wanted_interface() {
    let (_listener, at) = listener(Ipv4Addr::LOCALHOST.into());
    let stream = begin_connect(at, &Via { interface: Some("lo".into()), ..Via::default() }).unwrap();
    settled(&stream);
    assert_eq!(take_error(&stream).unwrap(), None);
    let mut name = [0; 16];
    let length = option::read(stream.as_fd(), libc::SOL_SOCKET, libc::SO_BINDTODEVICE, &mut name).unwrap();
    assert_eq!(&name[..length], b"lo\0");
}

#[test]
fn says_which_step_failed() {
    let peer = SocketAddr::from((Ipv4Addr::LOCALHOST, 9));
    let fails = |via: Via| {
        let error = begin_connect(peer, &via).unwrap_err();
        (error.step, error.error.raw_os_error())
    };
    // 192.0.2.0/24 is for documentation: no host has such an address.
    let foreign = Via { source: Some(Ipv4Addr::new(192, 0, 2, 1).into()), ..Via::default() };
    assert_eq!(fails(foreign), (Step::Source, Some(libc::EADDRNOTAVAIL)));
    for name in ["no-such-if", "", "longer-than-any-interface", "lo\0x"] {
        let unplugged = Via { interface: Some(name.into()), ..Via::default() };
        assert_eq!(fails(unplugged), (Step::Interface, Some(libc::ENODEV)), "{name:?}");
    }
    let other_family = Via { source: Some(Ipv6Addr::LOCALHOST.into()), ..Via::default() };
    assert_eq!(fails(other_family).0, Step::Source);
}

#[test]
fn a_start_error_is_one_sentence() {
    let error = StartError { step: Step::Source, error: io::Error::from_raw_os_error(libc::EADDRNOTAVAIL) };
    assert_eq!(error.to_string(), "binding the source address failed: Cannot assign requested address (os error 99)");
}

#[test]
fn a_datagram_socket_is_connected() {
    let peer = UdpSocket::bind((Ipv6Addr::LOCALHOST, 0)).unwrap();
    let socket = datagram(peer.local_addr().unwrap(), &Via::default()).unwrap();
    socket.send(b"x").unwrap();
    let (length, from) = peer.recv_from(&mut [0; 8]).unwrap();
    assert_eq!((length, from), (1, socket.local_addr().unwrap()));
}
