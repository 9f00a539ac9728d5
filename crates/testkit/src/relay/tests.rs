//! Between two sockets the relay does what was asked for, and tells the truth about it.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::{Duration, Instant};

use super::*;
use crate::impairment::{Corrupt, Duplicate, Loss, Probability, Reorder};
use crate::namespace::inside;
use crate::namespace::space::Space;

/// No test needs so long; one that would wait longer has failed.
const SOON: Duration = Duration::from_secs(10);

fn end(ip: IpAddr) -> UdpSocket {
    let socket = UdpSocket::bind((ip, 0)).unwrap();
    socket.set_read_timeout(Some(SOON)).unwrap();
    socket
}

/// Two ends that know each other as the relay.
struct Ends {
    relay: Relay,
    a: UdpSocket,
    b: UdpSocket,
}

impl Ends {
    fn new(ip: impl Into<IpAddr>, seed: u64) -> Self {
        let ip = ip.into();
        let (relay, a, b) = (Relay::at(ip, seed), end(ip), end(ip));
        a.connect(relay.a()).unwrap();
        b.connect(relay.b()).unwrap();
        relay.backward().aim(a.local_addr().unwrap());
        relay.forward().aim(b.local_addr().unwrap());
        Self { relay, a, b }
    }

    fn local(seed: u64) -> Self {
        Self::new(Ipv4Addr::LOCALHOST, seed)
    }

    /// Sends numbers from A, not more at once than a socket's buffer holds, and returns the datagrams that came to B.
    fn send_numbers(&self, count: u64) -> Vec<Vec<u8>> {
        let mut came = Vec::new();
        for n in 0..count {
            self.a.send(&n.to_be_bytes()).unwrap();
            if (n + 1).is_multiple_of(50) || n + 1 == count {
                self.relay.forward().await_counters(SOON, |counters| counters.received == n + 1 && counters.under_way == 0);
                came.extend(drain(&self.b));
            }
        }
        came
    }
}

fn receive(socket: &UdpSocket) -> Vec<u8> {
    let mut bytes = [0; 100];
    let length = socket.recv(&mut bytes).unwrap();
    bytes[..length].to_vec()
}

/// What has come already.
fn drain(socket: &UdpSocket) -> Vec<Vec<u8>> {
    socket.set_nonblocking(true).unwrap();
    let mut bytes = [0; 100];
    let came = std::iter::from_fn(|| socket.recv(&mut bytes).ok().map(|length| bytes[..length].to_vec())).collect();
    socket.set_nonblocking(false).unwrap();
    came
}

#[test]
fn each_end_takes_the_relay_for_the_other_in_both_families() {
    for ip in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let Ends { relay, a, b } = Ends::new(ip, 1);
        // Connected sockets hear their peer alone.
        a.send(b"to b").unwrap();
        assert_eq!(receive(&b), b"to b");
        b.send(b"to a").unwrap();
        assert_eq!(receive(&a), b"to a");
        let wanted = Counters { received: 1, forwarded: 1, ..Counters::default() };
        for way in [relay.forward(), relay.backward()] {
            let counters = way.await_counters(SOON, |counters| counters.forwarded == 1);
            assert_eq!(Counters { late_ns: 0, ..counters }, wanted);
        }
    }
}

#[test]
fn an_end_that_nobody_named_is_who_sent_last() {
    let relay = Relay::at(Ipv4Addr::LOCALHOST.into(), 1);
    let [a, b, later] = [(); 3].map(|()| end(Ipv4Addr::LOCALHOST.into()));
    a.send_to(b"lost", relay.a()).unwrap();
    let counters = relay.forward().await_counters(SOON, |counters| counters.unsent == 1);
    assert_eq!((counters.received, counters.forwarded), (1, 0));
    b.send_to(b"to a", relay.b()).unwrap();
    assert_eq!(receive(&a), b"to a");
    later.send_to(b"restarted", relay.a()).unwrap();
    assert_eq!(receive(&b), b"restarted");
    b.send_to(b"to the new a", relay.b()).unwrap();
    assert_eq!(receive(&later), b"to the new a");
}

#[test]
fn of_a_named_end_only_its_own_is_relayed() {
    let Ends { relay, a, b } = Ends::local(1);
    end(Ipv4Addr::LOCALHOST.into()).send_to(b"forged", relay.a()).unwrap();
    a.send(b"true").unwrap();
    assert_eq!(receive(&b), b"true");
    let counters = relay.forward().counters();
    assert_eq!((counters.strange, counters.received), (1, 1));
    assert_eq!(relay.backward().aims_at(), Some(a.local_addr().unwrap()));
}

/// How long a packet takes from A to B when the machine has time for it: of a hundred, sent one after the other, the tenth best.
fn usual_way(ends: &Ends) -> Duration {
    let way = |_| {
        let sent = Instant::now();
        ends.a.send(b"x").unwrap();
        receive(&ends.b);
        sent.elapsed()
    };
    let mut ways: Vec<Duration> = (0..100).map(way).collect();
    ways.sort_unstable();
    ways[10]
}

#[test]
fn a_delay_shifts_the_way_by_itself() {
    let ends = Ends::local(1);
    let without = usual_way(&ends);
    ends.relay.forward().set(Impairment::delayed(Duration::from_millis(5)));
    let with = usual_way(&ends);
    let error = with.abs_diff(without + Duration::from_millis(5));
    println!("without {without:?}, with {with:?}, error {error:?}, the latest {} ns late", ends.relay.forward().counters().late_ns);
    // On an idle machine it is some microseconds.
    assert!(with >= Duration::from_millis(5) && error < Duration::from_micros(500), "{without:?} {with:?}");
}

#[test]
fn the_counters_are_true() {
    let ends = Ends::local(5);
    let share = Probability::of(0.2);
    let duplicate = Duplicate { share, after: Duration::from_millis(1) };
    let corrupt = Corrupt { share, bits: 1 };
    ends.relay.set(Impairment { loss: Loss::Random(share), duplicate, corrupt, ..Impairment::delayed(Duration::from_millis(1)) });
    let came = ends.send_numbers(1_000);
    let counters = ends.relay.forward().counters();
    assert_eq!(counters.received, 1_000);
    assert!(counters.dropped > 100 && counters.duplicated > 100 && counters.corrupted > 100, "{counters:?}");
    assert_eq!(came.len() as u64, counters.forwarded);
    assert_eq!(counters.forwarded, counters.received - counters.dropped + counters.duplicated);
    assert_eq!(counters.delayed, counters.received - counters.dropped);
    let damaged = came.iter().filter(|packet| u64::from_be_bytes(packet[..].try_into().unwrap()) >= 1_000).count() as u64;
    // A flip of one of the ten lowest bits makes another number of the same range; those above show.
    assert!(damaged > counters.corrupted / 2, "{damaged} {counters:?}");
    assert_eq!(ends.relay.backward().counters(), Counters::default());
}

#[test]
fn the_same_seed_does_the_same_to_the_same_packets() {
    let run = |seed| {
        let ends = Ends::local(seed);
        ends.relay.forward().set(Impairment::lossy(Loss::Random(Probability::of(0.5))));
        ends.send_numbers(200)
    };
    assert_eq!(run(3), run(3));
    assert_ne!(run(3), run(4));
}

#[test]
fn one_direction_alone_is_cut() {
    let Ends { relay, a, b } = Ends::local(1);
    relay.forward().cut();
    a.send(b"lost").unwrap();
    relay.forward().await_counters(SOON, |counters| counters.dropped == 1);
    b.send(b"to a").unwrap();
    assert_eq!(receive(&a), b"to a");
    relay.cut();
    b.send(b"lost").unwrap();
    relay.backward().await_counters(SOON, |counters| counters.dropped == 1);
    relay.mend();
    a.send(b"whole").unwrap();
    b.send(b"whole").unwrap();
    assert_eq!([receive(&a), receive(&b)], [b"whole", b"whole"]);
}

#[test]
fn a_packet_held_back_is_overtaken_and_keeps_its_time() {
    let Ends { relay, a, b } = Ends::local(1);
    let held = Duration::from_millis(100);
    relay.forward().set(Impairment { reorder: Reorder { share: Probability::ALWAYS, held }, ..Impairment::default() });
    let sent = Instant::now();
    a.send(b"first").unwrap();
    relay.forward().await_counters(SOON, |counters| counters.received == 1);
    relay.forward().set(Impairment::default());
    a.send(b"second").unwrap();
    assert_eq!(receive(&b), b"second");
    assert_eq!(receive(&b), b"first");
    assert!(sent.elapsed() >= held);
}

#[test]
fn what_was_recorded_can_be_replayed() {
    let Ends { relay, a, b } = Ends::local(1);
    a.send(b"before").unwrap();
    assert_eq!(receive(&b), b"before");
    relay.forward().record();
    a.send(b"one").unwrap();
    assert_eq!(receive(&b), b"one");
    relay.forward().cut();
    a.send(b"two").unwrap();
    relay.forward().await_counters(SOON, |counters| counters.dropped == 1);
    let recorded = relay.forward().recorded();
    assert_eq!(recorded, [b"one", b"two"]);
    relay.forward().inject(&recorded[0]);
    relay.backward().inject(b"forged");
    assert_eq!(receive(&b), b"one");
    assert_eq!(receive(&a), b"forged");
    assert_eq!((relay.forward().counters().injected, relay.backward().counters().injected), (1, 1));
}

#[test]
fn what_is_held_waits_for_the_test() {
    let Ends { relay, a, b } = Ends::local(1);
    let hold = |packets: &[&[u8]]| {
        let before = relay.forward().counters().withheld;
        for packet in packets {
            a.send(packet).unwrap();
        }
        relay.forward().await_counters(SOON, |counters| counters.withheld == before + packets.len() as u64);
    };
    relay.forward().hold();
    hold(&[b"1", b"2"]);
    let held = relay.forward().take_held();
    assert_eq!(held, [b"1", b"2"]);
    hold(&[b"3"]);
    held.iter().rev().for_each(|packet| relay.forward().inject(packet));
    relay.forward().release();
    a.send(b"4").unwrap();
    assert_eq!([(); 4].map(|()| receive(&b)), [b"2", b"1", b"3", b"4"]);
    let counters = relay.forward().counters();
    assert_eq!((counters.received, counters.withheld, counters.injected, counters.forwarded), (4, 3, 3, 1));
}

#[test]
fn its_ports_are_free_when_it_is_gone() {
    let ends = Ends::local(1);
    ends.relay.set(Impairment::delayed(Duration::from_secs(3_600)));
    ends.a.send(b"under way").unwrap();
    ends.relay.forward().await_counters(SOON, |counters| counters.under_way == 1);
    let ports = [ends.relay.a(), ends.relay.b()];
    drop(ends);
    assert!(ports.iter().all(|port| UdpSocket::bind(port).is_ok()));
}

#[test]
fn its_two_sides_may_be_in_hosts_without_a_way_between_them() {
    inside(|| {
        let [here, there] = ["here", "there"].map(Space::new);
        let loopback = || end(Ipv6Addr::LOCALHOST.into());
        let (a, b) = (here.run(loopback), there.run(loopback));
        let relay = Relay::start(here.run(loopback), there.run(loopback), 1);
        relay.forward().aim(b.local_addr().unwrap());
        a.send_to(b"across", relay.a()).unwrap();
        assert_eq!(receive(&b), b"across");
        b.send_to(b"back", relay.b()).unwrap();
        assert_eq!(receive(&a), b"back");
    });
}
