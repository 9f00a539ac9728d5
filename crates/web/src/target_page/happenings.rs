//! What happened to a target, as its page tells it.

use std::time::Duration;

use allswell_model::{Event, EventBody, Timestamp};

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
}

/// The events that are about a target.
pub(super) fn told(events: &[Event], now: Timestamp) -> Vec<Happening> {
    events.iter().filter_map(|event| one(event, now)).collect()
}

fn one(event: &Event, now: Timestamp) -> Option<Happening> {
    let plain = |word, reason: &str| Happening {
        look: Look::NotWatched,
        shape: "note",
        word,
        at: Moment::of(event.stamp.at, now),
        reason: reason.to_owned(),
        before: None,
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
            let said = format!("{channel}, {}: {detail}{tried}", told::what(*kind));
            Some(plain(if *delivered { "told" } else { "not told" }, &said))
        }
        EventBody::Started { .. } | EventBody::Stopped | EventBody::ClockJumped { .. } | EventBody::Stalled { .. } => None,
    }
}

#[cfg(test)]
mod tests;
