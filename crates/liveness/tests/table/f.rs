//! F01 to F07: the kernel's own limits, and what did not fit elsewhere.

use std::net::Shutdown;
use std::time::{Duration, Instant};

use allswell_os::events::Events;
use allswell_os::tcp_info::{self, TcpState};
use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::{check, check_after, check_ends, check_quiet};
use crate::lab::{Pairs, SERVER, SERVER6, connected, connecting, listen, queue_errors, reset, send_one};
use crate::wait;

/// Data falls into a black hole, and the kernel gives up after so many retransmissions.
fn retransmissions(key: &str, limit: &str) {
    let path = Path::new();
    path.client.sysctl("net.ipv4.tcp_retries2", limit);
    let Pairs { near, far, .. } = connected(&path, SERVER);
    let _hole = BlackHole::begin(&path.router, 80);
    let begun = Instant::now();
    send_one(&near);
    check_ends(key, near, begun);
    drop(far);
}

#[test]
fn f01_tcp_retries2_of_3() {
    inside(|| retransmissions("F01", "3"));
}

#[test]
fn f02_tcp_retries2_of_5() {
    inside(|| retransmissions("F02", "5"));
}

/// The kernel's default for all sockets is set, which means what TCP_RTO_MAX_MS means for one.
#[test]
fn f03_rto_max() {
    inside(|| {
        let path = Path::new();
        path.client.sysctl("net.ipv4.tcp_rto_max_ms", "1000");
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let _hole = BlackHole::begin(&path.router, 80);
        let begun = Instant::now();
        send_one(&near);
        wait::quiet(&near, begun, Duration::from_secs(6));
        for info in near.iter().map(|near| tcp_info::read(near).unwrap()) {
            assert_eq!((info.rto, info.retransmits), (Duration::from_secs(1), 7), "{info:?}");
        }
        check_quiet("F03", near, begun);
        drop(far);
    });
}

#[test]
fn f04_rst_and_the_queue_asked_for() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(queue_errors);
        reset(far);
        check_after("F04", near, Events::HUP);
    });
}

#[test]
fn f05_shutdown_while_connecting() {
    inside(|| {
        let path = Path::new();
        let _hole = BlackHole::begin(&path.router, 80);
        let near = connecting(SERVER);
        near.iter().for_each(|near| near.shutdown(Shutdown::Both).unwrap());
        check("F05", near);
    });
}

#[test]
fn f06_listener_closed_before_accept() {
    inside(|| {
        let path = Path::new();
        let listener = listen(&path, SERVER);
        let near = connecting(SERVER);
        wait::state(&near, TcpState::Established);
        drop(listener);
        check_after("F06", near, Events::HUP);
    });
}

#[test]
fn f07_v6_rst() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER6);
        reset(far);
        check_after("F07", near, Events::HUP);
    });
}
