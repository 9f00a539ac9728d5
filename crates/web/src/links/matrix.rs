//! The matrix: rows from, columns to; every node, or zone by zone where they are many.

use std::collections::BTreeMap;

use allswell_model::Timestamp;
use allswell_model::link::{Cell, Links, MeshNode};

use super::age;
use super::axis::{self, MOST, Zone};
use super::cell::Shown;
use super::marks::{self, End};
use super::outline::{self, MARKED};
use super::zone_cell;
use crate::moment::Moment;
use crate::percent;

/// The matrix, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Matrix {
    /// Whether a row is a zone.
    pub(crate) zoned: bool,
    /// Whether there are so many columns that they must be narrow.
    pub(crate) dense: bool,
    /// Whether zones are worth naming.
    pub(crate) named: bool,
    /// The zones over the columns.
    pub(crate) spans: Vec<Span>,
    /// The columns' headings.
    pub(crate) columns: Vec<Head>,
    /// The rows, by zone.
    pub(crate) blocks: Vec<Block>,
}

/// A zone over some columns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// As people read it.
    pub(crate) label: String,
    /// How many columns.
    pub(crate) count: usize,
}

/// The rows of one zone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Block {
    /// The zone.
    pub(crate) label: String,
    /// Its rows.
    pub(crate) rows: Vec<Row>,
}

/// What one node, or one zone, sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Who.
    pub(crate) head: Head,
    /// Of whom, in the columns' order.
    pub(crate) cells: Vec<Shown>,
}

/// A heading of a row or column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Head {
    /// The node, or the zone.
    pub(crate) name: String,
    /// Where more is told.
    pub(crate) href: Option<String>,
    /// Whether we are it.
    pub(crate) is_own: bool,
    /// Whether a finding is about all of it.
    pub(crate) marked: bool,
    /// When its last row was made, where that is long ago.
    pub(crate) stale: Option<Moment>,
    /// Whether none ever came.
    pub(crate) never: bool,
    /// Whether a new zone begins here.
    pub(crate) begins: bool,
}

/// What the address asks for: both zones, or everything.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Asked<'a> {
    /// The zone of the rows.
    pub(crate) from: Option<&'a str>,
    /// The zone of the columns.
    pub(crate) to: Option<&'a str>,
}

/// One snapshot, found by pair.
pub(super) struct Known<'a> {
    pub(super) links: &'a Links,
    pub(super) cells: BTreeMap<(&'a str, &'a str), &'a Cell>,
    pub(super) now: Timestamp,
}

impl<'a> Known<'a> {
    fn of(links: &'a Links, now: Timestamp) -> Self {
        let cells = links.cells.iter().map(|cell| ((cell.from.as_str(), cell.to.as_str()), cell)).collect();
        Self { links, cells, now }
    }

    fn cell(&self, from: &MeshNode, to: &MeshNode) -> Option<&'a Cell> {
        self.cells.get(&(from.name.as_str(), to.name.as_str())).copied()
    }

    fn has_page(&self, node: &MeshNode) -> bool {
        self.links.own.iter().any(|own| own.peer == node.name)
    }
}

impl Matrix {
    /// The part that is asked for; `None` when a zone that is asked for does not exist.
    pub(crate) fn of(links: &Links, asked: Asked<'_>, now: Timestamp) -> Option<Self> {
        let known = Known::of(links, now);
        let all: Vec<&MeshNode> = links.nodes.iter().collect();
        let within = |key: Option<&str>| key.map_or_else(|| all.clone(), |key| axis::members(&all, key));
        let (rows, columns) = (within(asked.from), within(asked.to));
        if asked.from.is_some() && rows.is_empty() || asked.to.is_some() && columns.is_empty() {
            return None;
        }
        let zoned = rows.len() > MOST || columns.len() > MOST;
        let mut matrix = if zoned { by_zone(&known, &rows, &columns) } else { by_node(&known, &rows, &columns) };
        outline::draw(&mut matrix);
        Some(matrix)
    }

    /// Whether any cell is of one of these classes.
    pub(crate) fn has(&self, classes: &[&str]) -> bool {
        let mut cells = self.blocks.iter().flat_map(|block| &block.rows).flat_map(|row| &row.cells);
        cells.any(|cell| cell.class.split(' ').any(|class| classes.contains(&class)))
    }

    /// Whether any row tells of the past.
    pub(crate) fn has_old(&self) -> bool {
        self.blocks.iter().flat_map(|block| &block.rows).any(|row| row.head.stale.is_some())
    }
}

/// More columns than this are narrow.
const DENSE: usize = 16;

fn by_node(known: &Known<'_>, rows: &[&MeshNode], columns: &[&MeshNode]) -> Matrix {
    let (down, across) = (axis::by_location(rows), axis::by_location(columns));
    let columns: Vec<(&MeshNode, bool)> = in_order(&across).collect();
    let dense = columns.len() > DENSE;
    let row = |from: &MeshNode| Row {
        head: head(known, from, false),
        cells: columns.iter().map(|(to, begins)| marked(known, (from, to), bare(pair(known, from, to), dense), *begins)).collect(),
    };
    Matrix {
        zoned: false,
        dense,
        named: down.len() > 1 || across.len() > 1,
        spans: across.iter().map(|zone| Span { label: zone.label().to_owned(), count: zone.members.len() }).collect(),
        columns: columns.iter().map(|(node, begins)| head(known, node, *begins)).collect(),
        blocks: down
            .iter()
            .map(|zone| Block { label: zone.label().to_owned(), rows: zone.members.iter().map(|from| row(from)).collect() })
            .collect(),
    }
}

/// The nodes zone after zone, and which of them begin one.
fn in_order<'a>(zones: &[Zone<'a>]) -> impl Iterator<Item = (&'a MeshNode, bool)> {
    zones.iter().flat_map(|zone| zone.members.iter().enumerate().map(|(n, node)| (*node, n == 0)))
}

fn pair(known: &Known<'_>, from: &MeshNode, to: &MeshNode) -> Shown {
    match known.cell(from, to) {
        _ if from.name == to.name => Shown::itself(from),
        Some(cell) => Shown::of(cell, from.name == known.links.node && known.has_page(to), known.now),
        None => Shown::unmeasured(from, to),
    }
}

/// A narrow cell has no room for more than its figure: there its corners say that it is degraded, and what it loses.
fn bare(shown: Shown, dense: bool) -> Shown {
    match shown {
        Shown { class, .. } if dense && class.starts_with("degraded") => Shown { class, state: None, small: None, ..shown },
        _ if dense => Shown { small: None, ..shown },
        _ => shown,
    }
}

fn marked(known: &Known<'_>, (from, to): (&MeshNode, &MeshNode), mut shown: Shown, begins: bool) -> Shown {
    if begins {
        shown.class.push_str(" z");
    }
    if marks::any_marks(&known.links.findings, End::of(from), End::of(to)) {
        shown.class.push(' ');
        shown.class.push_str(MARKED);
    }
    shown
}

fn head(known: &Known<'_>, node: &MeshNode, begins: bool) -> Head {
    Head {
        name: node.name.to_string(),
        href: known.has_page(node).then(|| percent::link_path(node.name.as_str())),
        is_own: node.name == known.links.node,
        marked: marks::any_names(&known.links.findings, End::of(node)),
        stale: node.heard.filter(|_| age::is_stale(node, known.now)).map(|heard| Moment::of(heard, known.now)),
        never: node.heard.is_none(),
        begins,
    }
}

fn by_zone(known: &Known<'_>, rows: &[&MeshNode], columns: &[&MeshNode]) -> Matrix {
    let (down, across) = (axis::zones(rows), axis::zones(columns));
    let row =
        |from: &Zone<'_>| Row { head: zone_head(known, from), cells: across.iter().map(|to| zone_cell::of(known, from, to)).collect() };
    let block = Block { label: String::new(), rows: down.iter().map(row).collect() };
    Matrix {
        zoned: true,
        dense: across.len() > DENSE,
        named: false,
        spans: Vec::new(),
        columns: across.iter().map(|zone| zone_head(known, zone)).collect(),
        blocks: vec![block],
    }
}

fn zone_head(known: &Known<'_>, zone: &Zone<'_>) -> Head {
    let marked = marks::any_names(&known.links.findings, End { name: "", location: &zone.key });
    let is_own = zone.members.iter().any(|node| node.name == known.links.node);
    Head { name: zone.label().to_owned(), is_own, marked, ..Head::default() }
}

#[cfg(test)]
mod tests;
