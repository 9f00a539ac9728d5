//! One cell of the matrix of zones: the worst of its pairs, how many are so, and the median of them all.

use std::time::Duration;

use allswell_model::link::Cell;

use super::axis::Zone;
use super::cell::Shown;
use super::look::LinkLook;
use super::marks::{self, End};
use super::matrix::Known;
use super::outline::MARKED;
use super::phrase;
use crate::percent;
use crate::text;

/// All pairs of these two zones in one.
pub(super) fn of(known: &Known<'_>, from: &Zone<'_>, to: &Zone<'_>) -> Shown {
    let pairs = || from.members.iter().flat_map(|a| to.members.iter().map(move |b| (*a, *b))).filter(|(a, b)| a.name != b.name);
    let cells: Vec<&Cell> = pairs().filter_map(|(a, b)| known.cells.get(&(a.name.as_str(), b.name.as_str())).copied()).collect();
    let worst = cells.iter().map(|cell| LinkLook::of_cell(cell)).max().unwrap_or(LinkLook::Unmeasured);
    let troubled = cells.iter().filter(|cell| LinkLook::of_cell(cell).is_trouble()).count();
    let median = median(cells.iter().filter_map(|cell| cell.rtt).collect());
    let normal = self::median(cells.iter().filter_map(|cell| cell.normal).collect());
    let mut class = match (worst.is_trouble(), phrase::heat(median, normal)) {
        _ if worst == LinkLook::Unmeasured => worst.code().to_owned(),
        (true, _) => worst.code().to_owned(),
        (false, Some(heat)) => format!("h{heat}"),
        (false, None) => "hx".to_owned(),
    };
    let ends = [from, to].map(|zone| End { name: "", location: &zone.key });
    if marks::any_marks(&known.links.findings, ends[0], ends[1]) {
        class.push(' ');
        class.push_str(MARKED);
    }
    let said = said(worst, troubled, cells.len());
    let figure = median.map(phrase::figure);
    let round_trip = median.map(|rtt| format!(", median {}", phrase::took(rtt))).unwrap_or_default();
    Shown {
        class,
        title: format!("{} to {}: {said}{round_trip}", from.label(), to.label()),
        state: worst.is_trouble().then(|| (worst.code(), worst.word().to_owned())),
        figure,
        small: (troubled > 0).then(|| format!("{}/{}", text::count(troubled), text::count(cells.len()))),
        href: Some(format!("/links{}", percent::query([("from", from.key.as_str()), ("to", to.key.as_str())]))),
    }
}

/// `all 64 links up`, `3 of 64 links troubled, at worst down`
fn said(worst: LinkLook, troubled: usize, total: usize) -> String {
    let total = text::count(total);
    match troubled {
        0 if worst == LinkLook::Unmeasured => "not measured".to_owned(),
        0 => format!("all {total} links well"),
        _ => format!("{} of {total} links troubled, at worst {}", text::count(troubled), worst.word()),
    }
}

fn median(mut spans: Vec<Duration>) -> Option<Duration> {
    spans.sort_unstable();
    spans.get(spans.len() / 2).copied()
}
