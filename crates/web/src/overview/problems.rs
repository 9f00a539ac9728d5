//! What is wrong, folded by cause, the newest first.

use std::collections::BTreeMap;

use allswell_model::{IncidentId, Timestamp};
use allswell_store::Told;

use crate::facts::Facts;
use crate::filter::Filter;
use crate::look::Look;
use crate::moment::Moment;
use crate::overview::row::Row;
use crate::text;
use crate::told::{self, Line};

/// So many causes are shown; more of them is chaos, which the counts tell better.
const FOLDS: usize = 25;
/// So many targets of one cause are shown; the rest is one click away.
const MEMBERS: usize = 5;
/// The alerts of so many incidents of one cause are read; there is seldom more than one.
const INCIDENTS: usize = 3;

/// Those that have the same cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fold {
    /// The key by which the browser finds it again.
    pub(crate) key: String,
    /// How they look.
    pub(crate) look: Look,
    /// How many they are.
    pub(crate) count: String,
    /// What they have in common: `timed out in connect`, `resolver timed out in resolve, by 10.0.0.2`.
    pub(crate) cause: String,
    /// The sentence, when all that are shown say the same.
    pub(crate) reason: Option<String>,
    /// The newest of them.
    pub(crate) rows: Vec<Row>,
    /// How many are not shown.
    pub(crate) more: Option<String>,
    /// The page that shows them all.
    pub(crate) href: String,
    /// Since when the newest of them is so.
    pub(crate) since: Moment,
    /// The incidents that they are in, the first few.
    incidents: Vec<IncidentId>,
    /// Who was told of them, by each way the newest.
    pub(crate) told: Vec<Line>,
    /// Why nobody was told, where nobody was.
    pub(crate) silence: Option<String>,
}

/// All that is wrong.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Problems {
    /// By cause, the newest first.
    pub(crate) folds: Vec<Fold>,
    /// How many causes are not shown.
    pub(crate) more: Option<String>,
    /// Whether no target names anybody to tell.
    pub(crate) nobody: bool,
}

/// What became of the alerts of some incidents.
pub(crate) type Alerts = BTreeMap<IncidentId, Vec<Told>>;

impl Problems {
    /// The incidents of what is shown.
    pub(crate) fn incidents(&self) -> Vec<IncidentId> {
        self.folds.iter().flat_map(|fold| &fold.incidents).copied().collect()
    }

    /// Notes who was told.
    pub(crate) fn tell(&mut self, alerts: &Alerts, now: Timestamp) {
        for fold in &mut self.folds {
            let of_each = fold.incidents.iter().filter_map(|incident| alerts.get(incident));
            fold.told = of_each.flat_map(|told| told::newest(told, now)).collect();
        }
    }
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key<'a> {
    look: Look,
    stage: Option<&'a str>,
    cause: Cause<'a>,
    said_by: Option<&'a str>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Cause<'a> {
    /// The contract's word.
    Word(&'a str),
    /// The warning that fails.
    Warning(&'a str),
    /// Nothing was heard, lately or ever.
    Silence(&'static str),
}

/// Folds those of the rows that are problems.
pub(crate) fn fold<'a>(rows: impl Iterator<Item = Facts<'a>>, now: Timestamp) -> Problems {
    let mut by_cause: BTreeMap<Key<'_>, Vec<Facts<'_>>> = BTreeMap::new();
    let mut nobody = true;
    for facts in rows.inspect(|facts| nobody &= facts.target.alerting.channels.is_empty()).filter(|facts| facts.look.is_problem()) {
        by_cause.entry(key(facts)).or_default().push(facts);
    }
    let mut folded: Vec<_> = by_cause.into_iter().collect();
    for (_, members) in &mut folded {
        members.sort_by(|a, b| b.since.cmp(&a.since).then_with(|| a.target.id.cmp(&b.target.id)));
    }
    let newest = |members: &[Facts<'_>]| members.first().map_or(Timestamp(0), |facts| facts.since);
    folded.sort_by_key(|(_, members)| std::cmp::Reverse(newest(members)));
    let more = folded.len().checked_sub(FOLDS + 1).map(|left| text::count(left + 1));
    Problems { folds: folded.iter().take(FOLDS).map(|(key, members)| one(key, members, now)).collect(), more, nobody }
}

fn one(key: &Key<'_>, members: &[Facts<'_>], now: Timestamp) -> Fold {
    let word = if let Cause::Word(word) = key.cause { Some(word) } else { None };
    let rows: Vec<Row> = members.iter().take(MEMBERS).map(|facts| Row::of(facts, now)).collect();
    let incidents = incidents(members);
    let same = rows.len() > 1 && rows.iter().all(|row| rows.first().is_some_and(|first| first.reason == row.reason));
    Fold {
        key: format!("{key:?}"),
        look: key.look,
        count: text::count(members.len()),
        cause: phrase(key),
        reason: rows.first().filter(|_| same).map(|row| row.reason.clone()),
        rows,
        more: members.len().checked_sub(MEMBERS + 1).map(|left| text::count(left + 1)),
        href: Filter::of_cause(key.look, word).href(),
        since: Moment::of(members.first().map_or(now, |facts| facts.since), now),
        silence: members.first().filter(|_| incidents.is_empty()).map(|facts| told::silence(facts.target, facts.look.status())),
        incidents,
        told: Vec::new(),
    }
}

/// The incidents that these are in, the first few.
fn incidents(members: &[Facts<'_>]) -> Vec<IncidentId> {
    let mut incidents = Vec::new();
    for incident in members.iter().filter_map(|facts| facts.incident) {
        if incidents.len() < INCIDENTS && !incidents.contains(&incident) {
            incidents.push(incident);
        }
    }
    incidents
}

fn key<'a>(facts: Facts<'a>) -> Key<'a> {
    let why = facts.why();
    let silent = |why| Key { look: facts.look, stage: None, cause: Cause::Silence(why), said_by: None };
    match facts.last {
        None => silent("no result yet"),
        Some(_) if facts.is_stale() => silent("stale"),
        Some(_) => match (why.cause, why.warning) {
            (Some(word), _) => Key { look: facts.look, stage: why.stage, cause: Cause::Word(word), said_by: stranger(facts) },
            (None, Some(warning)) => Key { look: facts.look, stage: None, cause: Cause::Warning(quoted(warning)), said_by: None },
            (None, None) => silent("last probe was up"),
        },
    }
}

/// Who said so, when it was not the target itself: then many targets may share him.
fn stranger<'a>(facts: Facts<'a>) -> Option<&'a str> {
    let by = facts.why().said_by?;
    let itself = facts.last?.address.as_deref().is_some_and(|address| address.contains(by));
    (!itself).then_some(by)
}

/// The part between the first two backticks: the expectation that failed.
fn quoted(reason: &str) -> &str {
    reason.split('`').nth(1).unwrap_or("a warning")
}

fn phrase(key: &Key<'_>) -> String {
    let mut said = match key.cause {
        Cause::Word(word) => word.replace('_', " "),
        Cause::Warning(expectation) => format!("`{expectation}`"),
        Cause::Silence(why) => why.to_owned(),
    };
    if let Some(stage) = key.stage {
        said.push_str(" in ");
        said.push_str(&stage.replace('_', " "));
    }
    if let Some(by) = key.said_by {
        said.push_str(", by ");
        said.push_str(by);
    }
    said
}

#[cfg(test)]
mod tests;
