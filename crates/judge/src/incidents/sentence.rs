//! The one sentence of an alert: what a person reads who was woken by it.

use std::time::Duration;

use allswell_model::{Incident, Status};

use crate::incidents::called::Called;
use crate::incidents::lasted::lasted;

/// One of the targets, as the sentence names it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct One<'a> {
    pub(crate) called: &'a Called,
    pub(crate) status: Status,
    pub(crate) reason: &'a str,
    /// The reason says of whom it is and how that is: it is all that need be said of one target.
    pub(crate) stands_alone: bool,
}

/// What became of the last that was in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Became {
    /// It is in no trouble, or in another.
    Turned(Status),
    /// It was up, and is in the same trouble anew.
    Again,
    /// It is no longer watched.
    Removed,
    /// Its policy asks to tell nobody of it.
    Silenced,
    /// Its policy asks to tell others of it.
    Rerouted,
}

/// How many targets are in it, and how many of those are in another status by now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Count {
    pub(crate) targets: u64,
    pub(crate) eased: u64,
}

pub(crate) fn firing(incident: &Incident, count: Count, first: One<'_>) -> String {
    whole(&lead(incident, count, first))
}

pub(crate) fn update(incident: &Incident, count: Count, first: One<'_>) -> String {
    whole(&format!("Now {}", lead(incident, count, first)))
}

pub(crate) fn reminder(incident: &Incident, count: Count, first: One<'_>, since: Duration) -> String {
    whole(&format!("Still after {}: {}", lasted(since), lead(incident, count, first)))
}

/// `last` is the last that was in it.
pub(crate) fn resolved(most: u64, last: &Called, became: Became, after: Duration) -> String {
    let became = match became {
        Became::Turned(Status::Up) => "is up again",
        Became::Turned(Status::Degraded) => "answers again, but is degraded",
        Became::Turned(Status::Down) => "is down now",
        Became::Turned(Status::Unknown) => "is unknown now",
        Became::Turned(Status::Paused) => "is paused",
        Became::Again => "was up again, but is in trouble anew",
        Became::Removed => "is watched no longer",
        Became::Silenced => "is not over, but nobody is to be told of it any more",
        Became::Rerouted => "is not over, but others are told of it from now on",
    };
    let after = lasted(after);
    match most {
        0 | 1 => format!("Over after {after}: {last} {became}."),
        _ => format!("Over after {after} for {} targets: the last, {last}, {became}.", set_apart(most)),
    }
}

fn lead(incident: &Incident, count: Count, first: One<'_>) -> String {
    let name = first.called;
    if count.targets == 1 && first.stands_alone && first.status == incident.status {
        return first.reason.to_owned();
    }
    if count.targets == 1 {
        let was = if first.status == incident.status { String::new() } else { format!(", which was {},", incident.status) };
        return format!("{name}{was} is {}: {}", first.status, first.reason);
    }
    format!("{}{}, first {name}: {}", how_many(incident.status, count), common(incident), first.reason)
}

fn how_many(status: Status, Count { targets, eased }: Count) -> String {
    let all = set_apart(targets);
    match targets.saturating_sub(eased) {
        _ if eased == 0 => format!("{all} targets are {status}"),
        0 => format!("{all} targets were {status} and are not up again"),
        left => format!("{} of {all} targets are {status}, the others not up again", set_apart(left)),
    }
}

/// What the targets have in common beside their status: ` (timed out in resolve, by 10.0.0.2)`.
fn common(incident: &Incident) -> String {
    let Some(cause) = &incident.cause else { return String::new() };
    let stage = incident.stage.as_ref().map(|stage| format!(" in {}", spaced(stage))).unwrap_or_default();
    let by = incident.said_by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
    format!(" ({}{stage}{by})", spaced(cause))
}

fn spaced(word: &str) -> String {
    word.replace('_', " ")
}

/// It ends as a sentence does, whatever the reason ended with.
fn whole(text: &str) -> String {
    let text = text.trim_end();
    if text.ends_with(['.', '!', '?']) { text.to_owned() } else { format!("{text}.") }
}

/// A number with its thousands set apart: `9,992`.
fn set_apart(n: u64) -> String {
    let (thousands, rest) = (n / 1000, n % 1000);
    if thousands == 0 { rest.to_string() } else { format!("{},{rest:03}", set_apart(thousands)) }
}

#[cfg(test)]
mod tests;
