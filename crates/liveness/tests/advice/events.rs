//! What poll and epoll mean, and what they do not.

use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::time::Duration;

use allswell_os::errno::EHOSTUNREACH;
use allswell_os::error_queue;
use allswell_os::events::{self, Events};
use allswell_os::socket::{take_error, unread};
use allswell_os::tcp_info::TcpState;
use allswell_testkit::impair::{Answer, Injector};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::lab::{Pairs, SERVER, connected, connecting, socket};
use crate::wait;

fn shows(socket: &TcpStream, event: Events) -> bool {
    events::now(socket).unwrap().contains(event)
}

/// It means that both directions are shut, whoever shut them, or that there is no connection.
#[test]
fn epollhup_does_not_mean_that_the_peer_closed() {
    inside(|| {
        let path = Path::new();
        assert!(shows(&socket(Path::SERVER), Events::HUP), "nobody ever connected it");
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near[0].shutdown(Shutdown::Both).unwrap();
        wait::state(&near[..1], TcpState::FinWait2);
        assert!(shows(&near[0], Events::HUP));
        (&far[0]).write_all(b"the peer is alive").unwrap();
        far[1].shutdown(Shutdown::Both).unwrap();
        wait::events(&near[1..2], Events::RDHUP);
        assert!(!shows(&near[1], Events::HUP), "the peer has closed, and it does not show");
    });
}

/// Of an IPv4 connection that is being made ICMP errors are queued, unasked, and as long as one is there EPOLLERR is.
#[test]
fn epollerr_does_not_clear_with_so_error() {
    inside(|| {
        let path = Path::new();
        let unreachable = Answer { port: 80, kind: 3, code: 1, word: 0 };
        let _injector = Injector::start(&path.router, &[unreachable], Duration::from_millis(50));
        let near = connecting(SERVER);
        wait::events(&near, Events::ERR | Events::HUP);
        assert_eq!(take_error(&near[0]).unwrap(), Some(EHOSTUNREACH));
        assert_eq!(take_error(&near[0]).unwrap(), None);
        assert!(shows(&near[0], Events::ERR), "a level-triggered loop would spin here");
        let queued = error_queue::drain(&near[0]).unwrap();
        assert_eq!(queued[0].offender, Some(Path::ROUTER), "{queued:?}");
        assert!(!shows(&near[0], Events::ERR));
        assert_eq!(unread(&near[0]).unwrap(), 0);
    });
}
