//! Which faults explain the pairs that are cut: the fewest, the largest first. What a fault explains accuses nobody else.

mod nodes;
mod pairs;
mod units;

use std::collections::BTreeSet;

use allswell_model::Timestamp;
use allswell_model::link::{Finding, FindingKind};

use super::View;
use super::matrix::{Matrix, Pair};
use super::places::{Level, Places};

/// One look at all words. The steps take from each other's leavings, so their order is the rule that larger patterns absorb smaller ones.
pub(super) struct Case<'a> {
    matrix: &'a Matrix<'a>,
    view: &'a View<'a>,
    own: Option<usize>,
    podsets: Places<'a>,
    racks: Places<'a>,
    /// Whose process is heard by those who speak, while its row has not come: it is on its way.
    awaited: BTreeSet<usize>,
    /// Pairs that a finding speaks of already.
    explained: BTreeSet<(usize, usize)>,
    /// Nodes that a finding says are gone.
    accused: BTreeSet<usize>,
    found: Vec<Finding>,
}

impl<'a> Case<'a> {
    pub(super) fn new(matrix: &'a Matrix<'a>, view: &'a View<'a>) -> Self {
        let own = matrix.names.binary_search(&view.own).ok();
        let podsets = Places::of(view, &matrix.names, Level::Podset);
        let racks = Places::of(view, &matrix.names, Level::Rack);
        let heard = matrix.words.iter().filter(|(_, word)| word.is_heard()).map(|((_, to), _)| *to);
        let awaited = heard.filter(|node| matrix.speaks.get(*node) == Some(&false)).collect();
        let (explained, accused) = (BTreeSet::new(), BTreeSet::new());
        Self { matrix, view, own, podsets, racks, awaited, explained, accused, found: Vec::new() }
    }

    pub(super) fn found(mut self) -> Vec<Finding> {
        self.lonely();
        self.places(Level::Podset);
        self.places(Level::Rack);
        self.lost_nodes();
        self.one_sided_nodes();
        self.between_places(Level::Podset);
        self.between_places(Level::Rack);
        self.single_pairs();
        self.stalls();
        self.degraded();
        self.found
    }

    /// With whom a node's pairs are cut, of those that nothing explains yet.
    fn cut_from(&self, node: usize) -> BTreeSet<usize> {
        let cut = self.matrix.around(node).filter(|(_, pair)| *pair == Pair::Cut);
        cut.map(|(peer, _)| peer).filter(|peer| self.is_open((node, *peer))).collect()
    }

    fn is_open(&self, (a, b): (usize, usize)) -> bool {
        !self.explained.contains(&(a.min(b), a.max(b)))
    }

    /// Whether anybody is known to reach the node, or to be reached by it, in both directions.
    fn reaches_somebody(&self, node: usize) -> bool {
        self.matrix.around(node).any(|(_, pair)| pair == Pair::Good)
    }

    /// Whether nothing is known to go to the node or come from it.
    fn is_lost(&self, node: usize) -> bool {
        let mut known = self.matrix.around(node).peekable();
        known.peek().is_some() && known.all(|(_, pair)| pair == Pair::Cut)
    }

    /// Whether somebody else may know better and has not spoken. Nobody is accused until it has.
    fn must_wait_for_others_than(&self, accused: &BTreeSet<usize>) -> bool {
        self.awaited.iter().any(|node| !accused.contains(node) && !self.accused.contains(node))
    }

    /// Marks all pairs of these nodes with others as explained, and those among them too.
    fn explain(&mut self, nodes: &BTreeSet<usize>) {
        let theirs = self.matrix.pairs.keys().filter(|(a, b)| nodes.contains(a) || nodes.contains(b));
        self.explained.extend(theirs);
    }

    /// Since when the first of the words says so that these pairs are down.
    fn since(&self, pairs: impl IntoIterator<Item = (usize, usize)>) -> Timestamp {
        let words = pairs.into_iter().flat_map(|pair| self.matrix.down(pair).map(|word| word.cell.since));
        words.min().unwrap_or(self.view.now)
    }

    fn names(&self, nodes: impl IntoIterator<Item = usize>) -> Vec<String> {
        nodes.into_iter().map(|node| self.matrix.name(node).to_owned()).collect()
    }

    fn find(&mut self, kind: FindingKind, of: Vec<String>, sentence: String, since: Timestamp) {
        self.found.push(Finding { kind, of, sentence, since });
    }
}
