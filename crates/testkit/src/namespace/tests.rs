//! The namespaces keep what they promise.

use std::io::Read;
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::time::Duration;

use super::*;
use crate::impair::{Answer, Injector};
use path::Path;

#[test]
fn the_test_is_root_of_a_network_with_nothing_but_a_loopback() {
    inside(|| {
        let links = Command::new("ip").args(["-brief", "link"]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&links.stdout).lines().count(), 1);
        assert!(rustix::process::getuid().is_root());
        TcpListener::bind("[::1]:1").unwrap();
    });
}

#[test]
#[should_panic(expected = "failed")]
fn what_fails_inside_fails_outside() {
    // A skip would not panic, as this test must.
    if permitted().is_err() {
        panic!("failed to make namespaces");
    }
    inside(|| panic!("inside"));
}

#[test]
fn descriptors_can_be_limited() {
    Inside::default().descriptors(32).run(|| {
        let held: Vec<_> = (0..64).map_while(|_| std::fs::File::open("/dev/null").ok()).collect();
        assert!(held.len() < 32, "{}", held.len());
    });
}

#[test]
fn both_families_pass_the_router() {
    inside(|| {
        let path = Path::new();
        for address in [Path::SERVER, Path::SERVER6] {
            let listener = path.server.run(|| TcpListener::bind((address, 0)).unwrap());
            let mut near = TcpStream::connect_timeout(&listener.local_addr().unwrap(), Duration::from_secs(5)).unwrap();
            drop(listener.accept().unwrap());
            assert_eq!(near.read(&mut [0; 1]).unwrap(), 0);
        }
    });
}

#[test]
fn the_injector_answers_some_time_later() {
    inside(|| {
        let path = Path::new();
        let after = Duration::from_millis(50);
        let answer = |port, kind, code| Answer { port, kind, code, word: 0 };
        let _injector = Injector::start(&path.router, &[answer(1001, 3, 1), answer(1002, 1, 0)], after);
        for (address, port, errno) in [(Path::SERVER, 1001, 113), (Path::SERVER6, 1002, 101)] {
            let started = std::time::Instant::now();
            let error = TcpStream::connect_timeout(&(address, port).into(), Duration::from_secs(5)).unwrap_err();
            assert_eq!(error.raw_os_error(), Some(errno));
            assert!(started.elapsed() >= after);
        }
        let refused = TcpStream::connect_timeout(&(Path::SERVER, 1003).into(), Duration::from_secs(5)).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(111), "other ports are forwarded");
    });
}
