//! Calls that are said to test a connection: getpeername, send, recv, connect.

use std::io::Read;
use std::net::TcpStream;
use std::os::fd::OwnedFd;

use allswell_os::events::Events;
use allswell_os::socket::take_error;
use allswell_os::tcp_info::{self, TcpState};
use allswell_testkit::impair::hole::{BlackHole, reboot};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::stopped::Stopped;
use rustix::io::Errno;
use rustix::net::{RecvFlags, SendFlags, connect, getpeername, recv, send, sockopt};

use crate::lab::{Pairs, SERVER, connected, connecting, listen, reset, send_one, socket};
use crate::wait;

fn peek(socket: &TcpStream) -> Result<usize, Errno> {
    recv(socket, &mut [0; 1][..], RecvFlags::PEEK | RecvFlags::DONTWAIT).map(|(length, _)| length)
}

/// It tells that there was a connection and our own kernel has not ended it, and nothing of the peer.
#[test]
fn getpeername_does_not_detect_dead_peers() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far: [closing, breaking, ..], .. } = connected(&path, SERVER);
        drop(closing);
        sockopt::set_socket_linger(&breaking, Some(std::time::Duration::ZERO)).unwrap();
        drop(breaking);
        wait::events(&near[..2], Events::RDHUP);
        assert!(getpeername(&near[0]).is_ok(), "the peer has closed");
        assert_eq!(getpeername(&near[1]).unwrap_err(), Errno::NOTCONN, "a reset came, so that our kernel has ended it");
        reboot(&path, 80);
        assert!(getpeername(&near[2]).is_ok(), "the peer was rebooted");
        let _hole = BlackHole::begin(&path.router, 80);
        assert!(getpeername(&near[3]).is_ok(), "the peer is gone");
        assert_eq!(getpeername(&connecting(SERVER)[0]).unwrap_err(), Errno::NOTCONN, "still connecting");
    });
}

#[test]
fn a_send_of_no_bytes_tests_nothing() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        reboot(&path, 80);
        let sent = || tcp_info::read(&near[0]).unwrap().segments_sent;
        let before = sent();
        assert_eq!(send(&near[0], b"", SendFlags::NOSIGNAL), Ok(0));
        assert_eq!(sent(), before, "no segment has left");
        drop(far);
    });
}

#[test]
fn a_successful_write_does_not_mean_that_the_peer_received_it() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far: [closing, ..], .. } = connected(&path, SERVER);
        drop(closing);
        wait::events(&near[..1], Events::RDHUP);
        // To a peer that has closed, one that was rebooted, and one that is gone.
        reboot(&path, 80);
        send_one(&near[..2]);
        wait::events(&near[..2], Events::HUP);
        let _hole = BlackHole::begin(&path.router, 80);
        send_one(&near[2..]);
        wait::figures(&near[2..], |info| info.retransmits > 0 && info.unacked == 1);
    });
}

#[test]
fn a_peek_that_would_block_does_not_mean_alive() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        reboot(&path, 80);
        assert_eq!(peek(&near[0]), Err(Errno::AGAIN));
        drop(far);
    });
}

/// Whoever peeks has had the error; a read then shows a clean end.
#[test]
fn a_peek_takes_the_error() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        reset(far);
        wait::events(&near, Events::HUP);
        assert_eq!(peek(&near[0]), Err(Errno::CONNRESET));
        assert_eq!((&near[0]).read(&mut [0; 1]).unwrap(), 0);
        assert_eq!(take_error(&near[0]).unwrap(), None);
    });
}

/// The kernel of a stopped process completes the handshake, and acknowledges what is sent.
#[test]
fn a_connect_that_succeeds_does_not_mean_that_the_server_lives() {
    inside(|| {
        let path = Path::new();
        let _server = Stopped::holding(OwnedFd::from(listen(&path, SERVER)));
        let near = connecting(SERVER);
        wait::state(&near, TcpState::Established);
        send_one(&near);
        wait::figures(&near, |info| info.unacked == 0);
    });
}

/// This one works, and takes what it tells: success is said once, a refusal once, and the next call is a new attempt.
#[test]
fn connecting_again_tells_how_the_first_attempt_went() {
    inside(|| {
        let path = Path::new();
        let hole = BlackHole::begin(&path.router, 80);
        let near = socket(Path::SERVER);
        let again = || connect(&near, &SERVER);
        assert_eq!([again(), again()], [Err(Errno::INPROGRESS), Err(Errno::ALREADY)]);
        let listener = listen(&path, SERVER);
        drop(hole);
        wait::state(std::slice::from_ref(&near), TcpState::Established);
        assert_eq!([again(), again()], [Ok(()), Err(Errno::ISCONN)]);
        drop(listener);
        let refused = &connecting(SERVER)[0];
        wait::events(std::slice::from_ref(refused), Events::HUP);
        assert_eq!(connect(refused, &SERVER), Err(Errno::CONNREFUSED));
        assert_eq!(connect(refused, &SERVER), Err(Errno::INPROGRESS));
    });
}
