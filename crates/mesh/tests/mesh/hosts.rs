//! Nodes on hosts of their own: cables are cut, one way or both, and each end says what is so.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_mesh::Settings;
use allswell_model::link::{Cell, FindingKind, LinkState, OwnLink};
use allswell_model::{DownCause, Outcome};
use allswell_testkit::namespace::hosts::Hosts;
use allswell_testkit::namespace::inside;

use crate::node::{Node, peer, settings, until};

const PORT: u16 = 8421;

/// Three intervals of 50 ms.
const DETECTION: Duration = Duration::from_millis(150);

/// What two busy processors may add before a test looks.
const SLACK: Duration = Duration::from_millis(700);

fn name(number: u8) -> String {
    format!("node-{number}")
}

/// Each host runs a node that knows all the others.
fn nodes(hosts: &Hosts, count: u8) -> Vec<Node> {
    (1..=count)
        .map(|own| {
            let others = (1..=count).filter(|other| *other != own);
            let peers = others.map(|other| peer(&name(other), SocketAddr::new(Hosts::address(other), PORT)));
            let listen = SocketAddr::new(Hosts::address(own), PORT);
            let settings = Settings { peers: peers.collect(), ..settings(&name(own), listen) };
            hosts.space(own).run(|| Node::start(settings))
        })
        .collect()
}

fn all_up(nodes: &[Node]) {
    for (own, node) in (1..).zip(nodes) {
        for other in (1..).take(nodes.len()).filter(|other| *other != own) {
            node.until(&name(other), |link| link.state == LinkState::Up);
        }
    }
}

fn ended(cause: &'static str) -> impl Fn(&OwnLink) -> bool {
    move |link| link.state == LinkState::Down && link.sessions[0].cause == Some(cause)
}

#[test]
fn a_cut_cable_is_down_at_both_ends_and_nowhere_else() {
    inside(|| {
        let hosts = Hosts::routed(3);
        let nodes = nodes(&hosts, 3);
        all_up(&nodes);
        let begun = Instant::now();
        hosts.cut(3);
        nodes[0].until("node-3", ended("silent"));
        nodes[1].until("node-3", ended("silent"));
        assert!(begun.elapsed() < DETECTION * 2 + SLACK, "{:?}", begun.elapsed());
        nodes[2].until("node-1", ended("silent"));
        assert_eq!(nodes[0].state("node-2"), Some(LinkState::Up));
        // What the second says of the third the first knows, too.
        let says = |cell: &Cell| (cell.from.as_str(), cell.to.as_str(), cell.state) == ("node-2", "node-3", LinkState::Down);
        until(|| nodes[0].links().cells.iter().any(says)).unwrap();
        let found = |node: &Node| node.links().findings.first().map(|finding| (finding.kind, finding.of.clone()));
        until(|| found(&nodes[0]) == Some((FindingKind::NodeDown, vec!["node-3".into()]))).unwrap();
        let results = nodes[0].kept.all();
        let down = results.iter().find(|result| result.target.as_str() == "link/node-3" && !result.outcome.is_up()).unwrap();
        assert!(matches!(&down.outcome, Outcome::Down { cause, .. } if *cause == DownCause::TIMED_OUT), "{down:?}");
        assert!(down.reason.contains("No packet from node-3 for "), "{}", down.reason);
        hosts.restore(3);
        all_up(&nodes);
        nodes[0].until("node-3", |link| link.rtt.is_some_and(|rtt| rtt.count > 20 && rtt.p50 < Duration::from_millis(1)));
    });
}

#[test]
fn packets_that_go_one_way_only_are_told_apart() {
    inside(|| {
        let hosts = Hosts::switched(3);
        let nodes = nodes(&hosts, 3);
        all_up(&nodes);
        hosts.cut_one_way(1, 2);
        nodes[1].until("node-1", ended("silent"));
        nodes[0].until("node-2", ended("hears_nothing"));
        let results = nodes[0].kept.all();
        let down = results.iter().find(|result| matches!(result.outcome, Outcome::Down { .. })).unwrap();
        assert!(matches!(&down.outcome, Outcome::Down { cause, .. } if cause.as_str() == "one_way"), "{down:?}");
        assert_eq!(nodes[2].state("node-1"), Some(LinkState::Up));
        assert_eq!(nodes[2].state("node-2"), Some(LinkState::Up));
        // Whoever only looks on knows it, too.
        let found = || nodes[2].links().findings.iter().any(|finding| finding.kind == FindingKind::OneWay);
        until(found).unwrap_or_else(|()| panic!("{:?}", nodes[2].links().findings));
        hosts.restore_all();
        all_up(&nodes);
    });
}
