//! What iputils says, line by line.

use super::*;

fn order() -> Order {
    Order {
        to: ([127, 0, 0, 1], 0).into(),
        way: allswell_os::icmp::Way::default(),
        count: 3,
        gap: Duration::ZERO,
        size: 56,
        hop_limit: Some(9),
        until: std::time::Instant::now() + Duration::from_secs(5),
    }
}

fn told(lines: &str, complaint: &str) -> Told {
    let mut report = Report::default();
    lines.lines().for_each(|line| report.line(line));
    report.told(3, complaint)
}

#[test]
fn no_more_was_sent_than_time_allowed() {
    let sent = [0, 199, 200, 399, 9_999].map(|ms| sent_within(&order(), Duration::from_millis(ms)));
    assert_eq!(sent, [1, 1, 2, 2, 3]);
}

#[test]
fn replies_duplicates_and_the_last_line_are_read() {
    let lines = "PING 127.0.0.1 (127.0.0.1) 56(84) bytes of data.
64 bytes from 127.0.0.1: icmp_seq=1 ttl=61 time=0.021 ms
64 bytes from 127.0.0.1: icmp_seq=1 ttl=61 time=0.050 ms (DUP!)
64 bytes from 127.0.0.1: icmp_seq=3 ttl=60 time=1.5 ms

--- 127.0.0.1 ping statistics ---
3 packets transmitted, 2 received, +1 duplicates, 33.3333% packet loss, time 2031ms
rtt min/avg/max/mdev = 0.021/0.760/1.500/0.739 ms";
    let Told::Tally(tally) = told(lines, "") else { panic!() };
    assert_eq!((tally.sent, tally.received(), tally.duplicates, tally.hop_limit), (3, 2, 1, Some(60)));
    assert_eq!((tally.times.least(), tally.times.most()), (Duration::from_micros(21), Duration::from_micros(1500)));
}

#[test]
fn a_program_that_was_cut_short_has_sent_what_was_asked() {
    let Told::Tally(tally) = told("64 bytes from ::1: icmp_seq=1 ttl=64 time=0.021 ms", "") else { panic!() };
    assert_eq!((tally.sent, tally.received()), (3, 1));
}

#[test]
fn routers_are_heard() {
    let cases = [
        ("From 10.0.0.1 icmp_seq=1 Destination Host Unreachable", 3, 1),
        ("From 10.0.0.1 icmp_seq=1 Packet filtered", 3, 13),
        ("From 10.0.0.1: icmp_seq=1 Time to live exceeded", 11, 0),
        ("From fd77:1::1 icmp_seq=1 Destination unreachable: Administratively prohibited", 1, 1),
        ("From fe80::1%eth0 icmp_seq=1 Destination unreachable: Address unreachable", 1, 3),
    ];
    for (line, kind, code) in cases {
        let Told::Tally(tally) = told(line, "") else { panic!("{line}") };
        let said = tally.objection.unwrap().said;
        assert_eq!((said.kind, said.code), (kind, code), "{line}");
    }
    let Told::Tally(tally) = told("From 10.0.0.1 icmp_seq=1 Frag needed and DF set (mtu = 1400)", "") else { panic!() };
    assert_eq!(tally.objection.unwrap().mtu, 1400);
}

#[test]
fn what_it_may_not_do_makes_it_useless() {
    assert_eq!(told("", "ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n"), Told::Useless);
    assert_eq!(told("", "ping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?\n"), Told::Useless);
}

#[test]
fn other_complaints_are_passed_on() {
    assert_eq!(told("", "ping: connect: Network is unreachable\n"), Told::Complaint("ping: connect: Network is unreachable".into()));
    let silent = "\n--- 10.9.9.9 ping statistics ---\n3 packets transmitted, 0 received, 100% packet loss, time 2031ms";
    let Told::Tally(tally) = told(silent, "") else { panic!() };
    assert_eq!((tally.sent, tally.received()), (3, 0));
}

#[test]
fn garbage_says_nothing() {
    for line in ["", "From", "From x y", "64 bytes from ", "64 bytes from a time=-1 ttl=999", " packets transmitted", "From ::1 \u{0}"] {
        told(line, "");
    }
}
