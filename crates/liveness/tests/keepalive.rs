//! What is predicted is what the kernel does: connections whose peer vanishes behind a router, or does not read.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says what it measured"
)]

use std::io::{self, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use allswell_liveness::keepalive::{Conditions, Keepalive, NotReading, Noticed, When};
use allswell_os::tcp_info;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

const SECOND: Duration = Duration::from_secs(1);

/// From now on the router says nothing, and lets nothing through.
const SILENCE: &str = "table inet silence { chain passing { type filter hook forward priority 0; policy drop; }; }";

/// The figures of a whole table of measurements deviate less; more would be another rule.
const TENTH: f64 = 0.1;

/// A path, and a listener at its far end.
struct Hosts {
    path: Path,
    listener: TcpListener,
    address: SocketAddr,
}

/// A connection, and its other end, which has to stay open.
struct Connection {
    near: TcpStream,
    _far: TcpStream,
    /// When something last came from the peer: the end of the handshake.
    since: Instant,
}

impl Hosts {
    fn new() -> Self {
        let path = Path::new();
        let listener = path.server.run(|| TcpListener::bind((Path::SERVER, 0)).unwrap());
        // Inherited by what is accepted; a small one is filled soon, and never grows.
        rustix::net::sockopt::set_socket_recv_buffer_size(&listener, 16 * 1024).unwrap();
        let address = listener.local_addr().unwrap();
        let hosts = Self { path, listener, address };
        // The time of a handshake decides the first retransmission time-out, and here some wait a second for a link that has just come
        // up. So one goes first, and what the kernel learned by it is not kept for the others.
        hosts.path.client.sysctl("net.ipv4.tcp_no_metrics_save", "1");
        drop(hosts.connect());
        hosts
    }

    fn connect(&self) -> Connection {
        let near = TcpStream::connect_timeout(&self.address, 5 * SECOND).unwrap();
        let since = Instant::now();
        let (far, _) = self.listener.accept().unwrap();
        Connection { near, _far: far, since }
    }

    fn silence(&self) {
        self.path.router.nft(SILENCE);
    }
}

impl Connection {
    /// Until the connection has ended; absent when it lives at the deadline.
    fn ended(&self, since: Instant, within: Duration) -> Option<Duration> {
        let deadline = since + within;
        // Both are told unasked: HUP when the connection has ended, ERR alone when a router complained.
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let mut polled = PollFd::new(&self.near, PollFlags::empty());
            poll(std::slice::from_mut(&mut polled), Some(&Timespec::try_from(left).unwrap())).unwrap();
            if polled.revents().contains(PollFlags::HUP) {
                return Some(since.elapsed());
            }
            if left.is_zero() {
                return None;
            }
        }
    }

    /// The end comes when it was predicted, by a time-out.
    fn ends_after(&self, since: Instant, predicted: When) {
        let When::After(predicted) = predicted else { panic!("{predicted:?} is no time") };
        let ended = self.ended(since, predicted * 2).expect("the connection did not end");
        let off = (ended.as_secs_f64() - predicted.as_secs_f64()).abs() / predicted.as_secs_f64();
        println!("{predicted:?} predicted, {ended:?} measured, {:.1} % off", off * 100.0);
        assert!(off <= TENTH, "{predicted:?} predicted, {ended:?} measured");
        assert_eq!(self.near.take_error().unwrap().unwrap().kind(), io::ErrorKind::TimedOut);
    }

    fn lives_for(&self, since: Instant, span: Duration) {
        assert_eq!(self.ended(since, span), None);
        assert_eq!(tcp_info::read(&self.near).unwrap().state, tcp_info::TcpState::Established);
    }

    /// Writes until nothing more is taken and the peer has acknowledged all that its window let through; returns since when.
    fn shut_the_window(&mut self) -> Instant {
        self.near.set_nonblocking(true).unwrap();
        let deadline = Instant::now() + 5 * SECOND;
        let mut shut = None;
        loop {
            assert!(Instant::now() < deadline, "the window does not shut");
            match self.near.write(&[0; 4096]) {
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
            let info = tcp_info::read(&self.near).unwrap();
            if info.unacked > 0 || info.not_sent.unwrap_or_default() == 0 {
                shut = None;
                continue;
            }
            let since = *shut.get_or_insert_with(Instant::now);
            // Longer than a delayed acknowledgement, shorter than the first probe of the window.
            if since.elapsed() > SECOND / 10 {
                return since;
            }
        }
    }
}

fn figures(idle: u64, interval: u64, count: u32, user_timeout: Option<Duration>) -> Keepalive {
    Keepalive::new(Duration::from_secs(idle), Duration::from_secs(interval), count, user_timeout).unwrap()
}

/// Only the user time-out, which no [`Keepalive`] sets alone.
fn user_timeout_alone(connection: &Connection, millis: u32) -> Noticed {
    rustix::net::sockopt::set_tcp_user_timeout(&connection.near, millis).unwrap();
    Keepalive::read(&connection.near).unwrap().noticed(&Conditions::of(&connection.near).unwrap())
}

#[test]
fn probes_notice_an_idle_peer() {
    inside(|| {
        let hosts = Hosts::new();
        let connection = hosts.connect();
        let noticed = figures(2, 1, 3, None).apply(&connection.near).unwrap();
        assert_eq!(noticed.idle, When::After(5 * SECOND));
        hosts.silence();
        connection.ends_after(connection.since, noticed.idle);
    });
}

#[test]
fn the_user_time_out_takes_the_place_of_the_count() {
    inside(|| {
        let hosts = Hosts::new();
        let (longer, shorter) = (hosts.connect(), hosts.connect());
        let late = figures(1, 1, 2, Some(4 * SECOND)).apply(&longer.near).unwrap();
        let early = figures(1, 1, 9, Some(SECOND / 2)).apply(&shorter.near).unwrap();
        assert_eq!((late.idle, early.idle), (When::After(4 * SECOND), When::After(2 * SECOND)));
        hosts.silence();
        shorter.ends_after(shorter.since, early.idle);
        longer.ends_after(longer.since, late.idle);
    });
}

#[test]
fn the_user_time_out_bounds_data_in_flight_and_nothing_else() {
    inside(|| {
        let hosts = Hosts::new();
        let (mut busy, idle) = (hosts.connect(), hosts.connect());
        let noticed = user_timeout_alone(&busy, 2000);
        assert_eq!(user_timeout_alone(&idle, 2000).idle, When::Never);
        hosts.silence();
        let since = Instant::now();
        busy.near.write_all(b"?").unwrap();
        busy.ends_after(since, noticed.in_flight);
        idle.lives_for(idle.since, 5 * SECOND);
    });
}

#[test]
fn no_probe_helps_while_data_is_in_flight() {
    inside(|| {
        let hosts = Hosts::new();
        let mut connection = hosts.connect();
        let noticed = figures(1, 1, 2, None).apply(&connection.near).unwrap();
        assert_eq!(noticed.idle, When::After(3 * SECOND));
        assert!(noticed.in_flight.latest().is_some_and(|latest| latest > 900 * SECOND));
        hosts.silence();
        let since = Instant::now();
        connection.near.write_all(b"?").unwrap();
        connection.lives_for(since, 7 * SECOND);
    });
}

#[test]
fn the_retransmissions_end_by_themselves() {
    inside(|| {
        let hosts = Hosts::new();
        hosts.path.client.sysctl("net.ipv4.tcp_retries2", "3");
        let mut connection = hosts.connect();
        let noticed = figures(60, 1, 2, None).apply(&connection.near).unwrap();
        hosts.silence();
        let since = Instant::now();
        connection.near.write_all(b"?").unwrap();
        connection.ends_after(since, noticed.in_flight);
    });
}

#[test]
fn a_peer_that_does_not_read_is_dropped_only_by_a_user_time_out() {
    inside(|| {
        let hosts = Hosts::new();
        let [mut strict, mut patient, mut endless] = [(); 3].map(|()| hosts.connect());
        let two = figures(1, 1, 2, Some(2 * SECOND)).apply(&strict.near).unwrap();
        let wanted = Keepalive::detect_within(3 * SECOND).unwrap().tolerate_slow_reader(60 * SECOND);
        wanted.apply(&patient.near).unwrap();
        let never = figures(1, 1, 2, None).apply(&endless.near).unwrap();
        assert!(matches!(never.not_reading, NotReading { alive: When::Never, dead: When::Between { .. } }));
        let since = strict.shut_the_window();
        strict.ends_after(since, two.not_reading.alive);
        patient.shut_the_window();
        let since = endless.shut_the_window();
        endless.lives_for(since, 5 * SECOND);
        patient.lives_for(since, 5 * SECOND);
    });
}

#[test]
fn what_was_asked_for_is_kept_idle_and_in_flight() {
    inside(|| {
        let within = 4 * SECOND;
        let hosts = Hosts::new();
        let (mut busy, idle) = (hosts.connect(), hosts.connect());
        let wanted = Keepalive::detect_within(within).unwrap();
        let noticed = wanted.apply(&busy.near).unwrap();
        assert_eq!(wanted.apply(&idle.near).unwrap().idle, noticed.idle);
        hosts.silence();
        let since = Instant::now();
        busy.near.write_all(b"?").unwrap();
        idle.ends_after(idle.since, noticed.idle);
        busy.ends_after(since, noticed.in_flight);
        assert!(since.elapsed() <= within);
    });
}
