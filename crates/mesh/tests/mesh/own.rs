//! What is our own fault is never the peers'.

use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allswell_mesh::{BfdPeer, Key, Settings};
use allswell_model::link::{LinkState, OwnLink};
use allswell_model::{DownCause, NodeId, Outcome, Timestamp, UnknownCause};
use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;

use crate::node::{Node, peer, settings, until};

const PORT: u16 = 8421;

fn node(hosts: &Hosts, own: u8, other: u8) -> Node {
    let at = |number: u8| SocketAddr::new(Hosts::address(number), PORT);
    let settings = Settings { peers: vec![peer(&format!("node-{other}"), at(other))], ..settings(&format!("node-{own}"), at(own)) };
    hosts.space(own).run(|| Node::start(settings))
}

fn up(link: &OwnLink) -> bool {
    link.state == LinkState::Up
}

/// Waits until a result says that it is unknown for this cause.
fn until_unknown(node: &Node, wanted: &UnknownCause) {
    let says = |outcome: &Outcome| matches!(outcome, Outcome::Unknown { cause, .. } if cause == wanted);
    until(|| node.kept.all().iter().any(|result| says(&result.outcome))).unwrap_or_else(|()| panic!("{:#?}", node.kept.all().last()));
}

fn never_down(node: &Node) {
    let all = node.kept.all();
    let down = all.iter().find(|result| matches!(result.outcome, Outcome::Down { .. }));
    assert!(down.is_none(), "{down:#?}");
}

#[test]
fn our_own_cable_is_not_the_peers_fault() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let (one, two) = (node(&hosts, 1, 2), node(&hosts, 2, 1));
        one.until("node-2", up);
        two.until("node-1", up);
        hosts.kill(1);
        let link = one.until("node-2", |link| link.state == LinkState::Down);
        assert_eq!(link.sessions[0].cause, Some("link_down"));
        assert!(link.reason.contains("our e0 has no carrier"), "{}", link.reason);
        until_unknown(&one, &UnknownCause::NO_GATEWAY);
        two.until("node-1", |link| link.state == LinkState::Down);
        hosts.revive(1);
        one.until("node-2", up);
        two.until("node-1", up);
        never_down(&one);
    });
}

#[test]
fn our_own_interface_and_our_own_firewall_are_not_either() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let (one, two) = (node(&hosts, 1, 2), node(&hosts, 2, 1));
        one.until("node-2", up);
        two.until("node-1", up);
        hosts.space(1).ip("link set e0 down\n");
        one.until("node-2", |link| link.state == LinkState::Down && link.reason.contains("is not judged"));
        until(|| one.kept.all().iter().any(|result| matches!(result.outcome, Outcome::Unknown { .. }))).unwrap();
        hosts.space(1).ip("link set e0 up\n");
        one.until("node-2", up);
        two.until("node-1", up);
        never_down(&one);
        let rules = "add table inet own\nadd chain inet own out { type filter hook output priority 0; }\n";
        hosts.space(1).nft(&format!("{rules}add rule inet own out udp dport 8421 drop\n"));
        hosts.cut(2);
        one.until("node-2", |link| link.state == LinkState::Down && link.reason.contains("our own firewall"));
        until_unknown(&one, &UnknownCause::LOCAL_POLICY);
        never_down(&one);
    });
}

#[test]
fn what_is_ours_is_no_routers_fault_either() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let node = |own: u8, other: u8| {
            let name = NodeId::new(&format!("edge-{other}")).unwrap();
            let bfd = vec![BfdPeer { name, address: Hosts::address(other), every: Duration::from_millis(100), multiplier: 3 }];
            let settings =
                Settings { peers: Vec::new(), bfd, ..settings(&format!("node-{own}"), SocketAddr::new(Hosts::address(own), PORT)) };
            hosts.space(own).run(|| Node::start(settings))
        };
        let (one, two) = (node(1, 2), node(2, 1));
        one.until("edge-2", up);
        two.until("edge-1", up);
        hosts.space(1).ip("link set e0 down\n");
        one.until("edge-2", |link| link.state == LinkState::Down);
        until_unknown(&one, &UnknownCause::NO_ROUTE);
        let down = |outcome: &Outcome| matches!(outcome, Outcome::Down { .. });
        until(|| two.kept.all().iter().any(|result| down(&result.outcome))).unwrap();
        hosts.space(1).ip("link set e0 up\n");
        one.until("edge-2", up);
        never_down(&one);
    });
}

#[test]
fn a_peer_that_never_ran_refuses_and_says_so() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let one = node(&hosts, 1, 2);
        let link = one.until("node-2", |link| link.state == LinkState::Down);
        assert!(link.reason.contains("refuses at 10.78.0.2:8421"), "{}", link.reason);
        let refused = |outcome: &Outcome| matches!(outcome, Outcome::Down { cause, .. } if *cause == DownCause::REFUSED);
        until(|| one.kept.all().iter().any(|result| refused(&result.outcome))).unwrap();
    });
}

#[test]
fn a_peer_that_hears_and_says_nothing_is_not_called_gone() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let mute = hosts.space(2).run(|| std::net::UdpSocket::bind((Hosts::address(2), PORT)).unwrap());
        let one = node(&hosts, 1, 2);
        let link = one.until("node-2", |link| link.state == LinkState::PeerStalled);
        assert!(link.reason.starts_with("node-2's kernel answers but its process has never been heard"), "{}", link.reason);
        let is_down = |outcome: &Outcome| matches!(outcome, Outcome::Down { cause, .. } if cause.as_str() == "peer_stalled");
        until(|| one.kept.all().iter().any(|result| is_down(&result.outcome))).unwrap();
        // Now the host goes, too.
        hosts.cut(2);
        one.until("node-2", |link| {
            link.reason.contains("No packet ever came") && link.reason.contains("its kernel does not answer either")
        });
        drop(mute);
    });
}

#[test]
fn keys_that_differ_are_told_and_blame_nobody() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let one = node(&hosts, 1, 2);
        let at = |number: u8| SocketAddr::new(Hosts::address(number), PORT);
        let same = Settings { peers: vec![peer("node-1", at(1))], ..settings("node-2", at(2)) };
        let other = Key { id: 1, secret: Arc::from(&b"another secret of the tests"[..]) };
        let differs = Settings { keys: vec![other], ..same.clone() };
        let two = hosts.space(2).run(|| Node::start(differs.clone()));
        let wrong = |link: &OwnLink| link.reason.contains("signed with a key that we do not have");
        one.until("node-2", wrong);
        two.until("node-1", wrong);
        until_unknown(&one, &UnknownCause::new("wrong_key"));
        two.mesh.reload(same);
        one.until("node-2", up);
        // A session that stands is lost, and told of in the same words: the peer is neither gone nor stalled.
        two.mesh.reload(differs);
        one.until("node-2", wrong);
        two.until("node-1", wrong);
    });
}

#[test]
fn who_did_not_run_says_that_first() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let gate = Arc::new(Mutex::new(()));
        let at = |number: u8| SocketAddr::new(Hosts::address(number), PORT);
        let own = Settings { peers: vec![peer("node-2", at(2))], ..settings("node-1", at(1)) };
        let shut = Arc::clone(&gate);
        let now = move || {
            drop(shut.lock().unwrap());
            Timestamp(allswell_os::clock::wall_micros())
        };
        let (one, two) = (hosts.space(1).run(|| Node::start_with(own, now)), node(&hosts, 2, 1));
        one.until("node-2", up);
        two.until("node-1", up);
        let stopped = gate.lock().unwrap();
        two.until("node-1", |link| link.state == LinkState::PeerStalled);
        hosts.cut(1);
        two.until("node-1", |link| link.state == LinkState::Down);
        drop(stopped);
        until_unknown(&one, &UnknownCause::OVERLOADED);
        never_down(&one);
        // But not for ever.
        one.until("node-2", |link| link.state == LinkState::Down);
    });
}

/// The address of a host's `e0` that is known on its network alone.
fn of_the_link(hosts: &Hosts, number: u8) -> Ipv6Addr {
    let table = hosts.space(number).run(|| std::fs::read_to_string("/proc/thread-self/net/if_inet6")).unwrap();
    let line = table.lines().find(|line| line.starts_with("fe80") && line.ends_with("e0")).unwrap();
    u128::from_str_radix(&line[..32], 16).unwrap().into()
}

#[test]
fn a_kernel_is_asked_at_an_address_of_its_network_alone() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let scope = |number: u8| hosts.space(number).run(|| allswell_os::interface::index("e0")).unwrap();
        let at = |number: u8, of: u8| SocketAddr::from(SocketAddrV6::new(of_the_link(&hosts, number), PORT, 0, scope(of)));
        let gate = Arc::new(Mutex::new(()));
        let shut = Arc::clone(&gate);
        let now = move || {
            drop(shut.lock().unwrap());
            Timestamp(allswell_os::clock::wall_micros())
        };
        let with = |own: u8, other: u8| Settings {
            peers: vec![peer(&format!("node-{other}"), at(other, own))],
            ..settings(&format!("node-{own}"), at(own, own))
        };
        let (first, second) = (with(1, 2), with(2, 1));
        let one = hosts.space(1).run(|| Node::start(first));
        let two = hosts.space(2).run(|| Node::start_with(second, now));
        one.until("node-2", up);
        two.until("node-1", up);
        let stopped = gate.lock().unwrap();
        one.until("node-2", |link| link.state == LinkState::PeerStalled);
        drop(stopped);
        one.until("node-2", up);
    });
}

#[test]
fn a_firewall_that_drops_nothing_but_links_is_noticed() {
    inside(|| {
        let hosts = Hosts::switched(2);
        let (one, two) = (node(&hosts, 1, 2), node(&hosts, 2, 1));
        one.until("node-2", up);
        two.until("node-1", up);
        let rules = "add table inet own\nadd chain inet own in { type filter hook input priority 0; }\n";
        hosts.space(2).nft(&format!("{rules}add rule inet own in udp dport 8421 drop\n"));
        hosts.space(1).nft(&format!("{rules}add rule inet own in udp dport 8421 drop\n"));
        let link = one.until("node-2", |link| link.state == LinkState::PeerStalled);
        assert!(link.reason.contains("a firewall drops its packets"), "{}", link.reason);
        let is_down = |outcome: &Outcome| matches!(outcome, Outcome::Down { cause, .. } if cause.as_str() == "peer_stalled");
        until(|| one.kept.all().iter().any(|result| is_down(&result.outcome))).unwrap();
        let all = one.kept.all();
        let warned = all.iter().filter(|result| result.degraded.is_some()).count();
        assert!(warned >= 3, "{warned}: a short stall is only a warning");
    });
}
