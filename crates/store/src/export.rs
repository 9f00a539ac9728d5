//! The history, piece by piece: results, events and roll-ups as iterators that hold little of it in memory at any moment.

use std::collections::VecDeque;

use allswell_model::{TargetId, Timestamp};

use crate::error::ReadError;
use crate::reader::Reader;

mod events;
mod results;
mod rollups;

pub use events::ExportedEvents;
pub use results::ExportedResults;
pub use rollups::{ExportedRollups, Rolled};

/// What is to be exported: of which targets, from when to when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// These, in the order in which they stand here; one that the store does not know has nothing. `None`: all that it ever knew and
    /// has not let go, in the order of their ids.
    pub targets: Option<Vec<TargetId>>,
    /// From here on; what began then is in it.
    pub from: Timestamp,
    /// Up to here; what began then is not in it.
    pub to: Timestamp,
}

/// So many ids are read at once.
const IDS: usize = 256;

/// The targets of a stretch, one after the other.
struct Targets {
    reader: Reader,
    page: VecDeque<TargetId>,
    /// Ask for more after this one; `None` at the end.
    after: Option<Option<TargetId>>,
}

impl Targets {
    fn new(reader: &Reader, wanted: Option<Vec<TargetId>>) -> Self {
        let after = if wanted.is_none() { Some(None) } else { None };
        Self { reader: reader.clone(), page: wanted.unwrap_or_default().into(), after }
    }

    fn next(&mut self) -> Result<Option<TargetId>, ReadError> {
        if self.page.is_empty()
            && let Some(after) = self.after.take()
        {
            self.page = self.reader.known_targets(after.as_ref(), IDS)?.into();
            self.after = self.page.back().map(|last| Some(last.clone()));
        }
        Ok(self.page.pop_front())
    }
}

/// Pieces of something, and the items of the newest piece.
struct Pieces<T> {
    ready: VecDeque<T>,
    ended: bool,
}

impl<T> Pieces<T> {
    fn new() -> Self {
        Self { ready: VecDeque::new(), ended: false }
    }

    /// The next item. `fill` reads the next piece, which may be empty, and tells whether there was one.
    fn next(&mut self, mut fill: impl FnMut(&mut VecDeque<T>) -> Result<bool, ReadError>) -> Option<Result<T, ReadError>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Some(Ok(item));
            }
            if self.ended {
                return None;
            }
            match fill(&mut self.ready) {
                Ok(more) => self.ended = !more,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            }
        }
    }
}

impl Reader {
    /// Single results, target by target, of each the oldest first. It ends after its first error.
    #[must_use]
    pub fn export_results(&self, of: Stretch) -> ExportedResults {
        ExportedResults::new(self, of)
    }

    /// The log in its order; with targets only what is about them. It ends after its first error.
    #[must_use]
    pub fn export_events(&self, of: Stretch) -> ExportedEvents {
        ExportedEvents::new(self, of)
    }

    /// Roll-ups that begin in the stretch, target by target, of each the oldest first. Where no probe began there is none. It ends
    /// after its first error.
    #[must_use]
    pub fn export_rollups(&self, span: crate::Span, of: Stretch) -> ExportedRollups {
        ExportedRollups::new(self, span, of)
    }

    /// The ids of targets that the store knows, in their order, those after one that is given; also of those that nobody watches any more.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn known_targets(&self, after: Option<&TargetId>, limit: usize) -> Result<Vec<TargetId>, ReadError> {
        self.shared.with_connection(|connection| {
            let mut query = connection.prepare_cached("SELECT id FROM targets WHERE id > ?1 ORDER BY id LIMIT ?2")?;
            let mut rows = query.query((after.map_or("", TargetId::as_str), i64::try_from(limit).unwrap_or(i64::MAX)))?;
            let mut ids = Vec::new();
            while let Some(row) = rows.next()? {
                let id = row.get_ref(0)?.as_str().unwrap_or_default();
                ids.push(TargetId::new(id).map_err(|error| ReadError::Corrupt(format!("a target: {error}")))?);
            }
            Ok(ids)
        })
    }
}

#[cfg(test)]
mod tests;
