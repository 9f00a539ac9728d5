//! E31 and E32: a peer whose kernel lives and whose application does not read.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use allswell_os::events::{self, Events};
use allswell_os::tcp_info;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::net::{SendFlags, send};

use crate::check::{check_ends, check_quiet};
use crate::lab::{Pairs, SERVER, connected, user_timeout};
use crate::wait;

/// Writes as long as poll says that one may, until the peer's window is shut. Our own buffer is then not full to the brim: a
/// byte still finds room in it, which it would not had we written until EAGAIN.
fn fill(sockets: &[TcpStream]) {
    let bytes = [0; 4096];
    let full = |socket: &TcpStream| {
        while events::now(socket).unwrap().contains(Events::OUT) {
            send(socket, &bytes, SendFlags::NOSIGNAL).unwrap();
        }
        let info = tcp_info::read(socket).unwrap();
        info.send_window == Some(0) && info.unacked == 0
    };
    wait::until("full", || sockets.iter().all(full));
}

#[test]
fn e31_zero_window() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        fill(&near);
        let begun = Instant::now();
        wait::quiet(&near, begun, Duration::from_secs(8));
        for info in near.iter().map(|near| tcp_info::read(near).unwrap()) {
            // The probes are answered, so that nothing counts as missing; only the time between them grows.
            assert_eq!((info.probes, info.unacked, info.retransmits), (0, 0, 0), "{info:?}");
            assert!(info.backoff >= 4 && info.not_sent > Some(0), "{info:?}");
            assert!(info.last_ack_received < Duration::from_secs(8), "{info:?}");
        }
        check_quiet("E31", near, begun);
        drop(far);
    });
}

#[test]
fn e32_zero_window_and_user_timeout() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| user_timeout(near, 4000));
        fill(&near);
        let begun = Instant::now();
        check_ends("E32", near, begun);
        drop(far);
    });
}
