//! E20, E23 to E28: which of the two timers ends a connection, and when. Times count from the last segment that passed.

use std::net::TcpStream;
use std::time::Instant;

use allswell_testkit::impair::hole::{BlackHole, reboot};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::check_ends;
use crate::lab::{Pairs, SERVER, connected, keepalive, send_one, user_timeout};

/// An idle connection falls into a black hole.
fn idle(key: &str, prepare: impl Fn(&TcpStream)) {
    let path = Path::new();
    let Pairs { near, far, .. } = connected(&path, SERVER);
    let begun = Instant::now();
    near.iter().for_each(prepare);
    let _hole = BlackHole::begin(&path.router, 80);
    check_ends(key, near, begun);
    drop(far);
}

fn both(socket: &TcpStream, probes: [u32; 3], millis: u32) {
    keepalive(socket, probes);
    user_timeout(socket, millis);
}

/// The first probe tells, and the server's kernel answers it: the time is that of one idle second.
#[test]
fn e20_peer_rebooted_keepalive() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, listener } = connected(&path, SERVER);
        let begun = Instant::now();
        near.iter().for_each(|near| keepalive(near, [1, 1, 3]));
        reboot(&path, 80);
        check_ends("E20", near, begun);
        drop((far, listener));
    });
}

#[test]
fn e23_keepalive() {
    inside(|| idle("E23", |near| keepalive(near, [2, 1, 3])));
}

#[test]
fn e24_keepalive_and_a_longer_user_timeout() {
    inside(|| idle("E24", |near| both(near, [2, 1, 3], 10_000)));
}

#[test]
fn e25_keepalive_and_a_shorter_user_timeout() {
    inside(|| idle("E25", |near| both(near, [2, 1, 10], 4000)));
}

#[test]
fn e26_keepalive_and_a_tiny_user_timeout() {
    inside(|| idle("E26", |near| both(near, [2, 1, 10], 500)));
}

#[test]
fn e27_keepalive_with_a_long_interval_and_a_user_timeout() {
    inside(|| idle("E27", |near| both(near, [1, 5, 10], 3000)));
}

#[test]
fn e27b_keepalive_and_a_user_timeout_just_below_its_sum() {
    inside(|| idle("E27b", |near| both(near, [2, 1, 5], 6999)));
}

#[test]
fn e28_user_timeout_with_data_in_flight() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| user_timeout(near, 2000));
        let _hole = BlackHole::begin(&path.router, 80);
        let begun = Instant::now();
        send_one(&near);
        check_ends("E28", near, begun);
        drop(far);
    });
}
