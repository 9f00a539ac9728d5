//! A made-up mesh, well or in one of the troubles that have a name of their own. Tests and the gallery share it.

use std::sync::Arc;
use std::time::Duration;

use allswell_model::link::{Cell, Finding, FindingKind, LinkState, Links, MeshNode};
use allswell_model::{NodeId, Timestamp};

use super::own;

/// Seven nodes in three racks of two podsets.
const SEVEN: [(&str, &str); 7] = [
    ("fra-1", "pod-a/rack-1"),
    ("fra-2", "pod-a/rack-1"),
    ("fra-3", "pod-a/rack-1"),
    ("db-1", "pod-a/rack-2"),
    ("db-2", "pod-a/rack-2"),
    ("edge-1", "pod-b/rack-3"),
    ("edge-2", "pod-b/rack-3"),
];

/// The mesh of seven nodes as `fra-1` knows it, in the trouble of this name; `well` and every other name are none.
pub(crate) fn mesh(case: &str, now: Timestamp) -> Links {
    let nodes = SEVEN.map(|(name, location)| (name.to_owned(), location.to_owned()));
    build(case, &nodes, now)
}

/// A mesh of so many nodes, eight in a rack and four racks in a podset.
pub(crate) fn many(count: usize, case: &str, now: Timestamp) -> Links {
    let name = |n: usize| (format!("node-{n:03}"), format!("pod-{}/rack-{:02}", n / 32 + 1, n / 8 + 1));
    build(case, &(0..count).map(name).collect::<Vec<_>>(), now)
}

/// A mesh in which nobody was heard yet.
pub(crate) fn unheard(now: Timestamp) -> Links {
    let well = mesh("well", now);
    let nodes = well.nodes.into_iter().map(|node| MeshNode { heard: None, ..node }).collect();
    Links { nodes, cells: Vec::new(), own: Vec::new(), dropped: [].into(), ..well }
}

fn build(case: &str, named: &[(String, String)], now: Timestamp) -> Links {
    let findings: Vec<Finding> = finding(case, named, now).into_iter().chain(also(case, named, now)).collect();
    let nodes: Vec<MeshNode> = named.iter().map(|(name, location)| node(case, (name, location), now)).collect();
    let mut cells = Vec::new();
    for from in &nodes {
        for to in nodes.iter().filter(|to| to.name != from.name) {
            cells.extend(cell(case, &findings, (from, to), now));
        }
    }
    let ours = id(&named.first().map(|(name, _)| name.clone()).unwrap_or_default());
    Links {
        own: own::links(&cells, &ours, now),
        node: ours,
        at: now,
        nodes,
        cells,
        findings,
        dropped: [("bad_mac", 3), ("unknown_peer", 0)].into(),
    }
}

fn id(name: &str) -> NodeId {
    NodeId::new(name).unwrap_or_else(|_| unreachable!("a made-up name is a name"))
}

fn node(case: &str, (name, location): (&str, &str), now: Timestamp) -> MeshNode {
    let stalls = u64::from(name == "db-2") * 2 + u64::from(case == "self_stalled" && name == "fra-1") * 5;
    let late = case == "stale" && name.starts_with("edge");
    MeshNode {
        name: id(name),
        location: Arc::from(location),
        heard: Some(now - if late { Duration::from_secs(260) } else { Duration::from_millis(400) }),
        stalls,
        longest_stall: Duration::from_millis(140) * u32::from(stalls > 0),
    }
}

/// The trouble's finding. Whom it names, its cells show.
fn finding(case: &str, named: &[(String, String)], now: Timestamp) -> Option<Finding> {
    let name = |n: usize| named.get(n).map(|(name, _)| name.clone()).unwrap_or_default();
    let last = named.last().map(|(_, location)| location.clone()).unwrap_or_default();
    let first = named.first().map(|(_, location)| location.clone()).unwrap_or_default();
    let podset = last.split('/').next().unwrap_or_default().to_owned();
    let others = named.len() - 2;
    let (kind, of, sentence) = match case {
        "node_down" => (
            FindingKind::NodeDown,
            vec![name(3)],
            format!("{} is down: {others} of {others} nodes do not reach it, nor its kernel.", name(3)),
        ),
        "rack_down" => (FindingKind::RackDown, vec![last.clone()], format!("{last} is down: nobody reaches any of its nodes.")),
        "rack_to_rack" => {
            let sentence = format!("{first} and {last} do not reach each other, though each reaches others: look between their switches.");
            (FindingKind::RackToRack, vec![first, last], sentence)
        }
        "podset_down" => {
            (FindingKind::PodsetDown, vec![podset.clone()], format!("{podset} is cut off: no link crosses between it and the rest."))
        }
        "own_nic" => {
            let sentence = format!("{} reaches nobody: look at its own interface, cable or switch port first.", name(0));
            (FindingKind::OwnNic, vec![name(0)], sentence)
        }
        "one_way" => {
            let sentence = format!("Packets from {} to {} are lost, those the other way arrive.", name(1), name(4));
            (FindingKind::OneWay, vec![name(1), name(4)], sentence)
        }
        "link_down" => {
            let sentence = format!("{} and {} do not reach each other; both reach all others.", name(0), name(5));
            (FindingKind::LinkDown, vec![name(0), name(5)], sentence)
        }
        "peer_stalled" => {
            let sentence = format!("The process of {} does not answer, its kernel does: {others} nodes say so.", name(2));
            (FindingKind::PeerStalled, vec![name(2)], sentence)
        }
        "self_stalled" => (
            FindingKind::SelfStalled,
            vec![name(0)],
            "Our own process was 140 ms too late: what it says of others is not judged.".to_owned(),
        ),
        _ => return None,
    };
    Some(Finding { kind, of, sentence, since: now - Duration::from_secs(192) })
}

/// What is found beside it: with a trouble, one link that loses.
fn also(case: &str, named: &[(String, String)], now: Timestamp) -> Option<Finding> {
    let (from, to) = (named.get(1)?, named.get(2)?);
    (case == "degraded" || case == "rack_down").then(|| Finding {
        kind: FindingKind::LinkDegraded,
        of: vec![from.0.clone(), to.0.clone()],
        sentence: format!("{} to {} loses 2.1% of its packets, and takes 0.31 ms instead of 0.08 ms.", from.0, to.0),
        since: now - Duration::from_secs(48),
    })
}

/// A number from 0 to 99 that is the same each time.
fn mixed(from: &str, to: &str) -> u64 {
    let both = from.bytes().chain(to.bytes());
    both.fold(7_u64, |sum, byte| sum.wrapping_mul(0x9e37_79b9).wrapping_add(u64::from(byte)) ^ (sum >> 17)) % 100
}

fn cell(case: &str, findings: &[Finding], (from, to): (&MeshNode, &MeshNode), now: Timestamp) -> Option<Cell> {
    let (a, b) = (from.name.as_str(), to.name.as_str());
    if mixed(a, b) == 42 || case == "plan" && mixed(a, b) > 40 {
        return None;
    }
    let near = if from.location == to.location { 80 } else { 210 };
    let podset = |node: &MeshNode| node.location.split('/').next().map(str::to_owned);
    let normal = if podset(from) == podset(to) { near } else { 1_900 };
    let rtt = normal * (96 + mixed(a, b) % 12) / 100;
    let mut cell = Cell {
        from: from.name.clone(),
        to: to.name.clone(),
        state: LinkState::Up,
        since: now - Duration::from_secs(86_400 * 3),
        rtt: Some(Duration::from_micros(rtt)),
        normal: Some(Duration::from_micros(normal)),
        loss_forward: Some(0.0),
        loss_reverse: Some(0.0),
    };
    findings.iter().for_each(|found| spoil(&mut cell, case, found, (from, to)));
    if cell.state != LinkState::Up {
        cell.since = now - Duration::from_secs(192);
    }
    Some(cell)
}

/// Makes the cell what the trouble makes of it.
fn spoil(cell: &mut Cell, case: &str, found: &Finding, (from, to): (&MeshNode, &MeshNode)) {
    let is = |node: &MeshNode, of: &str| {
        node.name.as_str() == of || node.location.strip_prefix(of).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let (a, b) = (found.of.first().map_or("", String::as_str), found.of.get(1).map_or("", String::as_str));
    let between = is(from, a) && is(to, b) || is(from, b) && is(to, a);
    if found.kind == FindingKind::LinkDegraded {
        if is(from, a) && is(to, b) {
            let rtt = Some(Duration::from_micros(310));
            *cell = Cell { state: LinkState::Degraded, rtt, loss_forward: Some(0.021), loss_reverse: Some(0.004), ..cell.clone() };
        }
        return;
    }
    let silent = |state| Cell { state, rtt: None, loss_forward: Some(1.0), loss_reverse: Some(1.0), ..cell.clone() };
    *cell = match case {
        "node_down" | "own_nic" if is(from, a) || is(to, a) => silent(LinkState::Down),
        "rack_down" if is(from, a) || is(to, a) => silent(LinkState::Down),
        "podset_down" if is(from, a) != is(to, a) => silent(LinkState::Down),
        "rack_to_rack" | "link_down" if between => silent(LinkState::Down),
        "one_way" if is(from, a) && is(to, b) => Cell { loss_reverse: Some(0.0), ..silent(LinkState::Down) },
        "one_way" if is(from, b) && is(to, a) => Cell { loss_forward: Some(0.0), ..silent(LinkState::Down) },
        "peer_stalled" if is(to, a) => Cell { loss_forward: None, loss_reverse: None, ..silent(LinkState::PeerStalled) },
        "peer_stalled" if is(from, a) => Cell { loss_forward: None, loss_reverse: None, ..silent(LinkState::SelfStalled) },
        "self_stalled" if is(from, a) => Cell { loss_forward: None, loss_reverse: None, ..silent(LinkState::SelfStalled) },
        _ => return,
    };
}
