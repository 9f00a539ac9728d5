//! Who says what of whom, and what two ends together tell of their pair. Nodes are numbers here, in the order of their names.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use allswell_model::link::{Cell, LinkState};
use allswell_model::{NodeId, Timestamp};

use super::{Detail, FRESH, Said, View};

/// An end learns within this that the other does not hear it. A word that was spoken earlier does not contradict the other end's.
const SETTLE: Duration = Duration::from_secs(1);

/// What is known of the way between two nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    /// Packets go both ways; or kernels answer, which shows the same.
    Good,
    /// Packets go neither way, as far as anybody knows.
    Cut,
    /// They go from the first to the second, and not back.
    OneWay(usize, usize),
}

/// One end's word, as long as it stands.
#[derive(Debug, Clone, Copy)]
pub(super) struct Word<'a> {
    pub(super) cell: &'a Cell,
    pub(super) detail: Option<Detail>,
    made: Timestamp,
}

impl Word<'_> {
    fn is_down(&self) -> bool {
        self.cell.state == LinkState::Down && !self.is_there()
    }

    /// Whether the peer is reached and its process cannot be spoken with.
    pub(super) fn is_stall(&self) -> bool {
        self.cell.state == LinkState::PeerStalled || (self.cell.state == LinkState::Down && self.is_there())
    }

    /// Whether packets go both ways, though the link is down.
    fn is_there(&self) -> bool {
        matches!(self.detail, Some(Detail::Refused | Detail::OtherKeys))
    }

    pub(super) fn is_heard(&self) -> bool {
        matches!(self.cell.state, LinkState::Up | LinkState::Degraded)
    }

    fn says_something(&self) -> bool {
        self.is_down() || self.is_stall() || self.is_heard()
    }

    /// Whether it was spoken long enough after a moment to speak of what has been since.
    pub(super) fn is_after(&self, moment: Timestamp) -> bool {
        self.made > moment + SETTLE
    }
}

/// All words that stand, and what they make of each pair.
#[derive(Debug)]
pub(super) struct Matrix<'a> {
    pub(super) names: Vec<&'a NodeId>,
    /// Whose row is fresh.
    pub(super) speaks: Vec<bool>,
    pub(super) words: BTreeMap<(usize, usize), Word<'a>>,
    /// Who was lost by everybody since it made its row: what it said is past.
    pub(super) lost: BTreeSet<usize>,
    /// Of what is known: the smaller number first.
    pub(super) pairs: BTreeMap<(usize, usize), Pair>,
    /// The same, by node.
    around: Vec<Vec<(usize, Pair)>>,
}

impl<'a> Matrix<'a> {
    pub(super) fn of(view: &View<'a>) -> Self {
        let mut nodes: Vec<_> = view.nodes.iter().map(|node| (&node.name, node.heard)).collect();
        nodes.sort();
        nodes.dedup_by(|a, b| a.0 == b.0);
        let names: Vec<&NodeId> = nodes.iter().map(|(name, _)| *name).collect();
        let fresh = |heard: &Timestamp| view.now.since(*heard) <= FRESH;
        let mut made: Vec<Option<Timestamp>> = nodes.iter().map(|(_, heard)| heard.filter(fresh)).collect();
        let mut words = BTreeMap::new();
        for Said { cell, detail } in view.said {
            let ends = names.binary_search(&&cell.from).ok().zip(names.binary_search(&&cell.to).ok());
            let Some((from, to)) = ends.filter(|(from, to)| from != to) else { continue };
            let Some(made) = made.get(from).copied().flatten() else { continue };
            let word = Word { cell, detail: *detail, made };
            // Whose packets do not leave knows nothing of others; it alone finds out of itself.
            let knows = *detail != Some(Detail::Own) || cell.from == *view.own;
            if word.says_something() && knows {
                words.insert((from, to), word);
            }
        }
        let mut lost = overtaken(&words, &made);
        for node in &lost {
            words.retain(|(from, _), _| from != node);
            made.iter_mut().skip(*node).take(1).for_each(|made| *made = None);
        }
        lost.retain(|node| !words.iter().any(|((_, to), word)| to == node && word.is_heard()));
        let pairs = words.keys().map(|(a, b)| ((*a).min(*b), (*a).max(*b)));
        let pairs: BTreeMap<_, _> = pairs.map(|ends| (ends, together(&words, ends))).collect();
        let mut around = vec![Vec::new(); names.len()];
        for ((a, b), pair) in &pairs {
            around.iter_mut().skip(*a).take(1).for_each(|around| around.push((*b, *pair)));
            around.iter_mut().skip(*b).take(1).for_each(|around| around.push((*a, *pair)));
        }
        Self { names, speaks: made.iter().map(Option::is_some).collect(), words, lost, pairs, around }
    }

    /// What is known of a node's pairs: the other end, and how it is.
    pub(super) fn around(&self, node: usize) -> impl Iterator<Item = (usize, Pair)> {
        self.around.get(node).into_iter().flatten().copied()
    }

    /// Words of either end of a pair that it is down, and since when the first of them says so.
    pub(super) fn down(&self, (a, b): (usize, usize)) -> impl Iterator<Item = &Word<'a>> {
        [(a, b), (b, a)].into_iter().filter_map(|ends| self.words.get(&ends)).filter(|word| word.is_down())
    }

    pub(super) fn name(&self, node: usize) -> &str {
        self.names.get(node).map_or("", |name| name.as_str())
    }
}

/// Nodes whose row was made before somebody lost them, or their process: until a newer one comes it cannot be told whether they are there to
/// make one, and what they said of others may be long past. A row that knows of the loss itself was made after it, whatever the clocks say:
/// an end that is told that it is not heard says so within a millisecond.
fn overtaken(words: &BTreeMap<(usize, usize), Word<'_>>, made: &[Option<Timestamp>]) -> BTreeSet<usize> {
    let lost = words.iter().filter(|(_, word)| word.is_stall() || word.is_down() && word.detail.is_none_or(Detail::is_silence));
    let made = |node: usize| made.get(node).copied().flatten();
    let knows = |((from, to), word): &(&(usize, usize), &Word<'_>)| {
        words.get(&(*to, *from)).is_some_and(|back| !back.is_heard() && back.cell.since + SETTLE >= word.cell.since)
    };
    let before = |((_, to), word): &(&(usize, usize), &Word<'_>)| made(*to).is_some_and(|made| made < word.cell.since);
    lost.filter(|lost| before(lost) && !knows(lost)).map(|((_, to), _)| *to).collect()
}

/// What both ends' words, or the one there is, tell of a pair.
fn together(words: &BTreeMap<(usize, usize), Word<'_>>, (a, b): (usize, usize)) -> Pair {
    match (words.get(&(a, b)), words.get(&(b, a))) {
        (Some(one), Some(other)) if one.is_down() && other.is_down() => both_down((a, one.detail), (b, other.detail)),
        (Some(down), other) if down.is_down() => one_down((a, down), (b, other)),
        (other, Some(down)) if down.is_down() => one_down((b, down), (a, other)),
        _ => Pair::Good,
    }
}

fn both_down((a, one): (usize, Option<Detail>), (b, other): (usize, Option<Detail>)) -> Pair {
    match (way(a, b, one), way(b, a, other)) {
        (Some(way), None) | (None, Some(way)) => way,
        (Some(one), Some(other)) if one == other => one,
        _ => Pair::Cut,
    }
}

fn one_down((a, down): (usize, &Word<'_>), (b, other): (usize, Option<&Word<'_>>)) -> Pair {
    let since = down.cell.since;
    match other.filter(|word| word.is_after(since)) {
        // It was up again after that was said: the newer word is on its way.
        Some(word) if word.is_heard() && word.cell.since > down.made => Pair::Good,
        // Its kernel was asked meanwhile, and answered: the way is there. But where it does not hear the other's process, which speaks, that
        // is a firewall's doing.
        Some(word) if word.is_stall() => way(a, b, down.detail).unwrap_or(Pair::Good),
        // The other end hears us well, and we do not hear it.
        Some(_) => way(a, b, down.detail).unwrap_or(Pair::OneWay(a, b)),
        None => way(a, b, down.detail).unwrap_or(Pair::Cut),
    }
}

/// The direction that `a`, by its own word, knows to be open.
fn way(a: usize, b: usize, detail: Option<Detail>) -> Option<Pair> {
    match detail? {
        Detail::OneWayOut => Some(Pair::OneWay(b, a)),
        Detail::OneWayIn => Some(Pair::OneWay(a, b)),
        Detail::Silent | Detail::Unasked | Detail::Refused | Detail::OtherKeys | Detail::Own => None,
    }
}
