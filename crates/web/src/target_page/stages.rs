//! Where the time goes: the stages of the last result beside those of a usual one, each as a stacked bar.

use std::time::Duration;

use allswell_model::{ProbeResult, Stage};
use allswell_store::Kept;

use crate::text;

/// The width of the drawing, as the template's frame has it.
const WIDTH: u128 = 720;
/// The style sheet has so many colours for stages.
const COLOURS: usize = 8;

/// The stages, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Stages {
    /// One bar above the other, all on one scale.
    pub(super) bars: Vec<Bar>,
    /// The legend, which holds the figures as well.
    pub(super) rows: Vec<Row>,
}

/// One stacked bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bar {
    /// Whose.
    pub(super) label: String,
    /// Its parts, from the left.
    pub(super) parts: Vec<Part>,
    /// All of it.
    pub(super) total: String,
}

/// One stage of a bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Its colour's number.
    pub(super) colour: usize,
    /// Where it begins.
    pub(super) from: u128,
    /// How wide it is.
    pub(super) width: u128,
}

/// One stage in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// Its colour's number.
    pub(super) colour: usize,
    /// What it is called.
    pub(super) name: String,
    /// How long it took in each bar; a dash where it did not run.
    pub(super) took: Vec<String>,
}

type Times = Vec<(Stage, Duration)>;

/// The stages of the last result, and the medians of those of the kept ones that are up; where these are too few, the last good one.
pub(super) fn of(last: Option<&ProbeResult>, kept: &[Kept], last_good: Option<&ProbeResult>) -> Stages {
    let usual = usual(kept).map(|(count, times)| (format!("median of {}", text::count(count)), times));
    let usual = usual.or_else(|| last_good.map(|good| ("last good".to_owned(), times(good))));
    let last: Times = last.map(times).unwrap_or_default();
    let mut bars: Vec<(String, Times)> = vec![("last".to_owned(), last)];
    bars.extend(usual);
    bars.retain(|(_, times)| !times.is_empty());
    let most = bars.iter().map(|(_, times)| total(times)).max().unwrap_or_default();
    let names = names(&bars);
    Stages {
        rows: names.iter().enumerate().map(|(n, name)| row(n, name, &bars)).collect(),
        bars: bars.iter().map(|(label, times)| bar(label, times, &names, most)).collect(),
    }
}

fn times(result: &ProbeResult) -> Times {
    result.stages.iter().map(|(stage, took)| (stage.clone(), took)).collect()
}

fn total(times: &Times) -> Duration {
    times.iter().map(|(_, took)| *took).sum()
}

/// The median of each stage, over the results that are up.
fn usual(kept: &[Kept]) -> Option<(usize, Times)> {
    let up: Vec<&ProbeResult> = kept.iter().map(|kept| &kept.result).filter(|result| result.outcome.is_up()).collect();
    let newest = up.first().filter(|_| up.len() > 1)?;
    let median = |stage: &Stage| {
        let mut took: Vec<Duration> = up.iter().filter_map(|result| result.stages.of(stage)).collect();
        took.sort_unstable();
        took.get(took.len() / 2).copied()
    };
    let times = newest.stages.iter().filter_map(|(stage, _)| Some((stage.clone(), median(stage)?))).collect();
    Some((up.len(), times))
}

/// Every stage that runs in one of the bars, in the order of the bar that has most.
fn names(bars: &[(String, Times)]) -> Vec<Stage> {
    let mut by_length: Vec<&Times> = bars.iter().map(|(_, times)| times).collect();
    by_length.sort_by_key(|times| std::cmp::Reverse(times.len()));
    let mut names: Vec<Stage> = Vec::new();
    for (stage, _) in by_length.into_iter().flatten() {
        if !names.contains(stage) {
            names.push(stage.clone());
        }
    }
    names
}

fn bar(label: &str, times: &Times, names: &[Stage], most: Duration) -> Bar {
    let scale = |took: Duration| took.as_micros() * WIDTH / most.as_micros().max(1);
    let mut reached = Duration::ZERO;
    let parts = times.iter().filter_map(|(stage, took)| {
        let from = scale(reached);
        reached += *took;
        let width = scale(reached).saturating_sub(from).max(1);
        Some(Part { colour: names.iter().position(|name| name == stage)? % COLOURS, from, width })
    });
    Bar { label: label.to_owned(), parts: parts.collect(), total: text::took(total(times)) }
}

fn row(number: usize, name: &Stage, bars: &[(String, Times)]) -> Row {
    let took = |times: &Times| times.iter().find(|(stage, _)| stage == name).map_or_else(|| "–".to_owned(), |(_, took)| text::took(*took));
    Row { colour: number % COLOURS, name: name.as_str().replace('_', " "), took: bars.iter().map(|(_, times)| took(times)).collect() }
}

#[cfg(test)]
mod tests;
