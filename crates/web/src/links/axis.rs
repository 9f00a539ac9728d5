//! What stands at the edges of the matrix: nodes, or, where they are many, zones that open.

use std::collections::BTreeMap;

use allswell_model::link::MeshNode;

/// So many nodes stand in one row or column; more are shown zone by zone.
pub(crate) const MOST: usize = 40;
/// The zone of nodes that stand nowhere, as addresses call it.
pub(crate) const NOWHERE: &str = "/";

/// Nodes that are one row, or one heading over rows.
#[derive(Debug, Clone)]
pub(crate) struct Zone<'a> {
    /// As addresses call it.
    pub(crate) key: String,
    /// Who stands there, in their order.
    pub(crate) members: Vec<&'a MeshNode>,
}

impl Zone<'_> {
    /// As people read it.
    pub(crate) fn label(&self) -> &str {
        if self.key == NOWHERE { "no location" } else { &self.key }
    }
}

/// The nodes by their whole location.
pub(crate) fn by_location<'a>(nodes: &[&'a MeshNode]) -> Vec<Zone<'a>> {
    grouped(nodes, |node| &node.location)
}

/// Few enough zones for a page: racks, else podsets; and where all stand in one place, so many at a time by name.
pub(crate) fn zones<'a>(nodes: &[&'a MeshNode]) -> Vec<Zone<'a>> {
    let racks = by_location(nodes);
    if (2..=MOST).contains(&racks.len()) {
        return racks;
    }
    let podsets = grouped(nodes, |node| node.location.split('/').next().unwrap_or_default());
    if podsets.len() > 1 {
        return podsets;
    }
    let Some(all) = racks.first().filter(|_| racks.len() == 1) else { return racks };
    let parts = all.members.chunks(MOST);
    let count = parts.len();
    parts.enumerate().map(|(n, part)| Zone { key: format!("{} ({} of {count})", all.key, n + 1), members: part.to_vec() }).collect()
}

/// The nodes of the zone that an address names; none where there is none.
pub(crate) fn members<'a>(nodes: &[&'a MeshNode], key: &str) -> Vec<&'a MeshNode> {
    let within = |node: &MeshNode| match key {
        NOWHERE => node.location.is_empty(),
        _ => node.location.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')),
    };
    let found: Vec<&MeshNode> = nodes.iter().copied().filter(|node| !key.is_empty() && within(node)).collect();
    if !found.is_empty() {
        return found;
    }
    // A part of a place; which, only the whole place tells.
    let places = by_location(nodes).into_iter().filter(|place| place.members.len() > MOST);
    places.flat_map(|place| zones(&place.members)).find(|part| part.key == key).map(|part| part.members).unwrap_or_default()
}

fn grouped<'a>(nodes: &[&'a MeshNode], place: impl Fn(&MeshNode) -> &str) -> Vec<Zone<'a>> {
    let mut zones: BTreeMap<&str, Vec<&'a MeshNode>> = BTreeMap::new();
    for node in nodes {
        zones.entry(place(node)).or_default().push(node);
    }
    let key = |name: &str| if name.is_empty() { NOWHERE.to_owned() } else { name.to_owned() };
    zones.into_iter().map(|(name, members)| Zone { key: key(name), members }).collect()
}

#[cfg(test)]
mod tests;
