//! Single nodes: gone, cut off, or heard and not hearing.

use std::collections::BTreeSet;

use allswell_model::link::FindingKind;

use super::Case;
use crate::verdict::Detail;
use crate::verdict::matrix::Pair;
use crate::verdict::wording::{and, nodes_who, plural};

impl Case<'_> {
    /// A node that says that all whom it measures are gone, while none of them says anything of it: it is the simpler explanation that it
    /// is cut off itself. Of peers that all stand together in another rack it cannot be told; nor of a single one.
    pub(super) fn lonely(&mut self) {
        for node in 0..self.matrix.names.len() {
            let around: Vec<(usize, Pair)> = self.matrix.around(node).collect();
            if around.len() < 2 || around.iter().any(|(_, pair)| *pair == Pair::Good) {
                continue;
            }
            let away = self.racks.place(node);
            let racks: BTreeSet<_> = around.iter().map(|(peer, _)| self.racks.place(*peer)).collect();
            let elsewhere = racks.len() == 1 && !racks.contains(&away);
            let alone = around.iter().all(|(peer, _)| !self.matrix.words.contains_key(&(*peer, node)));
            if alone && !elsewhere {
                self.cut_off(node, &around);
            }
        }
    }

    fn cut_off(&mut self, node: usize, around: &[(usize, Pair)]) {
        let peers: BTreeSet<usize> = around.iter().map(|(peer, _)| *peer).collect();
        let since = self.since(peers.iter().map(|peer| (node, *peer)));
        let n = peers.len();
        let hears = around.iter().all(|(_, pair)| matches!(pair, Pair::OneWay(_, to) if *to == node));
        let together = peers.iter().any(|peer| self.matrix.around(*peer).any(|(other, p)| p == Pair::Good && peers.contains(&other)));
        let together = if together { ", and they reach each other" } else { "" };
        let name = self.matrix.name(node);
        let (kind, sentence) = if self.own == Some(node) {
            let what = if hears { "we hear them, and none" } else { "we reach none" };
            let rest = if hears { " hears us" } else { together };
            (FindingKind::OwnNic, format!("Our own interface: {what} of {n} nodes{rest}."))
        } else {
            (FindingKind::NodeDown, format!("{name} is cut off: it reaches none of {n} nodes{together}."))
        };
        self.accused.insert(node);
        self.explain(&BTreeSet::from([node]));
        self.find(kind, self.names([node]), sentence, since);
    }

    /// Nodes that all who speak have lost.
    pub(super) fn lost_nodes(&mut self) {
        let lost: Vec<(usize, BTreeSet<usize>)> = (0..self.matrix.names.len())
            .filter(|node| !self.accused.contains(node) && self.is_lost(*node))
            .map(|node| (node, self.cut_from(node)))
            .filter(|(node, by)| !by.is_empty() && self.is_believed(*node, by))
            .collect();
        for (node, by) in lost {
            if self.own == Some(node) {
                let around: Vec<_> = by.iter().map(|peer| (*peer, Pair::Cut)).collect();
                self.cut_off(node, &around);
            } else {
                self.lost(node, &by);
            }
        }
    }

    /// Two who reach others are enough, when nobody else may know better. One alone is, where nobody else could measure it.
    fn is_believed(&self, node: usize, by: &BTreeSet<usize>) -> bool {
        if self.must_wait_for_others_than(&BTreeSet::from([node])) {
            return false;
        }
        let witnesses: Vec<usize> = by.iter().copied().filter(|peer| self.reaches_somebody(*peer)).collect();
        match witnesses.as_slice() {
            [] => false,
            [one] => (0..self.matrix.names.len()).all(|other| other == node || other == *one || self.cannot_know(other)),
            _ => true,
        }
    }

    fn cannot_know(&self, other: usize) -> bool {
        self.matrix.speaks.get(other) == Some(&true) || self.accused.contains(&other) || self.is_lost(other)
    }

    fn lost(&mut self, node: usize, by: &BTreeSet<usize>) {
        let details = by.iter().filter_map(|peer| self.matrix.words.get(&(*peer, node))).map(|word| word.detail);
        let kernel = details.clone().count() > 0 && details.clone().all(|detail| detail == Some(Detail::Silent));
        let one = by.len() == 1;
        let what = match (kernel, one) {
            (true, true) => "reaches neither it nor its kernel",
            (true, false) => "reach neither it nor its kernel",
            (false, true) => "does not reach it",
            (false, false) => "do not reach it",
        };
        let sentence = format!("{} is down: {} {what}.", self.matrix.name(node), nodes_who(&self.names(by.iter().copied())));
        let since = self.since(by.iter().map(|peer| (*peer, node)));
        self.accused.insert(node);
        self.explain(&BTreeSet::from([node]));
        self.find(FindingKind::NodeDown, self.names([node]), sentence, since);
    }

    /// Nodes all of whose pairs are open in the same one direction: it is something of theirs.
    pub(super) fn one_sided_nodes(&mut self) {
        for node in 0..self.matrix.names.len() {
            let around: Vec<(usize, Pair)> = self.matrix.around(node).filter(|(peer, _)| self.is_open((node, *peer))).collect();
            let hears = around.iter().all(|(_, pair)| matches!(pair, Pair::OneWay(_, to) if *to == node));
            let speaks = around.iter().all(|(_, pair)| matches!(pair, Pair::OneWay(from, _) if *from == node));
            let others_are_well = around.iter().all(|(peer, _)| self.reaches_somebody(*peer));
            if around.len() < 2 || !(hears || speaks) || !others_are_well {
                continue;
            }
            let (n, name) = (around.len(), self.matrix.name(node));
            let peers = self.names(around.iter().map(|(peer, _)| *peer));
            let nodes = plural(n, "node");
            let (kind, sentence) = match (self.own == Some(node), hears) {
                (true, true) => (FindingKind::OwnNic, format!("Our own interface: we hear {n} {nodes}, and none of them hears us.")),
                (true, false) => (FindingKind::OwnNic, format!("Our own interface: {n} {nodes} hear us, and we hear none of them.")),
                (false, true) => (FindingKind::OneWay, format!("Packets go to {name} but not back: {} hear nothing from it.", and(&peers))),
                (false, false) => {
                    (FindingKind::OneWay, format!("Packets come from {name} but none go there: it hears nothing from {}.", and(&peers)))
                }
            };
            let since = self.since(around.iter().map(|(peer, _)| (node, *peer)));
            self.explain(&BTreeSet::from([node]));
            self.find(kind, self.names([node]), sentence, since);
        }
    }
}
