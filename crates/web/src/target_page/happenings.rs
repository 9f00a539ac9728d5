//! What happened to a target, as its page tells it.

use allswell_model::{Event, EventBody, Timestamp};

use crate::look::Look;
use crate::moment::Moment;

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
            Some(Happening { look, shape: look.code(), word: look.word(), at, reason: transition.reason.clone(), before: Some(transition.from.word()) })
        }
        EventBody::TargetAdded { .. } => Some(plain("added", "It is watched from here on.")),
        EventBody::TargetRemoved { .. } => Some(plain("removed", "It was no longer watched.")),
        EventBody::IncidentBegan { reason, .. } => Some(plain("incident", reason)),
        EventBody::IncidentEnded { .. } => Some(plain("ended", "The incident has ended.")),
        EventBody::AlertEnded { delivered, channel, detail, .. } => {
            Some(plain(if *delivered { "told" } else { "not told" }, &format!("{channel}: {detail}")))
        }
        EventBody::Started { .. } | EventBody::Stopped | EventBody::ClockJumped { .. } | EventBody::Stalled { .. } => None,
    }
}
