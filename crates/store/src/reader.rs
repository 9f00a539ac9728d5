//! The many readers: the board in memory, events and results from the file.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use allswell_model::{Incident, IncidentId, Pending, Seq, Stamp, TargetId};

use crate::board::Board;
use crate::change::{self, Change};
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::events::{self, EventPage, TargetEvents};
use crate::history::{self, Kept};
use crate::incidents;
use crate::outbox::{self, Told};
use crate::shared::Shared;
use crate::standing::Recovered;

/// Reads what was committed. Clones are cheap; each call that reads the file uses a connection of its own, so that no reader
/// waits for the writer, nor the writer for a reader.
#[derive(Clone)]
pub struct Reader {
    pub(crate) shared: Arc<Shared>,
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
        events::after(&self.shared, after, limit)
    }

    /// The events of a target, the newest first; those before a cursor where one is given.
    ///
    /// # Errors
    /// [`ReadError::ForeignCursor`] for a cursor of another store, else when the file cannot be read.
    pub fn events_of(&self, target: &TargetId, before: Option<Cursor>, limit: usize) -> Result<TargetEvents, ReadError> {
        events::of(&self.shared, target, before, limit)
    }

    /// The cursor after the entry with this stamp, which this store gave.
    #[must_use]
    pub fn cursor_of(&self, stamp: &Stamp) -> Cursor {
        self.shared.cursor(stamp.seq.0)
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

    /// What a target's newest trouble began with: the last good result before it, and its first bad one.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn last_change(&self, target: &TargetId) -> Result<Change, ReadError> {
        change::last(&self.shared, target)
    }

    /// Calls `wake` after every batch, also one that the disk refused, until the subscription is dropped. It runs on the writer's thread: it must not block.
    /// Wake-ups may merge; the cursor tells what is new.
    pub fn on_commit(&self, wake: Box<dyn Fn() + Send + Sync>) -> Subscription {
        Subscription { shared: Arc::clone(&self.shared), number: self.shared.wakers.add(wake.into()) }
    }

    /// The alerts that wait to be sent, the oldest first: those that were committed, and while the disk refuses also those that were
    /// not. They come from memory.
    #[must_use]
    pub fn waiting(&self) -> Vec<Pending> {
        self.shared.outbox().waiting()
    }

    /// The incidents that last, the oldest first, for the judge; they are those of [`Board::incidents`].
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_incidents(&self) -> Result<Vec<Incident>, ReadError> {
        Ok(self.board(|board| board.incidents.values().map(|incident| Incident::clone(incident)).collect()))
    }

    /// So many incidents of those that ended, the last one first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn ended_incidents(&self, limit: usize) -> Result<Vec<Incident>, ReadError> {
        if !self.shared.source.layout.has_incidents() {
            return Ok(Vec::new());
        }
        self.shared.with_connection(|connection| incidents::ended(connection, limit))
    }

    /// All alerts about an incident and what became of them, in the order in which they were decided. They go with the age at which
    /// roll-ups of an hour go.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn alerts_of(&self, incident: IncidentId) -> Result<Vec<Told>, ReadError> {
        // Taken first: what is written meanwhile is found in the file.
        let unwritten = self.shared.outbox().unwritten_of(incident);
        if !self.shared.source.layout.has_incidents() {
            return Ok(Vec::new());
        }
        let mut told: BTreeMap<u64, Told> =
            self.shared.with_connection(|connection| outbox::rows::of(connection, incident))?.into_iter().collect();
        for (place, newer) in unwritten {
            if told.get(&place).is_none_or(|known| known.is_older_than(&newer)) {
                told.insert(place, newer);
            }
        }
        Ok(told.into_values().collect())
    }

    /// How many bytes the store takes on the disk: its file, and what was written and is not yet in it. It asks the disk.
    #[must_use]
    pub fn size(&self) -> u64 {
        let of = |path: &Path| std::fs::metadata(path).map_or(0, |found| found.len());
        let mut log = self.shared.source.path.clone().into_os_string();
        log.push("-wal");
        of(&self.shared.source.path) + of(Path::new(&log))
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

#[cfg(test)]
mod tests;
