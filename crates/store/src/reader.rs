//! The many readers: the board in memory, events and results from the file.

use std::sync::Arc;

use allswell_model::{Event, Seq, TargetId, Timestamp};
use rusqlite::Connection;

use crate::board::Board;
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::history::{self, Kept};
use crate::shared::Shared;
use crate::standing::Recovered;

/// Reads what was committed. Clones are cheap; each call that reads the file uses a connection of its own, so that no reader
/// waits for the writer, nor the writer for a reader.
#[derive(Clone)]
pub struct Reader {
    pub(crate) shared: Arc<Shared>,
}

/// Events after a cursor, in their order.
#[derive(Debug, Clone, PartialEq)]
pub struct EventPage {
    /// The oldest first.
    pub events: Vec<Event>,
    /// Ask with this one next.
    pub next: Cursor,
    /// Whether there are more already.
    pub more: bool,
    /// Events between the cursor that was given and the first one here are gone: retention took them.
    pub gap: bool,
}

/// Results of a target, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ResultPage {
    /// The newest first.
    pub results: Vec<Kept>,
    /// Ask with this one for older results; `None` when there are none.
    pub next: Option<Cursor>,
}

/// Takes part in the wake-ups for as long as it lives.
#[must_use = "dropping it ends the wake-ups"]
pub struct Subscription {
    shared: Arc<Shared>,
    number: u64,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.shared.wakers.remove(self.number);
    }
}

impl Reader {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Looks at the board of this moment. No lock is held while `look` runs.
    pub fn board<R>(&self, look: impl FnOnce(&Board) -> R) -> R {
        look(&self.shared.board())
    }

    /// The events after a cursor. A follower that always asks with the `next` it got sees every event, once.
    ///
    /// # Errors
    /// [`ReadError::ForeignCursor`] for a cursor of another store, else when the file cannot be read.
    pub fn events(&self, after: Cursor, limit: usize) -> Result<EventPage, ReadError> {
        let after_seq = self.shared.place(after)?;
        let (mut events, pruned) = self.shared.with_connection(|connection| {
            Ok((self.read_events(connection, after_seq, limit.saturating_add(1))?, pruned(connection)?))
        })?;
        let more = events.len() > limit;
        events.truncate(limit);
        let next = events.last().map_or(after, |event| self.shared.cursor(event.stamp.seq.0));
        Ok(EventPage { events, next, more, gap: after != Cursor::START && after_seq < pruned })
    }

    fn read_events(&self, connection: &Connection, after: u64, limit: usize) -> Result<Vec<Event>, ReadError> {
        let mut query = connection.prepare_cached("SELECT seq, at_us, body FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = query.query([after as i64, i64::try_from(limit).unwrap_or(i64::MAX)])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            let body = row.get_ref(2)?.as_str().unwrap_or_default();
            let body = serde_json::from_str(body).map_err(|error| ReadError::Corrupt(format!("an event: {error}")))?;
            let stamp = self.shared.stamp(row.get::<_, i64>(0)? as u64, Timestamp(row.get(1)?))?;
            events.push(Event { stamp, body });
        }
        Ok(events)
    }

    /// Results of a target, the newest first; those before a cursor where one is given.
    ///
    /// # Errors
    /// [`ReadError::ForeignCursor`] for a cursor of another store, else when the file cannot be read.
    pub fn results(&self, target: &TargetId, before: Option<Cursor>, limit: usize) -> Result<ResultPage, ReadError> {
        let before = match before {
            Some(before) => self.shared.place(before)?,
            None => u64::MAX,
        };
        let mut results = history::results(&self.shared, target, before, limit.saturating_add(1))?;
        let more = results.len() > limit;
        results.truncate(limit);
        let next = results.last().filter(|_| more).map(|kept| self.shared.cursor(kept.stamp.seq.0));
        Ok(ResultPage { results, next })
    }

    /// Calls `wake` after every commit, until the subscription is dropped. It runs on the writer's thread: it must not block.
    /// Wake-ups may merge; the cursor tells what is new.
    pub fn on_commit(&self, wake: Box<dyn Fn() + Send + Sync>) -> Subscription {
        Subscription { shared: Arc::clone(&self.shared), number: self.shared.wakers.add(wake.into()) }
    }

    /// The cursor after the newest entry.
    #[must_use]
    pub fn newest(&self) -> Cursor {
        match self.shared.newest() {
            Seq(0) => Cursor::START,
            Seq(seq) => self.shared.cursor(seq),
        }
    }

    /// How a target stood when the file was last written, for the judge; `None` when it was never judged.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn standing(&self, target: &TargetId) -> Result<Option<Recovered>, ReadError> {
        history::recovered(&self.shared, target)
    }
}

/// The newest entry that retention took.
fn pruned(connection: &Connection) -> Result<u64, ReadError> {
    let mut query = connection.prepare_cached("SELECT coalesce((SELECT value FROM meta WHERE name = 'pruned_event_seq'), 0)")?;
    Ok(query.query_row([], |row| row.get::<_, i64>(0))? as u64)
}

#[cfg(test)]
mod tests;
