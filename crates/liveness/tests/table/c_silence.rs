//! C04, C05 and C20: nobody answers, and our own kernel gives up.

use std::net::SocketAddr;
use std::time::Instant;

use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::check_ends;
use crate::lab::{SERVER, connecting, connecting_with, user_timeout};

/// Two SYNs, after which it waits 1 + 2 s. The kernel's default for all sockets is set, which means what TCP_SYNCNT=1 means for one.
#[test]
fn c04_syn_dropped_two_syns() {
    inside(|| {
        let path = Path::new();
        let _hole = BlackHole::begin(&path.router, 80);
        path.client.sysctl("net.ipv4.tcp_syn_retries", "1");
        let begun = Instant::now();
        check_ends("C04", connecting(SERVER), begun);
    });
}

#[test]
fn c05_syn_dropped_user_timeout() {
    inside(|| {
        let path = Path::new();
        let _hole = BlackHole::begin(&path.router, 80);
        let begun = Instant::now();
        check_ends("C05", connecting_with(SERVER, |socket| user_timeout(socket, 1500)), begun);
    });
}

#[test]
fn c20_arp_fails() {
    inside(|| {
        let _path = Path::new();
        let begun = Instant::now();
        check_ends("C20", connecting(SocketAddr::from(([10, 77, 1, 99], 80))), begun);
    });
}
