//! Whose fault it is: findings from what all nodes say of their links. The same words give the same findings wherever they are heard,
//! but for one that is about ourselves. No clock in here; how words travel is [`gossip`](crate::gossip)'s.

mod accuse;
mod detail;
mod matrix;
mod places;
mod wording;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use allswell_link::ids::Node;
use allswell_model::link::{Cell, Finding, MeshNode};
use allswell_model::{NodeId, Timestamp};

use crate::gossip::{ROW_LIFE, Row};
pub use detail::Detail;

/// Rows that are older say nothing.
pub const FRESH: Duration = ROW_LIFE;

/// What one node says of one link.
#[derive(Debug, Clone)]
pub struct Said {
    /// Who says it of which, and how it is.
    pub cell: Cell,
    /// What is known of why it is down.
    pub detail: Option<Detail>,
}

/// That our own process was too late to judge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnStall {
    /// Since when nothing is said of others.
    pub since: Timestamp,
    /// By how much it was late.
    pub late: Duration,
}

/// All that a verdict is made of.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// Who we are.
    pub own: &'a NodeId,
    /// All members, ours too, with their locations and the time that their newest row was made ([`MeshNode::heard`]; ours: now).
    pub nodes: &'a [MeshNode],
    /// What they say in those rows.
    pub said: &'a [Said],
    /// By the clock that `heard` is of.
    pub now: Timestamp,
    /// Whether we were too late ourselves.
    pub own_stall: Option<OwnStall>,
}

/// What it all amounts to.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The worst first; none when all is well. A larger pattern takes the place of the smaller ones in it.
    pub findings: Vec<Finding>,
    /// Who has been lost by everybody since it said what it did: that is no picture of how things are.
    pub lost: BTreeSet<NodeId>,
}

/// Judges what is said.
#[must_use]
pub fn of(view: &View<'_>) -> Verdict {
    let matrix = matrix::Matrix::of(view);
    let mut findings = accuse::Case::new(&matrix, view).found();
    findings.sort_by(|a, b| (a.kind, &a.of).cmp(&(b.kind, &b.of)));
    let lost = matrix.lost.iter().filter_map(|node| matrix.names.get(*node).map(|name| (*name).clone())).collect();
    Verdict { findings, lost }
}

/// What a row says, in names. Its ages become times by our clock: `made` is now less the row's own age. Nodes without a name are left out.
#[must_use]
pub fn said_in(row: &Row, from: &NodeId, made: Timestamp, names: &BTreeMap<Node, NodeId>) -> Vec<Said> {
    let entries = row.entries.iter().filter_map(|entry| names.get(&entry.peer).map(|to| (to, entry)));
    let said = |(to, entry): (&NodeId, &crate::gossip::Entry)| Said {
        cell: Cell {
            from: from.clone(),
            to: to.clone(),
            state: entry.state,
            since: made - entry.since,
            rtt: entry.rtt,
            normal: entry.normal,
            loss_forward: entry.loss_forward.share(),
            loss_reverse: entry.loss_reverse.share(),
        },
        detail: entry.detail,
    };
    entries.map(said).collect()
}

#[cfg(test)]
mod tests;
