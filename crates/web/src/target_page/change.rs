//! The last good result beside the first bad one: what differs is what went wrong.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{ProbeResult, Stage, Timestamp, Value};

use super::value::{self, said};
use crate::look::Look;
use crate::moment::Moment;
use crate::text;

/// Both results side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Whether the trouble lasts.
    pub(super) lasts: bool,
    /// The two results: the good one, the bad one.
    pub(super) sides: [Side; 2],
    /// What is compared.
    pub(super) rows: Vec<Row>,
    /// What both say alike, by name.
    pub(super) same: Vec<String>,
}

/// One of the results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Side {
    /// What came of it.
    pub(super) look: Look,
    /// When it began.
    pub(super) at: Moment,
    /// What it said.
    pub(super) reason: String,
}

/// One line of the comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// What is compared.
    pub(super) name: String,
    /// Its value on each side.
    pub(super) cells: [Cell; 2],
    /// Whether it differs.
    pub(super) differs: bool,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    /// In words; a dash where there is none.
    pub(super) text: String,
    /// How wide its bar is, of 100, where it is a time.
    pub(super) bar: Option<u128>,
    /// Why it ended there, where it did.
    pub(super) ended: Option<String>,
}

/// Times are another when one is so many times the other.
const FACTOR: u32 = 2;
/// Shorter times than this do not tell much.
const LITTLE: Duration = Duration::from_millis(5);

/// Compares the last good result with the first bad one.
pub(super) fn of(good: &ProbeResult, bad: &ProbeResult, lasts: bool, now: Timestamp) -> Change {
    let mut rows = vec![words("address", good.address.as_deref(), bad.address.as_deref())];
    // That the target itself said so needs no words.
    let stranger = bad.said_by.as_deref().is_some_and(|by| !bad.address.as_deref().is_some_and(|address| address.contains(by)));
    if stranger {
        rows.push(words("said by", good.said_by.as_deref(), bad.said_by.as_deref()));
    }
    rows.extend(stages(good, bad));
    let mut same = Vec::new();
    for name in measured(good, bad) {
        let own = |result: &ProbeResult| value::of(result, name).map(|value| figure(name, value));
        match (own(good), own(bad)) {
            (Some(before), Some(after)) if before == after => same.push(value::called(name)),
            (before, Some(after)) => rows.push(words(&value::called(name), before.as_deref(), Some(&after))),
            (_, None) => {}
        }
    }
    Change { lasts, sides: [side(good, now), side(bad, now)], rows, same }
}

fn side(result: &ProbeResult, now: Timestamp) -> Side {
    let warned = result.degraded.as_ref().map(|warned| &warned.reason);
    Side { look: Look::of_result(result), at: Moment::of(result.started, now), reason: warned.unwrap_or(&result.reason).clone() }
}

fn words(name: &str, before: Option<&str>, after: Option<&str>) -> Row {
    let cell = |text: Option<&str>| Cell { text: text.unwrap_or("–").to_owned(), bar: None, ended: None };
    Row { name: name.to_owned(), cells: [cell(before), cell(after)], differs: before.is_some() && before != after }
}

/// Each stage that ran on either side, and where the bad one ended.
fn stages(good: &ProbeResult, bad: &ProbeResult) -> Vec<Row> {
    let mut names: Vec<&Stage> = [good, bad].into_iter().flat_map(|result| result.stages.iter().map(|(stage, _)| stage)).collect();
    names.extend(bad.outcome.stage());
    let mut seen = BTreeSet::new();
    names.retain(|name| seen.insert(*name));
    let longest = [good, bad].into_iter().flat_map(|result| result.stages.iter().map(|(_, took)| took)).max().unwrap_or_default();
    names.into_iter().map(|stage| row(stage, good, bad, longest)).collect()
}

fn row(stage: &Stage, good: &ProbeResult, bad: &ProbeResult, longest: Duration) -> Row {
    let (before, after) = (good.stages.of(stage), bad.stages.of(stage));
    let ended = bad.outcome.stage().filter(|ended| *ended == stage).and_then(|_| bad.outcome.cause());
    let cell = |took: Option<Duration>, ended: Option<&str>| Cell {
        text: took.map_or_else(|| if ended.is_some() { String::new() } else { "–".to_owned() }, text::took),
        bar: took.map(|took| (took.as_micros() * 100 / longest.as_micros().max(1)).max(1)),
        ended: ended.map(|cause| cause.replace('_', " ")),
    };
    let differs = ended.is_some() || before.zip(after).is_some_and(|(a, b)| a.max(b) > LITTLE && a.max(b) > a.min(b) * FACTOR);
    Row { name: stage.as_str().replace('_', " "), cells: [cell(before, None), cell(after, ended)], differs }
}

/// The names of all measurements, in the order in which they were made.
fn measured<'a>(good: &'a ProbeResult, bad: &'a ProbeResult) -> Vec<&'a str> {
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in [bad, good].into_iter().flat_map(|result| &result.measurements) {
        let name: &Cow<'_, str> = name;
        if !names.contains(&name.as_ref()) && name != "certificate_days" {
            names.push(name);
        }
    }
    names
}

/// A date where it is one.
fn figure(name: &str, value: &Value) -> String {
    match (name, value) {
        ("certificate_expires", Value::Integer(seconds)) => text::utc(Timestamp(seconds.saturating_mul(1_000_000))),
        _ => said(value),
    }
}

#[cfg(test)]
mod tests;
