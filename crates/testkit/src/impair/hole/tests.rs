//! Silence begins and ends, and who forgot answers with a reset.

use std::io::{ErrorKind, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use super::*;
use crate::impair::{Answer, Injector};
use crate::namespace::inside;

fn connected(path: &Path) -> (TcpStream, TcpStream) {
    let listener = path.server.run(|| TcpListener::bind((Path::SERVER, 80)).unwrap());
    let near = TcpStream::connect((Path::SERVER, 80)).unwrap();
    near.set_read_timeout(Some(Duration::from_millis(300))).unwrap();
    (near, listener.accept().unwrap().0)
}

#[test]
fn nothing_passes_a_black_hole_until_it_ends() {
    inside(|| {
        let path = Path::new();
        let (mut near, mut far) = connected(&path);
        let hole = BlackHole::begin(&path.router, 80);
        far.write_all(b"x").unwrap();
        assert_eq!(near.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(hole);
        near.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(near.read(&mut [0; 1]).unwrap(), 1);
    });
}

#[test]
fn who_was_rebooted_is_silent_until_asked_and_then_resets() {
    inside(|| {
        let path = Path::new();
        let (mut near, far) = connected(&path);
        reboot(&path, 80);
        assert_eq!(near.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::WouldBlock);
        near.write_all(b"x").unwrap();
        near.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(near.read(&mut [0; 1]).unwrap_err().kind(), ErrorKind::ConnectionReset);
        drop(far);
    });
}

#[test]
fn every_segment_is_answered_and_counted_until_the_injector_ends() {
    inside(|| {
        let path = Path::new();
        let (mut near, mut far) = connected(&path);
        let unreachable = Answer { port: 80, kind: 3, code: 1, word: 0 };
        let injector = Injector::on_every_segment(&path.router, &[unreachable], Duration::ZERO);
        near.write_all(b"x").unwrap();
        let deadline = Instant::now() + Duration::from_secs(5);
        while injector.answered(near.local_addr().unwrap()) < 2 {
            assert!(Instant::now() < deadline);
            std::thread::yield_now();
        }
        assert_eq!(injector.answered(far.local_addr().unwrap()), 0);
        drop(injector);
        far.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        assert_eq!(far.read(&mut [0; 1]).unwrap(), 1);
    });
}
