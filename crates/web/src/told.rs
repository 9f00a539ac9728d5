//! Who was told of an incident: by which way, how long ago, and whether it arrived. And of what nobody is told, why not.

use allswell_model::{AlertKind, Sent, Status, Target, Timestamp};
use allswell_store::Told;

use crate::moment::Moment;
use crate::text;

/// What became of one alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// How it went.
    pub(crate) state: State,
    /// The way it was sent.
    pub(crate) channel: String,
    /// What it told: that it began, grew, lasts or ended.
    pub(crate) what: &'static str,
    /// When it was told, or decided where it was not.
    pub(crate) at: Moment,
    /// What the other side said, or why it failed; after how many attempts, where that matters.
    pub(crate) detail: String,
}

impl Line {
    /// Whether the other side took it.
    pub(crate) fn arrived(&self) -> bool {
        self.state == State::Told
    }
}

/// How the telling went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The other side took it.
    Told,
    /// It is on its way for the first time.
    Telling,
    /// It failed, and is tried again.
    Failing,
    /// It failed for good.
    NotTold,
}

impl State {
    /// As people read it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Told => "told",
            Self::Telling => "being told",
            Self::Failing => "not told yet",
            Self::NotTold => "not told",
        }
    }

    /// The look that it has.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Told => "up",
            Self::Telling => "paused",
            Self::Failing => "degraded",
            Self::NotTold => "down",
        }
    }

    /// The shape beside it.
    pub(crate) fn shape(self) -> &'static str {
        match self {
            Self::Told => "up",
            Self::Telling => "note",
            Self::Failing => "degraded",
            Self::NotTold => "down",
        }
    }
}

/// The alerts of an incident, the newest first.
pub(crate) fn lines(told: &[Told], now: Timestamp) -> Vec<Line> {
    told.iter().rev().map(|told| line(told, now)).collect()
}

/// The newest alert of each way, in the ways' order of use.
pub(crate) fn newest(told: &[Told], now: Timestamp) -> Vec<Line> {
    let mut newest: Vec<&Told> = Vec::new();
    for one in told {
        match newest.iter_mut().find(|known| known.alert.channel == one.alert.channel) {
            Some(known) => *known = one,
            None => newest.push(one),
        }
    }
    newest.into_iter().map(|told| line(told, now)).collect()
}

fn line(told: &Told, now: Timestamp) -> Line {
    let state = match told.ended {
        Some(Sent::Delivered) => State::Told,
        Some(Sent::GivenUp) => State::NotTold,
        Some(Sent::Again(_)) => State::Failing,
        None => State::Telling,
    };
    let at = told.at.filter(|_| state == State::Told).unwrap_or(told.alert.decided);
    Line {
        state,
        channel: told.alert.channel.to_string(),
        what: what(told.alert.kind),
        at: Moment::of(at, now),
        detail: detail(told, state, now),
    }
}

/// What such an alert tells.
pub(crate) fn what(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::Firing => "that it began",
        AlertKind::Update => "that it grew",
        AlertKind::Reminder => "that it lasts",
        AlertKind::Resolved => "that it ended",
    }
}

fn detail(told: &Told, state: State, now: Timestamp) -> String {
    let tried = match told.attempts {
        1 => "tried once".to_owned(),
        n => format!("tried {n} times"),
    };
    let said = told.detail.trim_end_matches('.');
    match (state, told.ended) {
        (State::Telling, _) => "on its way".to_owned(),
        (State::Told, _) if told.attempts > 1 => format!("{said}, {tried}"),
        (State::Told, _) => said.to_owned(),
        (State::Failing, Some(Sent::Again(due))) if due > now => {
            format!("{said}; {tried}, again in {}", text::age(due.since(now)))
        }
        (State::Failing, _) => format!("{said}; {tried}, again now"),
        (State::NotTold, _) => format!("{said}; {tried}, given up"),
    }
}

/// Why nobody is told of a target that is so, where it is in no incident.
pub(crate) fn silence(target: &Target, status: Status) -> String {
    let alerting = &target.alerting;
    if alerting.channels.is_empty() {
        "not told: nobody is named in its `alert`".to_owned()
    } else if alerting.on.contains(&status) {
        format!("not told yet: {} must last before it wakes anybody", status.word())
    } else {
        format!("not told: `alert_on` leaves out {}", status.word())
    }
}

#[cfg(test)]
mod tests;
