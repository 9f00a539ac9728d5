//! Who was told of an incident: by which way, how long ago, and whether it arrived. And of what nobody is told, why not.

use allswell_model::{AlertKind, ChannelName, Sent, Status, Target, Timestamp};
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
    /// How often it told that, where more than once.
    pub(crate) times: Option<String>,
    /// When it was told, or decided where it was not; the last time.
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

/// What became of the alerts of an incident, the newest first; those that went the same way and told the same are one line.
pub(crate) fn lines(told: &[Told], now: Timestamp) -> Vec<Line> {
    folds(told).iter().map(|fold| line(fold, now)).collect()
}

/// By each way the newest alert, or the one that is being tried; in the ways' order of use.
pub(crate) fn newest(told: &[Told], now: Timestamp) -> Vec<Line> {
    let folds = folds(told);
    let mut channels: Vec<&ChannelName> = Vec::new();
    for one in told {
        if !channels.contains(&&one.alert.channel) {
            channels.push(&one.alert.channel);
        }
    }
    let of_channel = |channel: &ChannelName| {
        let all = || folds.iter().filter(|fold| fold.told.alert.channel == *channel);
        all().find(|fold| waits(fold.told)).or_else(|| all().next())
    };
    channels.into_iter().filter_map(of_channel).map(|fold| line(fold, now)).collect()
}

/// Alerts of one way that are told in one line.
struct Fold<'a> {
    /// The newest; of those that wait the oldest, for that one is being tried.
    told: &'a Told,
    /// How many they are.
    times: usize,
}

fn folds(told: &[Told]) -> Vec<Fold<'_>> {
    let mut folds: Vec<Fold<'_>> = Vec::new();
    for one in told.iter().rev() {
        match folds.iter_mut().find(|fold| are_alike(fold.told, one)) {
            Some(fold) => {
                fold.times += 1;
                fold.told = if waits(one) { one } else { fold.told };
            }
            None => folds.push(Fold { told: one, times: 1 }),
        }
    }
    folds
}

fn are_alike(a: &Told, b: &Told) -> bool {
    let ended = |told: &Told| (!waits(told)).then_some((told.ended, told.alert.kind));
    a.alert.channel == b.alert.channel && ended(a) == ended(b)
}

/// Whether it has neither arrived nor been given up.
fn waits(told: &Told) -> bool {
    matches!(told.ended, None | Some(Sent::Again(_)))
}

fn line(fold: &Fold<'_>, now: Timestamp) -> Line {
    let told = fold.told;
    let state = match told.ended {
        Some(Sent::Delivered) => State::Told,
        Some(Sent::GivenUp) => State::NotTold,
        Some(Sent::Again(_)) => State::Failing,
        None => State::Telling,
    };
    let at = told.at.filter(|_| state == State::Told).unwrap_or(told.alert.decided);
    let detail = detail(told, state, now);
    Line {
        state,
        channel: told.alert.channel.to_string(),
        what: what(told.alert.kind),
        times: (fold.times > 1 && !waits(told)).then(|| text::count(fold.times)),
        at: Moment::of(at, now),
        detail: if waits(told) { detail + &behind(fold.times - 1) } else { detail },
    }
}

/// The alerts of one incident go one after the other.
fn behind(others: usize) -> String {
    match others {
        0 => String::new(),
        1 => "; one more waits behind it".to_owned(),
        n => format!("; {} more wait behind it", text::count(n)),
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
    let said = text::embedded(&told.detail);
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
    } else if alerting.on.contains(&status) && target.protocol == "link" {
        // Which node that is changes, and each knows only of itself whether it tells.
        format!("not told from here: {} must last before it wakes anybody, and the first node that sees it tells of it", status.word())
    } else if alerting.on.contains(&status) {
        format!("not told yet: {} must last before it wakes anybody", status.word())
    } else {
        format!("not told: `alert_on` leaves out {}", status.word())
    }
}

#[cfg(test)]
mod tests;
