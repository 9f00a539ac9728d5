//! The chart of a target's latency: a band of quantiles over time, failures marked, gaps hatched; drawn as SVG paths.
//!
//! The drawing is stretched to the page's width, so no text stands in it: labels are placed beside it by percent.

pub(crate) mod axis;
mod band;
mod canvas;
pub(crate) mod extent;
mod marks;
mod scale;

use std::time::Duration;

use allswell_model::Timestamp;
use allswell_store::{Rollup, Sketch};

use self::axis::Tick;
use self::band::{Band, Point};
use self::canvas::SHARES;
use self::extent::Window;
use self::marks::Marks;
use self::scale::Scale;
use crate::text;

/// The chart, ready to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Chart {
    /// What it says, in one sentence.
    pub(crate) sentence: String,
    /// The band of quantiles.
    pub(crate) band: Band,
    /// What failed, and where nothing was heard.
    pub(crate) marks: Marks,
    /// The durations beside it; none when nothing answered.
    pub(crate) heights: Vec<Tick>,
    /// The times below it.
    pub(crate) times: Vec<Tick>,
    /// Whether each step up is ten times the one before.
    pub(crate) logarithmic: bool,
    /// The same as a table, the oldest first.
    pub(crate) rows: Vec<Row>,
    /// Where the first bucket begins, how long each is, and how many there are: for the script.
    pub(crate) window: Window,
}

/// One bucket in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Which bucket.
    pub(crate) number: usize,
    /// When it begins, for machines.
    pub(crate) iso: String,
    /// The same for people.
    pub(crate) at: String,
    /// How many results began in it.
    pub(crate) results: String,
    /// How many of them failed.
    pub(crate) down: u64,
    /// How many of them tell nothing.
    pub(crate) unknown: u64,
    /// Its tenth, median, ninetieth and ninety-ninth of a hundred; dashes where nothing answered.
    pub(crate) quantiles: [String; 4],
}

/// Draws what was rolled up over this window. The last bucket is not called a gap before `patience` went by.
pub(crate) fn draw(window: &Window, rollups: &[(Timestamp, Rollup)], now: Timestamp, patience: Duration) -> Chart {
    let buckets = window.gather(rollups);
    let points: Vec<Option<Point>> = buckets.iter().map(|bucket| Point::of(&bucket.rtt)).collect();
    let scale = Scale::over(&points);
    Chart {
        sentence: sentence(&buckets),
        band: band::draw(&points, scale.as_ref(), window.count),
        marks: marks::draw(&buckets, window, now, patience),
        heights: scale.as_ref().map(axis::heights).unwrap_or_default(),
        times: axis::times(window),
        logarithmic: scale.as_ref().is_some_and(Scale::is_logarithmic),
        rows: rows(&buckets, window),
        window: *window,
    }
}

fn sentence(buckets: &[Rollup]) -> String {
    let mut all = Sketch::default();
    buckets.iter().for_each(|bucket| all.merge(&bucket.rtt));
    let sum = |count: fn(&Rollup) -> u64| buckets.iter().map(count).sum::<u64>();
    let (total, down, unknown) = (sum(|b| b.counts.total()), sum(|b| b.counts.down), sum(|b| b.counts.unknown));
    if total == 0 {
        return "Nothing was measured in this time.".to_owned();
    }
    let mut parts = Vec::new();
    if let (Some(median), Some(most)) = (all.quantile(0.5), all.quantile(0.99)) {
        parts.push(format!("Half answered within {}, 99% within {}", text::took(median), text::took(most)));
    }
    let of = |n: u64| text::count(usize::try_from(n).unwrap_or(usize::MAX));
    parts.push(match (down, unknown) {
        (0, 0) => format!("none of {} failed", of(total)),
        (_, 0) => format!("{} of {} failed", of(down), of(total)),
        (0, unknown) if unknown == total => format!("all {} tell nothing", of(total)),
        (0, _) => format!("none of {} failed, {} tell nothing", of(total), of(unknown)),
        (_, _) => format!("{} of {} failed, {} tell nothing", of(down), of(total), of(unknown)),
    });
    let said = parts.join("; ");
    let first: String = said.chars().take(1).flat_map(char::to_uppercase).collect();
    format!("{first}{}.", said.get(1..).unwrap_or_default())
}

fn rows(buckets: &[Rollup], window: &Window) -> Vec<Row> {
    let heard = buckets.iter().enumerate().filter(|(_, bucket)| bucket.counts.total() > 0);
    heard.map(|(number, bucket)| row(number, bucket, window.begin(number))).collect()
}

fn row(number: usize, bucket: &Rollup, begin: Timestamp) -> Row {
    let counts = bucket.counts;
    Row {
        number,
        iso: text::iso(begin),
        at: text::minute(begin),
        results: text::count(usize::try_from(counts.total()).unwrap_or(usize::MAX)),
        down: counts.down,
        unknown: counts.unknown,
        quantiles: SHARES.map(|share| bucket.rtt.quantile(share).map_or_else(|| "–".to_owned(), text::took)),
    }
}

#[cfg(test)]
mod tests;
