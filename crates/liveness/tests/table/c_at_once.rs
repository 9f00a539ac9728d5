//! C00 to C03 and C16 to C21 but C20: sockets that were never connected, and what our own host or the target says at once.

use allswell_os::events::Events;
use allswell_os::tcp_info::TcpState;
use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use allswell_testkit::namespace::space::Space;
use rustix::io::Errno;

use crate::check::{check, check_after};
use crate::lab::{Four, SERVER, connecting, listen, refused, socket};
use crate::wait;

#[test]
fn c00_never_connected() {
    inside(|| check("C00", Four::of([(); 4].map(|()| socket(Path::SERVER)), SERVER)));
}

#[test]
fn c01_syn_sent() {
    inside(|| {
        let path = Path::new();
        let _hole = BlackHole::begin(&path.router, 80);
        check("C01", connecting(SERVER));
    });
}

#[test]
fn c02_connect_ok() {
    inside(|| {
        let path = Path::new();
        let _listener = listen(&path, SERVER);
        check_after("C02", connecting(SERVER), Events::OUT);
    });
}

#[test]
fn c03_refused_rst() {
    inside(|| {
        let _path = Path::new();
        check_after("C03", connecting(SERVER), Events::HUP);
    });
}

/// `connect` itself is refused, and the socket is left as if it had never been tried.
fn refused_by_our_routes(key: &str, commands: &str, errno: Errno) {
    let path = Path::new();
    path.client.ip(commands);
    check(key, refused(SERVER, errno, |_| ()));
}

#[test]
fn c16_no_local_route() {
    inside(|| refused_by_our_routes("C16", "route del default via 10.77.1.1\n", Errno::NETUNREACH));
}

#[test]
fn c17_unreachable_route() {
    inside(|| refused_by_our_routes("C17", "route add unreachable 10.77.2.0/24\n", Errno::HOSTUNREACH));
}

#[test]
fn c18_blackhole_route() {
    inside(|| refused_by_our_routes("C18", "route add blackhole 10.77.2.0/24\n", Errno::INVAL));
}

#[test]
fn c19_prohibit_route() {
    inside(|| refused_by_our_routes("C19", "route add prohibit 10.77.2.0/24\n", Errno::ACCESS));
}

/// With one ephemeral port a socket that connects to that very port connects to itself.
#[test]
fn c21_self_connect() {
    inside(|| {
        let sockets = [50001, 50002, 50003, 50004].map(|port| {
            Space::own().sysctl("net.ipv4.ip_local_port_range", &format!("{port} {port}"));
            let itself = socket(Path::SERVER);
            let _ = rustix::net::connect(&itself, &std::net::SocketAddr::from(([127, 0, 0, 1], port)));
            itself
        });
        wait::state(&sockets, TcpState::Established);
        check("C21", Four::of(sockets, SERVER));
    });
}
