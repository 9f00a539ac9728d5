//! SO_ERROR: whose it is, and what it proves.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};

use allswell_os::errno::{ECONNRESET, EHOSTUNREACH};
use allswell_os::error_queue;
use allswell_os::events::Events;
use allswell_os::socket::{receive_errors, take_error, unread};
use allswell_os::tcp_info::TcpState;
use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::impair::{Answer, Injector};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::net::{bind, connect, sockopt};

use crate::lab::{Pairs, SERVER, SERVER6, connected, connecting, connecting_with, listen, reset, send_one, socket};
use crate::wait;

/// A socket of a chosen port that begins to connect.
fn from(port: u16, to: SocketAddr) -> TcpStream {
    let socket = socket(to.ip());
    sockopt::set_socket_reuseaddr(&socket, true).unwrap();
    bind(&socket, &SocketAddr::new(Path::CLIENT, port)).unwrap();
    let _ = connect(&socket, &to);
    socket
}

/// An error lives in one socket. The next one between the same two ports knows nothing of it, nor of a connection that has ended
/// there and is remembered in TIME_WAIT.
#[test]
fn so_error_does_not_stay_with_the_addresses() {
    inside(|| {
        let path = Path::new();
        let listener = listen(&path, SERVER);
        let [first, second, third] = [0, 1, 2].map(|turn| {
            let near = from(50_000, SERVER);
            wait::state(std::slice::from_ref(&near), TcpState::Established);
            assert_eq!(take_error(&near).unwrap(), None, "connection {turn}");
            let (far, _) = listener.accept().unwrap();
            match turn {
                0 => sockopt::set_socket_linger(&far, Some(std::time::Duration::ZERO)).unwrap(),
                // Who closes first is left with TIME_WAIT.
                1 => far.shutdown(std::net::Shutdown::Write).unwrap(),
                _ => {}
            }
            drop(far);
            wait::events(std::slice::from_ref(&near), Events::RDHUP);
            if turn == 1 {
                near.shutdown(std::net::Shutdown::Write).unwrap();
                wait::state(std::slice::from_ref(&near), TcpState::Close);
            }
            near
        });
        assert_eq!(take_error(&first).unwrap(), Some(ECONNRESET), "its own error waited for it all the time");
        assert_eq!((take_error(&second).unwrap(), take_error(&third).unwrap()), (None, None));
    });
}

/// Whoever looks at a duplicate with SO_ERROR, or peeks, takes the error from the owner, who then sees a clean end.
#[test]
fn so_error_is_shared_by_duplicates() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        reset(far);
        wait::events(&near, Events::HUP);
        let watcher = near[0].try_clone().unwrap();
        assert_eq!(take_error(&watcher).unwrap(), Some(ECONNRESET));
        assert_eq!((&near[0]).read(&mut [0; 1]).unwrap(), 0);
    });
}

#[test]
fn so_error_of_zero_does_not_mean_connected_or_alive() {
    inside(|| {
        let path = Path::new();
        assert_eq!(take_error(socket(Path::SERVER)).unwrap(), None, "never connected");
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let [closing, ..] = far;
        drop(closing);
        wait::events(&near[..1], Events::RDHUP);
        assert_eq!(take_error(&near[0]).unwrap(), None, "the peer has closed");
        let _hole = BlackHole::begin(&path.router, 80);
        assert_eq!(take_error(&near[1]).unwrap(), None, "the peer is gone");
        assert_eq!(take_error(&connecting(SERVER)[0]).unwrap(), None, "still connecting");
    });
}

/// What a router says against an established connection is noted, told by SO_ERROR, and does not end it.
#[test]
fn so_error_does_not_mean_dead() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let unreachable = Answer { port: 80, kind: 3, code: 1, word: 0 };
        let injector = Injector::on_every_segment(&path.router, &[unreachable], std::time::Duration::ZERO);
        send_one(&near);
        let name = near[0].local_addr().unwrap();
        wait::until("answered", || injector.answered(name) >= 2);
        assert_eq!(take_error(&near[0]).unwrap(), Some(EHOSTUNREACH));
        drop(injector);
        wait::until("the byte arrives after all", || unread(&far[0]).unwrap() == 1);
        (&far[0]).write_all(b"still here").unwrap();
        wait::until("and the answer", || unread(&near[0]).unwrap() == 10);
    });
}

/// Who said so of an IPv6 connection that is being made is kept only when it was asked for. Of an established one it never is.
#[test]
fn the_error_queue_does_not_always_tell_who_said_so() {
    inside(|| {
        let path = Path::new();
        let unreachable = Answer { port: 80, kind: 1, code: 4, word: 0 };
        let injector = Injector::start(&path.router, &[unreachable], std::time::Duration::from_millis(50));
        let (silent, asked) = (connecting(SERVER6), connecting_with(SERVER6, |near| receive_errors(near, SERVER6).unwrap()));
        wait::events(&silent, Events::HUP);
        wait::events(&asked, Events::HUP);
        assert_eq!(error_queue::drain(&silent[0]).unwrap(), []);
        assert_eq!(error_queue::drain(&asked[0]).unwrap()[0].offender, Some(Path::ROUTER6));
        drop(injector);
        let Pairs { near, far, .. } = connected(&path, SERVER6);
        receive_errors(&near[0], SERVER6).unwrap();
        let _injector = Injector::on_every_segment(&path.router, &[unreachable], std::time::Duration::from_millis(5));
        send_one(&near[..1]);
        wait::events(&near[..1], Events::ERR);
        assert_eq!(error_queue::drain(&near[0]).unwrap(), []);
        drop(far);
    });
}
