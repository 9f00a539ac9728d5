//! All reach all, and each cut stops what its name says, without a word.

use std::net::UdpSocket;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::*;
use crate::namespace::inside;

const SOON: Duration = Duration::from_secs(10);

type Addresses = fn(u8) -> IpAddr;

const FAMILIES: [Addresses; 2] = [Hosts::address, Hosts::address6];

/// Runs a body with a switch and with a router, each in namespaces of its own.
macro_rules! both_hubs {
    ($name:ident, $count:expr, $body:expr) => {
        mod $name {
            use super::*;

            #[test]
            fn switched() {
                inside(|| $body(&Hosts::switched($count)));
            }

            #[test]
            fn routed() {
                inside(|| $body(&Hosts::routed($count)));
            }
        }
    };
}

/// A socket of every host and a way to learn, for any pair, whether a datagram passes.
struct Sockets<'a> {
    hosts: &'a Hosts,
    sockets: Vec<UdpSocket>,
    address: Addresses,
}

impl<'a> Sockets<'a> {
    fn open(hosts: &'a Hosts, address: Addresses) -> Self {
        let open = |node| hosts.space(node).run(|| UdpSocket::bind((address(node), 0)).unwrap());
        Self { hosts, sockets: hosts.numbers().map(open).collect(), address }
    }

    fn socket(&self, node: u8) -> &UdpSocket {
        &self.sockets[usize::from(node) - 1]
    }

    /// Sends a datagram and waits until it has come, or was swallowed.
    fn passes(&self, from: u8, to: u8) -> bool {
        let before = self.hosts.swallowed();
        let word = [from, to];
        self.socket(from).send_to(&word, self.socket(to).local_addr().unwrap()).unwrap();
        let deadline = Instant::now() + SOON;
        while !self.came(from, to) {
            if self.hosts.swallowed() > before {
                // At a switch it may have been swallowed on its way to somebody else.
                return self.came(from, to);
            }
            assert!(Instant::now() < deadline, "neither came nor was swallowed: {word:?}");
            thread::yield_now();
        }
        true
    }

    fn came(&self, from: u8, to: u8) -> bool {
        let receiver = self.socket(to);
        receiver.set_nonblocking(true).unwrap();
        let mut came = [0; 2];
        let sender = receiver.recv_from(&mut came).ok().map(|(_, sender)| sender.ip());
        assert!(sender.is_none_or(|sender| came == [from, to] && sender == (self.address)(from)), "{came:?} {sender:?}");
        sender.is_some()
    }

    /// The pairs that nothing passes.
    fn silent(&self) -> Vec<(u8, u8)> {
        let pairs = self.hosts.numbers().flat_map(|from| self.hosts.numbers().map(move |to| (from, to)));
        pairs.filter(|&(from, to)| from != to && !self.passes(from, to)).collect()
    }
}

/// The ICMP errors that a host has been sent, of both families.
fn errors_heard(space: &Space) -> u64 {
    let read = |file: &str| std::fs::read_to_string(format!("/proc/thread-self/net/{file}")).unwrap();
    let (snmp, snmp6) = space.run(|| (read("snmp"), read("snmp6")));
    let mut lines = snmp.lines().filter_map(|line| line.strip_prefix("Icmp: "));
    let (names, values) = (lines.next().unwrap(), lines.next().unwrap());
    let old = names.split(' ').zip(values.split(' ')).filter(|(name, _)| ["InDestUnreachs", "InTimeExcds"].contains(name));
    let new = snmp6.lines().filter_map(|line| line.split_once(char::is_whitespace));
    let new = new.filter(|(name, _)| ["Icmp6InDestUnreachs", "Icmp6InTimeExcds"].contains(name));
    old.chain(new).map(|(_, value)| value.trim().parse::<u64>().unwrap()).sum()
}

fn ping(hosts: &Hosts, from: u8, to: IpAddr, ttl: &str) -> String {
    let to = to.to_string();
    let ping = || Command::new("ping").args(["-n", "-c", "1", "-W", "10", "-t", ttl, &to]).output().unwrap();
    String::from_utf8(hosts.space(from).run(ping).stdout).unwrap()
}

both_hubs!(all_answer_all_in_both_families, Hosts::AT_MOST, |hosts: &Hosts| {
    for address in FAMILIES {
        for (from, to) in hosts.numbers().flat_map(|from| hosts.numbers().map(move |to| (from, to))) {
            let said = ping(hosts, from, address(to), "64");
            assert!(said.contains(" 1 received"), "{from} {to}: {said}");
        }
    }
    assert_eq!(hosts.swallowed(), 0);
});

both_hubs!(a_cut_host_is_alone, 3, |hosts: &Hosts| {
    for sockets in FAMILIES.map(|address| Sockets::open(hosts, address)) {
        assert_eq!(sockets.silent(), []);
        hosts.cut(2);
        assert_eq!(sockets.silent(), [(1, 2), (2, 1), (2, 3), (3, 2)]);
        hosts.restore(2);
        assert_eq!(sockets.silent(), []);
    }
    assert!(hosts.numbers().all(|node| errors_heard(hosts.space(node)) == 0));
});

both_hubs!(pairs_are_cut_both_ways_or_one_way, 3, |hosts: &Hosts| {
    for sockets in FAMILIES.map(|address| Sockets::open(hosts, address)) {
        hosts.cut_pair(1, 3);
        assert_eq!(sockets.silent(), [(1, 3), (3, 1)]);
        hosts.cut_one_way(2, 1);
        assert_eq!(sockets.silent(), [(1, 3), (2, 1), (3, 1)]);
        hosts.restore_pair(3, 1);
        assert_eq!(sockets.silent(), [(2, 1)]);
        hosts.cut(3);
        hosts.restore(1);
        assert_eq!(sockets.silent(), [(1, 3), (2, 3), (3, 1), (3, 2)]);
        hosts.restore_all();
        assert_eq!(sockets.silent(), []);
    }
    assert!(hosts.numbers().all(|node| errors_heard(hosts.space(node)) == 0));
});

both_hubs!(a_cut_stays_silent_when_the_neighbour_was_never_seen, 2, |hosts: &Hosts| {
    hosts.cut(1);
    for sockets in FAMILIES.map(|address| Sockets::open(hosts, address)) {
        assert_eq!(sockets.silent(), [(1, 2), (2, 1)]);
    }
    // A host that had not found its neighbour would say so to its programs some seconds later.
    for host in hosts.numbers().map(|node| hosts.space(node)) {
        let list = || Command::new("ip").args(["neighbour", "show", "dev", "e0"]).output().unwrap();
        let neighbours = String::from_utf8(host.run(list).stdout).unwrap();
        assert!(neighbours.lines().count() >= 2 && neighbours.lines().all(|line| line.contains(" lladdr ")), "{neighbours}");
    }
    assert!(hosts.numbers().all(|node| errors_heard(hosts.space(node)) == 0));
});

/// Whether the host's link has a carrier.
fn carrier(space: &Space) -> bool {
    let show = || Command::new("ip").args(["-oneline", "link", "show", "dev", "e0"]).output().unwrap();
    !String::from_utf8(space.run(show).stdout).unwrap().contains("NO-CARRIER")
}

both_hubs!(a_killed_host_has_no_carrier_and_comes_back, 3, |hosts: &Hosts| {
    hosts.kill(2);
    let deadline = Instant::now() + SOON;
    while carrier(hosts.space(2)) {
        assert!(Instant::now() < deadline, "the carrier stays");
        thread::yield_now();
    }
    for sockets in FAMILIES.map(|address| Sockets::open(hosts, address)) {
        assert!(sockets.passes(1, 3) && sockets.passes(3, 1));
    }
    hosts.revive(2);
    assert!(carrier(hosts.space(2)));
    for sockets in FAMILIES.map(|address| Sockets::open(hosts, address)) {
        assert_eq!(sockets.silent(), []);
    }
});

#[test]
fn a_switch_leaves_the_ttl_alone() {
    inside(|| {
        let hosts = Hosts::switched(2);
        for address in FAMILIES {
            assert!(ping(&hosts, 1, address(2), "1").contains(" 1 received"));
        }
    });
}

#[test]
fn a_router_answers_as_routers_do() {
    inside(|| {
        let hosts = Hosts::routed(2);
        for (address, router) in FAMILIES.into_iter().zip([Hosts::ROUTER, Hosts::ROUTER6]) {
            let said = ping(&hosts, 1, address(2), "1");
            assert!(said.to_lowercase().contains(&format!("from {router}")) && said.contains("xceeded"), "{said}");
            assert!(ping(&hosts, 1, address(2), "2").contains(" 1 received"));
        }
        assert_eq!(errors_heard(hosts.space(1)), 2);
        hosts.kill(2);
        for (address, router) in FAMILIES.into_iter().zip([Hosts::ROUTER, Hosts::ROUTER6]) {
            let said = ping(&hosts, 1, address(2), "64");
            assert!(said.to_lowercase().contains(&format!("from {router}")) && said.contains("nreachable"), "{said}");
        }
    });
}

#[test]
#[should_panic(expected = "there is no host 3")]
fn only_hosts_that_exist_are_cut() {
    let hosts = Hosts { kind: Hub::Router, hub: Space::own(), hosts: vec![Space::own(), Space::own()], cuts: Mutex::default() };
    hosts.cut_one_way(1, 3);
}
