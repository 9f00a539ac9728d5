//! Where nodes stand: which of them share a rack, and which a podset.

use std::collections::{BTreeMap, BTreeSet};

use allswell_model::NodeId;

use super::View;

/// How large a place is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    /// Several racks: what stands before the slash.
    Podset,
    /// The whole location.
    Rack,
}

/// Nodes by place. Whoever has none stands alone, in a place without a name.
#[derive(Debug)]
pub(super) struct Places<'a> {
    of: Vec<Place<'a>>,
    inside: BTreeMap<Place<'a>, BTreeSet<usize>>,
}

/// A location, or a node that has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place<'a> {
    /// One that can be named, and hold several nodes.
    Named(&'a str),
    /// A node by itself.
    Alone(usize),
}

impl<'a> Places<'a> {
    pub(super) fn of(view: &View<'a>, names: &[&NodeId], level: Level) -> Self {
        let locations: BTreeMap<&NodeId, &str> = view.nodes.iter().map(|node| (&node.name, &*node.location)).collect();
        let place = |(node, name): (usize, &&NodeId)| {
            let location = locations.get(*name).copied().unwrap_or_default();
            let named = match level {
                Level::Rack => Some(location),
                Level::Podset => location.split_once('/').map(|(podset, _)| podset),
            };
            named.filter(|place| !place.is_empty()).map_or(Place::Alone(node), Place::Named)
        };
        let of: Vec<Place<'a>> = names.iter().enumerate().map(place).collect();
        let mut inside: BTreeMap<Place<'a>, BTreeSet<usize>> = BTreeMap::new();
        for (node, place) in of.iter().enumerate() {
            inside.entry(*place).or_default().insert(node);
        }
        Self { of, inside }
    }

    pub(super) fn nodes(&self, place: Place<'a>) -> impl Iterator<Item = usize> {
        self.inside.get(&place).into_iter().flatten().copied()
    }

    pub(super) fn place(&self, node: usize) -> Place<'a> {
        self.of.get(node).copied().unwrap_or(Place::Alone(node))
    }

    pub(super) fn count(&self) -> usize {
        self.inside.len()
    }
}
