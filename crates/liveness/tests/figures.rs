//! Who holds a connection back, on a real kernel: a peer that does not read, and a path that drops what is too much.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use allswell_liveness::{Figures, Limit, TcpInfo, tcp_info};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

/// Writes until a condition is so, and returns what it was seen by.
fn write_until(mut near: &TcpStream, is_so: impl Fn(&TcpInfo) -> bool) -> TcpInfo {
    let deadline = Instant::now() + Duration::from_secs(20);
    near.set_nonblocking(true).unwrap();
    loop {
        match near.write(&[0; 16 * 1024]) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => thread::yield_now(),
            written => _ = written.unwrap(),
        }
        let now = tcp_info(near).unwrap();
        if is_so(&now) {
            return now;
        }
        assert!(Instant::now() < deadline, "{now:?}");
    }
}

/// Long enough for shares of it to mean something.
fn has_been_busy(tcp: &TcpInfo) -> bool {
    tcp.busy >= Some(Duration::from_secs(1))
}

#[test]
fn a_peer_that_does_not_read_is_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let _far = listener.accept().unwrap();
    let before = tcp_info(&near).unwrap();
    assert_eq!(Figures::of(&before).limited_by(), None, "nothing was to be sent");
    let figures = Figures::between(&before, &write_until(&near, has_been_busy));
    assert_eq!(figures.limited_by(), Some(Limit::Receiver));
}

#[test]
fn a_path_that_drops_what_is_too_much_is_the_limit() {
    inside(|| {
        let path = Path::new();
        path.router.nft(
            "table inet narrow { chain forward { type filter hook forward priority 0; \
             tcp dport 7 limit rate over 300 kbytes/second burst 30 kbytes drop; }; }",
        );
        let listener = path.server.run(|| TcpListener::bind((Path::SERVER, 7)).unwrap());
        let near = TcpStream::connect((Path::SERVER, 7)).unwrap();
        let mut far = listener.accept().unwrap().0;
        thread::scope(|scope| {
            // It takes all that comes, until the other end is closed.
            scope.spawn(move || while far.read(&mut [0; 64 * 1024]).is_ok_and(|length| length > 0) {});
            let figures = Figures::of(&write_until(&near, has_been_busy));
            near.shutdown(std::net::Shutdown::Both).unwrap();
            drop(near);
            assert_eq!(figures.limited_by(), Some(Limit::Network));
            let ratio = figures.retransmit_ratio().unwrap();
            assert!(ratio > 0.0 && ratio < 1.0, "{ratio}");
        });
    });
}
