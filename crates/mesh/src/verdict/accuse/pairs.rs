//! What is left when nodes and places are accounted for: single pairs, stalls, and links that are worse than they were.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::Timestamp;
use allswell_model::link::{FindingKind, LinkState};
use allswell_model::quantity::spoken;

use super::Case;
use crate::verdict::Detail;
use crate::verdict::matrix::{Pair, Word};
use crate::verdict::wording::{and, nodes_who, worse};

impl Case<'_> {
    /// Pairs that are cut, or open one way only, and that nothing larger explains.
    pub(super) fn single_pairs(&mut self) {
        let open: Vec<_> = self.matrix.pairs.iter().filter(|(ends, _)| self.is_open(**ends)).map(|(ends, pair)| (*ends, *pair)).collect();
        for (ends, pair) in open {
            let since = self.since([ends]);
            match pair {
                Pair::Good => {}
                Pair::OneWay(from, to) => {
                    let (a, b) = (self.matrix.name(from), self.matrix.name(to));
                    let sentence = format!("Packets go from {a} to {b} but not back: {a} hears nothing, {b} does.");
                    self.find(FindingKind::OneWay, self.names([from, to]), sentence, since);
                }
                Pair::Cut => {
                    let sentence = self.cut(ends);
                    self.find(FindingKind::LinkDown, self.names([ends.0, ends.1]), sentence, since);
                }
            }
        }
    }

    fn cut(&self, (a, b): (usize, usize)) -> String {
        let (one, other) = (self.matrix.name(a), self.matrix.name(b));
        let both = format!("{one} and {other} do not reach each other");
        match (self.reaches_somebody(a), self.reaches_somebody(b)) {
            (true, true) => format!("{both}, and both reach others."),
            (true, false) => format!("{one} does not reach {other}, and reaches others; more is not known of {other} yet."),
            (false, true) => format!("{other} does not reach {one}, and reaches others; more is not known of {one} yet."),
            (false, false) if self.matrix.names.len() == 2 => format!("{both}; which of them is cut off, nobody else can tell."),
            (false, false) => format!("{both}; nobody else is known to reach either."),
        }
    }

    /// Nodes whose kernel answers while their process does not; and ourselves, when we were too late to judge.
    pub(super) fn stalls(&mut self) {
        let mut about: BTreeMap<usize, Vec<(usize, &Word<'_>)>> = BTreeMap::new();
        let (matrix, deaf) = (self.matrix, self.deaf());
        let is_said = |from: usize, to: usize| {
            let pair = matrix.pairs.get(&(from.min(to), from.max(to)));
            !deaf.contains(&from) && pair == Some(&Pair::Good) && !self.accused.contains(&to)
        };
        for ((from, to), word) in matrix.words.iter().filter(|((from, to), word)| word.is_stall() && is_said(*from, *to)) {
            about.entry(*to).or_default().push((*from, word));
        }
        for (node, words) in about {
            self.stalled(node, &words);
        }
        if let Some(stall) = self.view.own_stall {
            let sentence = format!("We were {} late ourselves, so our own links say nothing.", spoken(stall.late));
            self.find(FindingKind::SelfStalled, vec![self.view.own.to_string()], sentence, stall.since);
        }
    }

    /// Nodes that hear no process of several others whose kernels answer: that all of these stopped at once is less likely than that something
    /// there keeps them from it. What such a node says of a process accuses nobody.
    fn deaf(&mut self) -> BTreeSet<usize> {
        let mut said: BTreeMap<usize, Vec<&Word<'_>>> = BTreeMap::new();
        for ((from, _), word) in &self.matrix.words {
            said.entry(*from).or_default().push(word);
        }
        said.retain(|_, words| words.len() > 1 && words.iter().all(|word| word.cell.state == LinkState::PeerStalled));
        for (node, words) in &said {
            let (n, name) = (words.len(), self.matrix.name(*node));
            let (kind, sentence) = if self.own == Some(*node) {
                let why = "a firewall here may drop what they send, or all of them are stalled";
                (FindingKind::OwnNic, format!("Our own side: we hear no process of {n} nodes, whose kernels answer: {why}."))
            } else {
                let why = "a firewall there may drop what they send";
                (FindingKind::OneWay, format!("{name} hears no process of {n} nodes, whose kernels answer: {why}."))
            };
            // Where its peers say that it does not hear them, that has been found already.
            if self.matrix.around(*node).any(|(peer, pair)| pair == Pair::Good && self.is_open((*node, peer))) {
                let since = words.iter().map(|word| word.cell.since).min().unwrap_or(self.view.now);
                self.find(kind, self.names([*node]), sentence, since);
            }
        }
        said.into_keys().collect()
    }

    fn stalled(&mut self, node: usize, words: &[(usize, &Word<'_>)]) {
        let Some(since) = words.iter().map(|(_, word)| word.cell.since).min() else { return };
        let name = self.matrix.name(node);
        // Whoever has heard the process since: then it is not the process.
        let heard = self.matrix.words.iter().filter(|((_, to), word)| *to == node && word.is_heard() && word.is_after(since));
        let heard = self.names(heard.map(|((from, _), _)| *from));
        let by = self.names(words.iter().map(|(from, _)| *from));
        if !heard.is_empty() {
            for (from, word) in words {
                let one = self.matrix.name(*from);
                let heard = if heard.len() > 3 { format!("{} others hear", heard.len()) } else { hear(&heard) };
                let sentence = format!("{one} reaches the kernel of {name} but not its process, which {heard}.");
                self.find(FindingKind::LinkDown, self.names([*from, node]), sentence, word.cell.since);
            }
            return;
        }
        let all = |detail| words.iter().all(|(_, word)| word.detail == Some(detail));
        let who = nodes_who(&by);
        let sentence = if all(Detail::Refused) {
            format!("{name} does not run Allswell: its kernel tells {who} that nothing listens there.")
        } else if all(Detail::OtherKeys) {
            format!("{name} signs with a key that is not that of {who}: compare `links.keys`.")
        } else {
            format!("{name} is stalled: its kernel answers {who}, and its process does not.")
        };
        self.find(FindingKind::PeerStalled, self.names([node]), sentence, since);
    }

    /// Links that lose packets or take longer; those of one node together, where they are all its links and not all of its peers'.
    pub(super) fn degraded(&mut self) {
        let mut worst: BTreeMap<(usize, usize), &Word<'_>> = BTreeMap::new();
        let matrix = self.matrix;
        for ((from, to), word) in matrix.words.iter().filter(|(_, word)| word.cell.state == LinkState::Degraded) {
            let ends = (*from.min(to), *from.max(to));
            if self.is_open(ends) && matrix.pairs.get(&ends) == Some(&Pair::Good) {
                worst.entry(ends).and_modify(|old| *old = if loss(word) > loss(old) { word } else { old }).or_insert(word);
            }
        }
        for node in 0..matrix.names.len() {
            self.degraded_node(node, &mut worst);
        }
        for ((a, b), word) in worst {
            let sentence = format!("The link between {} and {} {}.", matrix.name(a), matrix.name(b), worse(word.cell));
            self.find(FindingKind::LinkDegraded, self.names([a, b]), sentence, word.cell.since);
        }
    }

    fn degraded_node(&mut self, node: usize, worst: &mut BTreeMap<(usize, usize), &Word<'_>>) {
        let matrix = self.matrix;
        let good = |node: usize| matrix.around(node).filter(|(_, pair)| *pair == Pair::Good).map(|(peer, _)| peer);
        let is_worse = |a: usize, b: usize, worst: &BTreeMap<_, _>| worst.contains_key(&(a.min(b), a.max(b)));
        let peers: BTreeSet<usize> = good(node).collect();
        let all = peers.len() >= 2 && peers.iter().all(|peer| is_worse(node, *peer, worst));
        if !all || peers.iter().any(|peer| good(*peer).all(|other| is_worse(*peer, other, worst))) {
            return;
        }
        let theirs: Vec<_> = peers.iter().filter_map(|peer| worst.remove(&(node.min(*peer), node.max(*peer)))).collect();
        let since: Option<Timestamp> = theirs.iter().map(|word| word.cell.since).min();
        let Some((first, since)) = theirs.iter().max_by(|a, b| loss(a).total_cmp(&loss(b))).zip(since) else { return };
        let (n, name, what) = (peers.len(), matrix.name(node), worse(first.cell));
        let sentence = format!("All {n} links of {name} are worse than they were; the worst of them {what}.");
        self.find(FindingKind::LinkDegraded, self.names([node]), sentence, since);
    }
}

fn hear(names: &[String]) -> String {
    format!("{} {}", and(names), if names.len() == 1 { "hears" } else { "hear" })
}

fn loss(word: &Word<'_>) -> f64 {
    [word.cell.loss_forward, word.cell.loss_reverse].into_iter().flatten().fold(0.0, f64::max)
}
