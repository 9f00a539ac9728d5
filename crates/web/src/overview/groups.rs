//! The groups: one line each with its counts and its worst, or opened with a page of its targets.

use std::collections::BTreeMap;

use crate::facts::Facts;
use crate::filter::{Filter, group_value};
use crate::look::{Counts, Look};
use crate::overview::row::Row;
use crate::text;

/// So many group lines stand on one page.
pub(crate) const GROUPS: usize = 100;

/// One group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    /// As the URL calls it.
    pub(crate) value: String,
    /// As people read it.
    pub(crate) name: String,
    /// Its worst.
    pub(crate) worst: Look,
    /// How many look how, the worst first.
    pub(crate) counts: Vec<(Look, String)>,
    /// How wide each of them is in the bar of 100.
    pub(crate) shares: Vec<Share>,
    /// How many there are.
    pub(crate) total: String,
    /// The page of all of them.
    pub(crate) href: String,
    /// The page on which it is open.
    pub(crate) open_href: String,
    /// Its targets, when it is open; not more than a page of them.
    pub(crate) rows: Option<Vec<Row>>,
    /// Whether it has more than are shown.
    pub(crate) more: bool,
}

/// A part of the bar that shows a group's counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Share {
    /// How they look.
    pub(crate) look: Look,
    /// Where it begins, of 100.
    pub(crate) from: usize,
    /// How wide it is, of 100.
    pub(crate) width: usize,
}

/// Counts by group, in the groups' order.
pub(crate) fn tally<'a>(rows: impl Iterator<Item = Facts<'a>>) -> BTreeMap<&'a str, Counts> {
    let mut groups: BTreeMap<&str, Counts> = BTreeMap::new();
    for facts in rows {
        groups.entry(&facts.target.name.group).or_default().add(facts.look);
    }
    groups
}

impl Group {
    /// The line of a closed group.
    pub(crate) fn closed(name: &str, counts: &Counts) -> Self {
        let value = group_value(name);
        Self {
            value: value.to_owned(),
            name: if name.is_empty() { "no group".to_owned() } else { name.to_owned() },
            worst: counts.worst(),
            counts: counts.present().map(|(look, n)| (look, text::count(n))).collect(),
            shares: shares(counts),
            total: text::count(counts.total()),
            href: Filter::of_group(name).href(),
            open_href: format!("/{}", crate::percent::query([("open", value)])),
            rows: None,
            more: false,
        }
    }
}

/// The bar: whatever is there has a width of two at least, taken from the widest.
fn shares(counts: &Counts) -> Vec<Share> {
    let total = counts.total().max(1);
    let mut widths: Vec<(Look, usize)> = counts.present().map(|(look, n)| (look, (n * 100 / total).max(2))).collect();
    let sum: usize = widths.iter().map(|(_, width)| width).sum();
    if let Some((_, widest)) = widths.iter_mut().max_by_key(|(_, width)| *width) {
        *widest = (*widest + 100).saturating_sub(sum);
    }
    let mut from = 0;
    widths
        .into_iter()
        .map(|(look, width)| {
            let share = Share { look, from, width };
            from += width;
            share
        })
        .collect()
}

#[cfg(test)]
mod tests;
