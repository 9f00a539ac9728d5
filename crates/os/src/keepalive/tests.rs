//! What is set on a real socket is what is read of it.

use std::net::{TcpListener, TcpStream, UdpSocket};

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::space::Space;

use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn connected() -> (TcpStream, TcpListener) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    (TcpStream::connect(listener.local_addr().unwrap()).unwrap(), listener)
}

#[test]
fn what_was_set_is_read_back() {
    let (near, _listener) = connected();
    assert!(!read(&near).unwrap().on);
    set_probes(&near, 2 * SECOND, SECOND, 3).unwrap();
    set_user_timeout(&near, Duration::from_millis(4321)).unwrap();
    let reading = Reading {
        on: true,
        idle: Some(2 * SECOND),
        interval: Some(SECOND),
        count: Some(3),
        user_timeout: Some(Duration::from_millis(4321)),
    };
    assert_eq!(read(&near).unwrap(), reading);
    set_user_timeout(&near, Duration::ZERO).unwrap();
    assert_eq!(read(&near).unwrap().user_timeout, Some(Duration::ZERO));
}

#[test]
fn the_ranges_are_the_kernels() {
    let (near, _listener) = connected();
    let seconds = Duration::from_secs;
    for (idle, interval, count, fits) in [
        (seconds(*IDLE_SECONDS.end()), seconds(*INTERVAL_SECONDS.end()), 127, true),
        (seconds(IDLE_SECONDS.end() + 1), SECOND, 1, false),
        (SECOND, seconds(INTERVAL_SECONDS.end() + 1), 1, false),
        (SECOND, SECOND, 128, false),
        (SECOND, SECOND, 0, false),
    ] {
        assert_eq!(set_probes(&near, idle, interval, count).is_ok(), fits, "{idle:?} {interval:?} {count}");
    }
    set_user_timeout(&near, Duration::from_millis(*USER_TIMEOUT_MS.end())).unwrap();
    set_user_timeout(&near, Duration::from_millis(USER_TIMEOUT_MS.end() + 1)).unwrap_err();
    set_user_timeout(&near, Duration::MAX).unwrap_err();
}

#[test]
fn a_connection_tells_its_retransmission_time_out() {
    let (near, _listener) = connected();
    let told = retransmission(&near).unwrap();
    let rto = told.rto.unwrap();
    assert!(rto >= Duration::from_millis(200) && rto < SECOND, "{rto:?}");
    assert!(told.longest.unwrap() >= SECOND);
}

#[test]
fn the_retries_are_those_of_this_namespace() {
    inside(|| {
        Space::own().sysctl("net.ipv4.tcp_retries2", "7");
        let (near, _listener) = connected();
        assert_eq!(retransmission(&near).unwrap().retries, Some(7));
    });
}

#[test]
fn no_tcp_socket_no_figures() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    set_probes(&socket, SECOND, SECOND, 1).unwrap_err();
    set_user_timeout(&socket, SECOND).unwrap_err();
    read(&socket).unwrap_err();
    retransmission(&socket).unwrap_err();
}
