//! Keepalive and TCP_USER_TIMEOUT: what they notice, and what else they end.

use std::time::{Duration, Instant};

use allswell_os::errno::ETIMEDOUT;
use allswell_os::events::{self, Events};
use allswell_os::socket::take_error;
use allswell_os::tcp_info;
use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::net::{SendFlags, send};

use crate::lab::{Pairs, SERVER, connected, connecting_with, keepalive, send_one, user_timeout};
use crate::wait;

/// As long as something is unacknowledged no probe is sent: the same connection, idle, is found dead in the same time.
#[test]
fn keepalive_does_not_detect_a_dead_peer_while_data_is_in_flight() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| keepalive(near, [1, 1, 2]));
        let begun = Instant::now();
        let _hole = BlackHole::begin(&path.router, 80);
        send_one(&near[..2]);
        let died = wait::ends(&near[2..], begun, wait::SOON);
        wait::quiet(&near[..2], begun, Duration::from_secs(5));
        assert!(died.iter().all(|died| died.as_secs_f64() < 3.5), "{died:?}");
        drop(far);
    });
}

#[test]
fn user_timeout_without_keepalive_does_not_detect_an_idle_dead_peer() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| user_timeout(near, 500));
        let _hole = BlackHole::begin(&path.router, 80);
        wait::quiet(&near, Instant::now(), Duration::from_secs(3));
        drop(far);
    });
}

/// It is looked at when a SYN would be sent again, so not before the first second is over.
#[test]
fn user_timeout_bounds_connect() {
    inside(|| {
        let path = Path::new();
        let _hole = BlackHole::begin(&path.router, 80);
        let begun = Instant::now();
        let near = connecting_with(SERVER, |socket| user_timeout(socket, 1500));
        let died = wait::ends(&near, begun, wait::SOON);
        assert!(died.iter().all(|died| (1.4..2.0).contains(&died.as_secs_f64())), "{died:?}");
        assert_eq!(take_error(&near[0]).unwrap(), Some(ETIMEDOUT));
    });
}

/// Ten probes were allowed, and the second tick ends it; two were, and it lives on.
#[test]
fn user_timeout_replaces_the_number_of_probes() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let begun = Instant::now();
        for (near, count, millis) in [(&near[0], 10, 500), (&near[1], 2, 60_000)] {
            keepalive(near, [1, 1, count]);
            user_timeout(near, millis);
        }
        let _hole = BlackHole::begin(&path.router, 80);
        let died = wait::ends(&near[..1], begun, wait::SOON);
        assert!((1.8..2.5).contains(&died[0].as_secs_f64()), "{died:?}");
        wait::quiet(&near[1..2], begun, Duration::from_secs(5));
        drop(far);
    });
}

/// The peer lives, as another connection to it shows. Its application is slow, and the connection is ended.
#[test]
fn user_timeout_ends_a_connection_whose_peer_lives_and_does_not_read() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| user_timeout(near, 1000));
        let begun = Instant::now();
        wait::until("full", || {
            while events::now(&near[0]).unwrap().contains(Events::OUT) {
                send(&near[0], &[0; 4096], SendFlags::NOSIGNAL).unwrap();
            }
            tcp_info::read(&near[0]).unwrap().send_window == Some(0)
        });
        let died = wait::ends(&near[..1], begun, wait::SOON);
        assert!(died[0] < Duration::from_secs(4), "{died:?}");
        assert_eq!(take_error(&near[0]).unwrap(), Some(ETIMEDOUT));
        send_one(&near[1..2]);
        wait::figures(&near[1..2], |info| info.unacked == 0);
        drop(far);
    });
}
