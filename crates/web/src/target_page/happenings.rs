//! What happened to a target, as its page tells it.

use std::time::Duration;

use allswell_model::{AlertKind, ChannelName, Event, EventBody, IncidentId, Timestamp};

use crate::look::Look;
use crate::moment::Moment;
use crate::{text, told};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Happening {
    /// What it was from then on.
    pub(super) look: Look,
    /// The shape beside the word.
    pub(super) shape: &'static str,
    /// The word for it.
    pub(super) word: &'static str,
    /// Since when.
    pub(super) at: Moment,
    /// Why.
    pub(super) reason: String,
    /// What it was before.
    pub(super) before: Option<&'static str>,
    /// How often, and since when, where it was told again and again.
    pub(super) again: Option<Again>,
}

/// The same more than once; the newest is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Again {
    /// How often.
    pub(super) times: usize,
    /// The oldest.
    pub(super) since: Moment,
}

/// The events that are about a target, the newest first, at most so many lines; and how many of the events are in them.
///
/// What an incident tells again and again is one line for each way: it must not push the beginning off the page.
pub(super) fn told(events: &[Event], most: usize, now: Timestamp) -> (Vec<Happening>, usize) {
    let mut lines: Vec<(Option<Repeat<'_>>, Happening)> = Vec::new();
    let mut read = 0;
    for event in events {
        let repeat = repeat(&event.body);
        if let Some((_, known)) = lines.iter_mut().find(|(known, _)| repeat.is_some() && *known == repeat) {
            let times = known.again.as_ref().map_or(1, |again| again.times) + 1;
            known.again = Some(Again { times, since: Moment::of(event.stamp.at, now) });
        } else if lines.len() == most {
            break;
        } else if let Some(happening) = one(event, now) {
            lines.push((repeat, happening));
        }
        read += 1;
    }
    (lines.into_iter().map(|(_, happening)| happening).collect(), read)
}

/// What makes two events the same telling.
type Repeat<'a> = (IncidentId, &'a ChannelName, AlertKind, bool);

fn repeat(body: &EventBody) -> Option<Repeat<'_>> {
    match body {
        EventBody::AlertEnded { incident, channel, kind: kind @ (AlertKind::Reminder | AlertKind::Update), delivered, .. } => {
            Some((*incident, channel, *kind, *delivered))
        }
        _ => None,
    }
}

fn one(event: &Event, now: Timestamp) -> Option<Happening> {
    let plain = |word, reason: &str| Happening {
        look: Look::NotWatched,
        shape: "note",
        word,
        at: Moment::of(event.stamp.at, now),
        reason: reason.to_owned(),
        before: None,
        again: None,
    };
    match &event.body {
        EventBody::Transition(transition) => {
            let look = Look::of(transition.to, &transition.marks);
            let at = Moment::of(transition.since, now);
            Some(Happening {
                look,
                shape: look.code(),
                word: look.word(),
                at,
                reason: transition.reason.clone(),
                before: Some(transition.from.word()),
                again: None,
            })
        }
        EventBody::TargetAdded { .. } => Some(plain("added", "It is watched from here on.")),
        EventBody::TargetRemoved { .. } => Some(plain("removed", "It was no longer watched.")),
        EventBody::IncidentBegan { reason, .. } => Some(plain("incident", reason)),
        EventBody::IncidentEnded { for_ms, targets, .. } => {
            let lasted = text::age(Duration::from_millis(*for_ms));
            let targets = if *targets == 1 { "one target was".to_owned() } else { format!("at most {targets} targets were") };
            Some(plain("over", &format!("The incident lasted {lasted}; {targets} in it.")))
        }
        EventBody::AlertEnded { delivered, channel, kind, attempts, detail, .. } => {
            let tried = if *attempts > 1 { format!(", tried {attempts} times") } else { String::new() };
            let detail = if tried.is_empty() { detail } else { text::embedded(detail) };
            let said = format!("{channel}, {}: {detail}{tried}", told::what(*kind));
            Some(plain(if *delivered { "told" } else { "not told" }, &said))
        }
        EventBody::Started { .. } | EventBody::Stopped | EventBody::ClockJumped { .. } | EventBody::Stalled { .. } => None,
    }
}

#[cfg(test)]
mod tests;
