//! What all links together amount to, in sentences: the worst first and big, the pattern named.

use allswell_model::Timestamp;
use allswell_model::link::{FindingKind, Links};

use super::age;
use super::look::LinkLook;
use crate::look::Look;
use crate::moment::Moment;
use crate::text;

/// So many findings are told; further ones are counted.
const MOST: usize = 12;

/// The verdict, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Verdict {
    /// How the whole looks.
    pub(crate) look: Look,
    /// The one sentence over everything.
    pub(crate) sentence: String,
    /// The pattern's name, and since when, where there is one.
    pub(crate) first: Option<Said>,
    /// What else is found.
    pub(crate) others: Vec<Said>,
    /// How many more there are.
    pub(crate) more: Option<String>,
    /// When the newest row was made.
    pub(crate) newest: Option<Moment>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    /// How it looks.
    pub(crate) look: Look,
    /// The pattern's name.
    pub(crate) pattern: &'static str,
    /// Who, and who says so.
    pub(crate) sentence: String,
    /// Since when.
    pub(crate) since: Moment,
}

impl Verdict {
    /// The verdict of a snapshot.
    pub(crate) fn of(links: &Links, now: Timestamp) -> Self {
        let mut all = links.findings.iter().map(|finding| Said {
            look: look(finding.kind),
            pattern: pattern(finding.kind),
            sentence: finding.sentence.clone(),
            since: Moment::of(finding.since, now),
        });
        let first = all.next();
        let others: Vec<Said> = all.by_ref().take(MOST - 1).collect();
        let more = all.count();
        let looks = first.iter().chain(&others).map(|said| said.look);
        Self {
            look: looks.max().unwrap_or(if has_news(links) && old(links, now) == 0 { Look::Up } else { Look::Unknown }),
            sentence: first.as_ref().map_or_else(|| calm(links, now), |said| said.sentence.clone()),
            first,
            others,
            more: (more > 0).then(|| text::count(more)),
            newest: links.nodes.iter().filter_map(|node| node.heard).max().map(|at| Moment::of(at, now)),
        }
    }
}

/// Whether anybody has told anything yet.
fn has_news(links: &Links) -> bool {
    !links.cells.is_empty() || !links.own.is_empty()
}

/// How many nodes' rows tell of the past.
fn old(links: &Links, now: Timestamp) -> usize {
    links.nodes.iter().filter(|node| age::is_stale(node, now)).count()
}

/// What is said while nothing is found.
fn calm(links: &Links, now: Timestamp) -> String {
    let of = |look| links.cells.iter().filter(|cell| LinkLook::of_cell(cell) == look).count();
    let (up, total) = (of(LinkLook::Up), links.cells.len());
    let nodes = text::count(links.nodes.len());
    match total {
        0 if links.own.is_empty() => "No node was heard yet.".to_owned(),
        0 => format!("{} links of our own; no other node was heard yet.", text::count(links.own.len())),
        _ if old(links, now) > 0 => {
            let (up, total, old) = (text::count(up), text::count(total), old(links, now));
            let those = if old == 1 { "node was" } else { "nodes were" };
            format!("{up} of {total} links between {nodes} nodes were up; {old} {those} not heard for long.")
        }
        _ if up == total => format!("All {} links between {nodes} nodes are up.", text::count(total)),
        _ => format!("{} of {} links between {nodes} nodes are up; nothing stands out.", text::count(up), text::count(total)),
    }
}

/// What links say together, by the name it is known by.
pub(crate) fn pattern(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::PodsetDown => "podset down",
        FindingKind::RackDown => "rack down",
        FindingKind::RackToRack => "rack to rack",
        FindingKind::NodeDown => "node down",
        FindingKind::OwnNic => "our own interface",
        FindingKind::OneWay => "one way",
        FindingKind::LinkDown => "link down",
        FindingKind::PeerStalled => "process stalled",
        FindingKind::SelfStalled => "we were stalled",
        FindingKind::LinkDegraded => "link degraded",
    }
}

/// All kinds, the widest first.
pub(crate) const KINDS: [FindingKind; 10] = [
    FindingKind::PodsetDown,
    FindingKind::RackDown,
    FindingKind::RackToRack,
    FindingKind::NodeDown,
    FindingKind::OwnNic,
    FindingKind::OneWay,
    FindingKind::LinkDown,
    FindingKind::PeerStalled,
    FindingKind::SelfStalled,
    FindingKind::LinkDegraded,
];

/// As the API and the metrics call it.
pub(crate) fn code(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::PodsetDown => "podset_down",
        FindingKind::RackDown => "rack_down",
        FindingKind::RackToRack => "rack_to_rack",
        FindingKind::NodeDown => "node_down",
        FindingKind::OwnNic => "own_nic",
        FindingKind::OneWay => "one_way",
        FindingKind::LinkDown => "link_down",
        FindingKind::PeerStalled => "peer_stalled",
        FindingKind::SelfStalled => "self_stalled",
        FindingKind::LinkDegraded => "link_degraded",
    }
}

/// How a finding looks: what cannot be reached is down; whose process stands still is not known.
pub(crate) fn look(kind: FindingKind) -> Look {
    match kind {
        FindingKind::LinkDegraded => Look::Degraded,
        FindingKind::PeerStalled | FindingKind::SelfStalled => Look::Unknown,
        _ => Look::Down,
    }
}

#[cfg(test)]
mod tests;
