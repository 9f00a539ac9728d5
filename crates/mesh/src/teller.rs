//! Who tells people of a trouble that several nodes see, and in which words: the first of these by its name, so that one is woken once.
//! No clock in here.
//!
//! Nothing is agreed upon. Each node goes by what it hears, so that nodes that do not hear each other each tell, and none is silent
//! because one that was to tell is gone.

use std::collections::BTreeSet;

use allswell_model::NodeId;
use allswell_model::link::{Cell, Finding, FindingKind, LinkState, MeshNode};

use crate::verdict::{Detail, Said};

/// Who tells of this link of ours; `None` when that is us, or when nothing is wrong. `tellers` are the nodes that can tell people, and are
/// there.
pub(crate) fn of(Said { cell: ours, detail }: &Said, said: &[Said], tellers: &BTreeSet<NodeId>) -> Option<NodeId> {
    let gravity = gravity(ours.state)?;
    // Whoever cannot judge the peer says so, and tells of nothing else.
    let judges = |other: &Said| match other.detail {
        Some(Detail::Own) => false,
        Some(Detail::OtherKeys) => *detail == Some(Detail::OtherKeys),
        _ => true,
    };
    let is_same = |other: &Cell| other.to == ours.to || (&other.from, &other.to) == (&ours.to, &ours.from);
    let tells = |other: &Cell| other.from < ours.from && is_same(other) && tellers.contains(&other.from);
    let others = said
        .iter()
        .filter(|other| judges(other))
        .map(|said| &said.cell)
        .filter(|other| tells(other) && self::gravity(other.state) >= Some(gravity));
    others.map(|other| &other.from).min().cloned()
}

/// What all nodes together make of a trouble of this link of ours: the largest pattern that it is part of.
pub(crate) fn reason<'a>(ours: &Cell, nodes: &[MeshNode], findings: &'a [Finding]) -> Option<&'a str> {
    gravity(ours.state)?;
    let location = |name: &NodeId| nodes.iter().find(|node| node.name == *name).map_or("", |node| &*node.location);
    let (from, to) = (location(&ours.from), location(&ours.to));
    let concerns = |finding: &&Finding| match (finding.kind, finding.of.as_slice()) {
        (FindingKind::PodsetDown | FindingKind::RackDown | FindingKind::RackToRack, [place]) => is_in(to, place) != is_in(from, place),
        (FindingKind::PodsetDown | FindingKind::RackDown | FindingKind::RackToRack, [one, other]) => {
            is_in(from, one) && is_in(to, other) || is_in(from, other) && is_in(to, one)
        }
        (FindingKind::OwnNic | FindingKind::SelfStalled, [node]) => ours.from.as_str() == node,
        (_, [node]) => ours.to.as_str() == node,
        (_, [a, b]) => (ours.from.as_str(), ours.to.as_str()) == (a, b) || (ours.to.as_str(), ours.from.as_str()) == (a, b),
        _ => false,
    };
    findings.iter().find(concerns).map(|finding| finding.sentence.as_str())
}

/// Whether a location is that place, or in it.
fn is_in(location: &str, place: &str) -> bool {
    location.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whoever sees less than we do does not tell of what we see.
fn gravity(state: LinkState) -> Option<u8> {
    match state {
        LinkState::Up | LinkState::SelfStalled | LinkState::Opening | LinkState::Unmeasured => None,
        LinkState::Degraded => Some(1),
        LinkState::Left => Some(2),
        LinkState::PeerStalled | LinkState::Down => Some(3),
    }
}

#[cfg(test)]
mod tests;
