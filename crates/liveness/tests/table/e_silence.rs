//! E18, E19, E21, E22, E29, E30, E33 and E34: a peer that is gone, or not there in person, and no timer that would tell.

use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use allswell_os::events::Events;
use allswell_os::tcp_info::{self, TcpState};
use allswell_testkit::impair::hole::{BlackHole, reboot};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::stopped::Stopped;

use crate::check::{check, check_after, check_quiet};
use crate::lab::{self, Pairs, SERVER, connected, connecting, send_one};
use crate::wait;

#[test]
fn e18_peer_rebooted_we_send() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, listener } = connected(&path, SERVER);
        reboot(&path, 80);
        send_one(&near);
        check_after("E18", near, Events::HUP);
        drop((far, listener));
    });
}

#[test]
fn e19_peer_rebooted_idle() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, listener } = connected(&path, SERVER);
        let begun = Instant::now();
        reboot(&path, 80);
        check_quiet("E19", near, begun);
        drop((far, listener));
    });
}

#[test]
fn e21_black_hole_idle() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let begun = Instant::now();
        let _hole = BlackHole::begin(&path.router, 80);
        check_quiet("E21", near, begun);
        drop(far);
    });
}

#[test]
fn e22_black_hole_data_in_flight() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let _hole = BlackHole::begin(&path.router, 80);
        let begun = Instant::now();
        send_one(&near);
        wait::quiet(&near, begun, Duration::from_secs(3));
        for info in near.iter().map(|near| tcp_info::read(near).unwrap()) {
            // The probe for a lost tail is no retransmission of the timer, and counts in the total alone.
            assert_eq!((info.retransmits, info.backoff, info.unacked, info.total_retrans), (3, 3, 1, 4), "{info:?}");
            assert_eq!((info.congestion_state, info.probes), (4, 0), "{info:?}");
            assert!(info.last_ack_received >= Duration::from_secs(3), "{info:?}");
        }
        check_quiet("E22", near, begun);
        drop(far);
    });
}

#[test]
fn e29_user_timeout_idle() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| lab::user_timeout(near, 1000));
        let _hole = BlackHole::begin(&path.router, 80);
        check_quiet("E29", near, Instant::now());
        drop(far);
    });
}

#[test]
fn e30_keepalive_with_data_in_flight() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| lab::keepalive(near, [1, 1, 2]));
        let _hole = BlackHole::begin(&path.router, 80);
        send_one(&near);
        check_quiet("E30", near, Instant::now());
        drop(far);
    });
}

/// The kernel of a process that is stopped completes handshakes for it, and acknowledges what is sent to it.
#[test]
fn e33_server_stopped() {
    inside(|| {
        let path = Path::new();
        let _server = Stopped::holding(OwnedFd::from(lab::listen(&path, SERVER)));
        let near = connecting(SERVER);
        wait::state(&near, TcpState::Established);
        send_one(&near);
        wait::figures(&near, |info| info.unacked == 0);
        check("E33", near);
    });
}

/// A listener with room for none keeps one all the same; the SYNs of all others are dropped without a word.
#[test]
fn e34_accept_queue_overflow() {
    inside(|| {
        let path = Path::new();
        let listener: TcpListener = lab::listen(&path, SERVER);
        rustix::net::listen(&listener, 0).unwrap();
        let [(first, _), ..] = lab::attempt(SERVER, |_| ());
        wait::state(std::slice::from_ref(&first), TcpState::Established);
        let near = connecting(SERVER);
        check("E34", near);
        drop(listener);
    });
}
