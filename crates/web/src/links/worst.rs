//! The worst links as a list: what a phone shows instead of the matrix.

use allswell_model::Timestamp;
use allswell_model::link::{Cell, Links};

use super::look::LinkLook;
use super::phrase;
use crate::moment::Moment;
use crate::percent;

/// So many are shown.
const MOST: usize = 20;
/// And so many of them when none is troubled.
const CALM: usize = 5;

/// The list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Worst {
    /// Whether any of them is troubled.
    pub(crate) troubled: bool,
    /// The worst first.
    pub(crate) lines: Vec<Line>,
    /// How many more are troubled.
    pub(crate) more: usize,
}

/// One pair on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// By which the browser finds the line again.
    pub(crate) key: String,
    /// How it looks.
    pub(crate) look: LinkLook,
    /// Who measures.
    pub(crate) from: String,
    /// The other end.
    pub(crate) to: String,
    /// Its page, where it is our own.
    pub(crate) href: Option<String>,
    /// What is to be said of it.
    pub(crate) said: String,
    /// Since when.
    pub(crate) since: Moment,
}

impl Worst {
    /// The worst of a snapshot.
    pub(crate) fn of(links: &Links, now: Timestamp) -> Self {
        let mut cells: Vec<&Cell> = links.cells.iter().filter(|cell| LinkLook::of_cell(cell) != LinkLook::Unmeasured).collect();
        cells.sort_by(|a, b| badness(b).partial_cmp(&badness(a)).unwrap_or(std::cmp::Ordering::Equal));
        let troubled = cells.iter().filter(|cell| LinkLook::of_cell(cell).is_trouble()).count();
        let shown = if troubled > 0 { troubled.min(MOST) } else { CALM };
        let lines = cells.into_iter().take(shown).map(|cell| line(links, cell, now)).collect();
        Self { troubled: troubled > 0, lines, more: troubled.saturating_sub(MOST) }
    }
}

/// The look first, then what is lost, then how far it is from its normal.
fn badness(cell: &Cell) -> (LinkLook, f64, f64) {
    let lost = cell.loss_forward.into_iter().chain(cell.loss_reverse).fold(0.0, f64::max);
    (LinkLook::of_cell(cell), lost, phrase::ratio(cell.rtt, cell.normal).unwrap_or(0.0))
}

fn line(links: &Links, cell: &Cell, now: Timestamp) -> Line {
    let look = LinkLook::of_cell(cell);
    let is_own = cell.from == links.node && links.own.iter().any(|own| own.peer == cell.to);
    let said = match look {
        LinkLook::Up | LinkLook::Degraded => format!("{}, {}", phrase::round_trip(cell), phrase::losses(cell)),
        _ => look.meaning().to_owned(),
    };
    Line {
        key: format!("{} {}", cell.from, cell.to),
        look,
        from: cell.from.to_string(),
        to: cell.to.to_string(),
        href: is_own.then(|| percent::link_path(cell.to.as_str())),
        said,
        since: Moment::of(cell.since, now),
    }
}

#[cfg(test)]
mod tests;
