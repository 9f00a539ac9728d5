//! E38 to E42: ICMP errors about segments of an established connection, which never end it.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use allswell_testkit::impair::hole::BlackHole;
use allswell_testkit::impair::{Answer, Injector};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::check::{check, check_ends};
use crate::lab::{Pairs, SERVER, connected, keepalive, queue_errors, send_one, user_timeout};
use crate::wait;

/// From now on every segment of the client is swallowed, and answered like this.
fn answering(path: &Path, code: u8) -> Injector {
    Injector::on_every_segment(&path.router, &[Answer { port: 80, kind: 3, code, word: 0 }], Duration::from_millis(5))
}

/// Until each socket has retransmitted twice, and was answered each time.
fn answered(injector: &Injector, sockets: &[TcpStream]) {
    wait::figures(sockets, |info| info.retransmits >= 2);
    let times = |socket: &TcpStream| injector.answered(socket.local_addr().unwrap());
    wait::until("answered", || sockets.iter().all(|socket| times(socket) >= 3));
}

fn on_data(key: &str, code: u8, prepare: impl Fn(&TcpStream)) {
    let path = Path::new();
    let Pairs { near, far, .. } = connected(&path, SERVER);
    near.iter().for_each(prepare);
    let injector = answering(&path, code);
    send_one(&near);
    answered(&injector, &near);
    // Silence from here on, so that no further message comes between two questions.
    let _hole = BlackHole::begin(&path.router, 80);
    drop(injector);
    check(key, near);
    drop(far);
}

#[test]
fn e38_host_unreachable_on_data() {
    inside(|| on_data("E38", 1, |_| ()));
}

#[test]
fn e39_host_unreachable_on_data_and_the_queue_asked_for() {
    inside(|| on_data("E39", 1, queue_errors));
}

#[test]
fn e41_port_unreachable_on_data() {
    inside(|| on_data("E41", 3, |_| ()));
}

/// What somebody said meanwhile is what the kernel gives as its reason when it gives up, and twice.
#[test]
fn e40_host_unreachable_and_user_timeout() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        near.iter().for_each(|near| user_timeout(near, 2000));
        let _injector = answering(&path, 1);
        let begun = Instant::now();
        send_one(&near);
        check_ends("E40", near, begun);
        drop(far);
    });
}

/// A keepalive probe carries a sequence number from before the window, so the kernel does not believe what is said about it.
#[test]
fn e42_host_unreachable_on_keepalive() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        let begun = Instant::now();
        near.iter().for_each(|near| keepalive(near, [1, 1, 3]));
        let injector = answering(&path, 1);
        let names: Vec<_> = near.iter().map(|near| near.local_addr().unwrap()).collect();
        check_ends("E42", near, begun);
        assert!(names.iter().all(|name| injector.answered(*name) >= 3));
        drop(far);
    });
}
