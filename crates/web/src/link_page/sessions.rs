//! The sessions of a link, the newest first: how long each stood, and of what it died.

use allswell_model::Timestamp;
use allswell_model::link::SessionRecord;

use crate::links::phrase::took;
use crate::look::Look;
use crate::moment::Moment;
use crate::text;

/// One session on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Session {
    /// By which the browser finds it again.
    pub(crate) key: String,
    /// Up while it stands; one that was left in peace is at rest, any other was down.
    pub(crate) look: Look,
    /// `stands`, or the cause of its death.
    pub(crate) word: String,
    /// When it stood.
    pub(crate) began: Moment,
    /// How long, once it ended.
    pub(crate) lasted: Option<String>,
    /// Of what it died.
    pub(crate) sentence: Option<String>,
    /// Who asked for it, and how long it took to stand.
    pub(crate) opened: String,
    /// What it is called in logs.
    pub(crate) id: String,
}

/// The causes that are no fault.
const PEACEFUL: [&str; 4] = ["left", "closed", "paused", "peer_left"];

/// The sessions, ready to be shown.
pub(crate) fn of(sessions: &[SessionRecord], now: Timestamp) -> Vec<Session> {
    sessions.iter().map(|session| one(session, now)).collect()
}

fn one(session: &SessionRecord, now: Timestamp) -> Session {
    let by = if session.initiated { "asked for by us" } else { "asked for by the peer" };
    let after = session.up_after.map(|after| format!(", stood after {}", took(after))).unwrap_or_default();
    Session {
        key: session.id.clone(),
        look: match (session.ended, session.cause) {
            (None, _) => Look::Up,
            (Some(_), Some(cause)) if PEACEFUL.contains(&cause) => Look::Paused,
            (Some(_), _) => Look::Down,
        },
        word: if session.ended.is_none() { "stands".to_owned() } else { session.cause.unwrap_or("ended").replace('_', " ") },
        began: Moment::of(session.began, now),
        lasted: session.ended.map(|ended| text::age(ended.since(session.began))),
        sentence: session.sentence.clone(),
        opened: format!("{by}{after}"),
        id: session.id.clone(),
    }
}

#[cfg(test)]
mod tests;
