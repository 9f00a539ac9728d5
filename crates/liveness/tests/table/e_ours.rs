//! E10 to E12, E17, E35 to E37 and E43: what we do ourselves, or somebody on our own host.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::fd::OwnedFd;

use allswell_liveness::{State, Verdict};
use allswell_os::events::Events;
use allswell_os::tcp_info::TcpState;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::{check, check_after};
use crate::lab::{Four, Pairs, SERVER, attempt, connected, send_one};
use crate::wait;

fn shut(sockets: &[TcpStream], how: Shutdown) {
    sockets.iter().for_each(|socket| socket.shutdown(how).unwrap());
}

#[test]
fn e10_local_shutdown_write() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&near, Shutdown::Write);
        wait::state(&near, TcpState::FinWait2);
        check("E10", near);
        drop(far);
    });
}

#[test]
fn e11_local_shutdown_read() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&near, Shutdown::Read);
        check("E11", near);
        drop(far);
    });
}

#[test]
fn e12_local_shutdown_both() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&near, Shutdown::Both);
        wait::state(&near, TcpState::FinWait2);
        check("E12", near);
        drop(far);
    });
}

#[test]
fn e17_sock_destroy() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        path.client.destroy_sockets("dport = :80");
        check_after("E17", near, Events::HUP);
        drop(far);
    });
}

/// Something of our own host goes away, and then we send: nothing tells. The last sign of life is still fresh, so the row's verdict is
/// *alive*; it has to be *stalled* soon.
fn after_losing(key: &str, commands: &str) {
    let path = Path::new();
    let Pairs { near, far, .. } = connected(&path, SERVER);
    path.client.ip(commands);
    send_one(&near);
    let watched = near[0].try_clone().unwrap();
    check(key, near);
    wait::until("stalled", || matches!(Verdict::of_borrowed(&watched).unwrap().state, State::Stalled { .. }));
    drop(far);
}

#[test]
fn e35_link_down() {
    inside(|| after_losing("E35", "link set c0 down\n"));
}

#[test]
fn e36_address_deleted() {
    inside(|| after_losing("E36", "addr del 10.77.1.2/24 dev c0\n"));
}

#[test]
fn e37_route_deleted() {
    inside(|| after_losing("E37", "route del default via 10.77.1.1\n"));
}

#[test]
fn e43_listener_with_a_pending_connection() {
    inside(|| {
        let listeners = [(); 4].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let waiting = listeners.each_ref().map(|listener| attempt(listener.local_addr().unwrap(), |_| ()));
        let sockets = listeners.map(|listener| {
            listener.set_nonblocking(true).unwrap();
            // No stream, and what is asked of it here is asked of any socket.
            TcpStream::from(OwnedFd::from(listener))
        });
        check_after("E43", Four::of(sockets, SERVER), Events::IN);
        drop(waiting);
    });
}
