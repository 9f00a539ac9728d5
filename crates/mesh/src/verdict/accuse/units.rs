//! Places: a rack or a podset that is gone or cut off, and two of them between which nothing goes.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::link::FindingKind;

use super::Case;
use crate::verdict::matrix::Pair;
use crate::verdict::places::{Level, Place, Places};
use crate::verdict::wording::{and, plural};

/// From which other places each place is cut in all that is known.
type Cuts<'a> = BTreeMap<Place<'a>, BTreeSet<Place<'a>>>;

impl<'a> Case<'a> {
    fn level(&self, level: Level) -> &Places<'a> {
        match level {
            Level::Podset => &self.podsets,
            Level::Rack => &self.racks,
        }
    }

    /// Places that nothing reaches and that reach nothing. The one that is cut from the most others explains the most.
    pub(super) fn places(&mut self, level: Level) {
        let cuts = self.cuts(level);
        let accused: Vec<Place<'a>> =
            cuts.keys().copied().filter(|place| self.is_whole(level, *place) && self.is_to_blame(level, *place, &cuts)).collect();
        for place in accused {
            self.gone(level, place);
        }
    }

    fn cuts(&self, level: Level) -> Cuts<'a> {
        let places = self.level(level);
        let mut cuts = Cuts::new();
        let mut reached = BTreeSet::new();
        for ((a, b), pair) in &self.matrix.pairs {
            let (one, other) = (places.place(*a), places.place(*b));
            if one == other || !self.is_open((*a, *b)) {
                continue;
            }
            if *pair == Pair::Cut {
                cuts.entry(one).or_default().insert(other);
                cuts.entry(other).or_default().insert(one);
            } else {
                reached.extend([one, other]);
            }
        }
        cuts.retain(|place, _| !reached.contains(place));
        cuts
    }

    /// Whether it is a place of several nodes (a podset: of several racks), of each of which it is known that it reaches nothing outside.
    fn is_whole(&self, level: Level, place: Place<'a>) -> bool {
        let nodes: BTreeSet<usize> = self.level(level).nodes(place).collect();
        let racks: BTreeSet<_> = nodes.iter().map(|node| self.racks.place(*node)).collect();
        let large_enough = nodes.len() >= 2 && (level == Level::Rack || racks.len() >= 2);
        large_enough && nodes.iter().all(|node| self.cut_from(*node).iter().any(|peer| !nodes.contains(peer)))
    }

    fn is_to_blame(&self, level: Level, place: Place<'a>, cuts: &Cuts<'a>) -> bool {
        let places = self.level(level);
        let Some(from) = cuts.get(&place) else { return false };
        let nodes = places.nodes(place).collect();
        if self.must_wait_for_others_than(&nodes) {
            return false;
        }
        if from.len() >= 2 {
            return from.iter().all(|other| cuts.get(other).is_none_or(|theirs| theirs.len() <= from.len()));
        }
        // Of two places, the one that says nothing; but only where several of the other say so, or else it may be the one who speaks.
        let other: BTreeSet<usize> = from.iter().flat_map(|other| places.nodes(*other)).collect();
        let agree = other.iter().filter(|node| self.matrix.around(**node).any(|(peer, p)| p == Pair::Good && other.contains(&peer)));
        places.count() == 2 && !self.anybody_speaks(&nodes) && agree.count() >= 2
    }

    fn anybody_speaks(&self, nodes: &BTreeSet<usize>) -> bool {
        nodes.iter().any(|node| self.matrix.speaks.get(*node) == Some(&true))
    }

    fn gone(&mut self, level: Level, place: Place<'a>) {
        let Place::Named(name) = place else { return };
        let nodes: BTreeSet<usize> = self.level(level).nodes(place).collect();
        let around = nodes.iter().flat_map(|node| self.matrix.around(*node).map(|(peer, pair)| (*node, peer, pair)));
        let cross: Vec<(usize, usize)> =
            around.filter(|(_, peer, pair)| *pair == Pair::Cut && !nodes.contains(peer)).map(|(node, peer, _)| (node, peer)).collect();
        let outside: BTreeSet<usize> = cross.iter().map(|(_, peer)| *peer).collect();
        let (since, n, m) = (self.since(cross.iter().copied()), nodes.len(), outside.len());
        let lives = self.matrix.pairs.iter().any(|((a, b), p)| *p == Pair::Good && nodes.contains(a) && nodes.contains(b));
        let from = plural(m, "node");
        let sentence = if lives {
            format!("{name} is cut off: its {n} nodes reach each other, and none of {m} {from} outside.")
        } else if self.level(level).count() == 2 {
            format!("{name} is down or cut off: none of its {n} nodes is reached by any of {m} {from} outside.")
        } else {
            format!("{name} is down: none of its {n} nodes is reached by any of {m} {from} in other {}.", word(level, 2))
        };
        if lives {
            self.explained.extend(cross.iter().map(|(a, b)| (*a.min(b), *a.max(b))));
        } else {
            self.explain(&nodes);
            self.accused.extend(nodes);
        }
        let kind = if level == Level::Podset { FindingKind::PodsetDown } else { FindingKind::RackDown };
        self.find(kind, vec![name.to_owned()], sentence, since);
    }

    /// Two places between which all that is measured is cut.
    pub(super) fn between_places(&mut self, level: Level) {
        let places = self.level(level);
        let cut = self.matrix.pairs.iter().filter(|(ends, pair)| **pair == Pair::Cut && self.is_open(**ends));
        let ends = cut.map(|((a, b), _)| (places.place(*a), places.place(*b))).filter(|(one, other)| one != other);
        let between: BTreeSet<_> = ends.map(|(one, other)| (one.min(other), one.max(other))).collect();
        for ends in between {
            if let (Place::Named(one), Place::Named(other)) = ends {
                let living = |place| self.level(level).nodes(place).filter(|node| !self.accused.contains(node)).collect();
                let (one, other) = ((one, living(ends.0)), (other, living(ends.1)));
                self.between(level, &one, &other);
            }
        }
    }

    fn between(&mut self, level: Level, one: &(&str, BTreeSet<usize>), other: &(&str, BTreeSet<usize>)) {
        let crosses = |(a, b): &(usize, usize)| (one.1.contains(a) && other.1.contains(b)) || (one.1.contains(b) && other.1.contains(a));
        let known: Vec<_> = self.matrix.pairs.iter().filter(|(ends, _)| crosses(ends) && self.is_open(**ends)).collect();
        let ends: BTreeSet<usize> = known.iter().flat_map(|((a, b), _)| [*a, *b]).collect();
        // Two of each, where there are two: else it is one node's affair.
        let wide = [one, other].iter().all(|(_, nodes)| nodes.intersection(&ends).count() >= nodes.len().min(2));
        if known.len() < 2 || !wide || known.iter().any(|(_, pair)| **pair != Pair::Cut) {
            return;
        }
        let pairs: Vec<(usize, usize)> = known.iter().map(|(ends, _)| **ends).collect();
        let names = [one.0.to_owned(), other.0.to_owned()];
        let beyond = |node: &usize| self.matrix.around(*node).any(|(peer, pair)| pair == Pair::Good && !ends.contains(&peer));
        let reaching = [one, other].iter().filter(|(_, nodes)| nodes.intersection(&ends).any(beyond)).count();
        let rest = match reaching {
            0 => "; which of them is cut off, nobody else can tell",
            1 => "",
            _ => ", and both reach others",
        };
        let sentence = format!("Nothing goes between {}: all {} measured links are cut{rest}.", and(&names), pairs.len());
        let kind = if level == Level::Podset { FindingKind::PodsetDown } else { FindingKind::RackToRack };
        let since = self.since(pairs.iter().copied());
        self.explained.extend(pairs);
        self.find(kind, names.to_vec(), sentence, since);
    }
}

fn word(level: Level, n: usize) -> String {
    plural(n, if level == Level::Podset { "podset" } else { "rack" })
}
