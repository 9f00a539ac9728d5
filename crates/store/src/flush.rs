//! The writer's end, and how the disk is made to hold what was committed.

use std::path::Path;
use std::time::Duration;

use allswell_model::Timestamp;
use rusqlite::params;

use crate::error::WriteError;
use crate::identity::Identity;
use crate::schema;
use crate::writer::Writer;

/// What was lost before the start is said for so long: whoever looks once a day has seen it then.
const SAID_FOR: Duration = Duration::from_secs(24 * 60 * 60);

impl Writer {
    /// Ends the boot in order: what waits is written, and everything is on the disk, in the one file. Dropping the writer instead loses
    /// nothing that was committed.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses, or the file was deleted or replaced.
    pub fn close(mut self, now: Timestamp) -> Result<(), WriteError> {
        self.look_after_file()?;
        self.append(crate::Batch::default(), now)?;
        self.connection
            .execute("UPDATE boots SET last_us = max(last_us, ?1) WHERE boot = (SELECT max(boot) FROM boots)", params![now.0])?;
        // A reader that is in the middle of something does not hold up the end: the log stays behind then, and is read at the next start.
        self.connection.busy_timeout(std::time::Duration::from_millis(200))?;
        self.flush()
    }

    /// Returns when the disk holds all that was committed. Nobody needs it for safety: commits reach the disk within a second by themselves.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses.
    pub fn flush(&mut self) -> Result<(), WriteError> {
        self.connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Roll-ups, retention, and letting targets go from memory that nobody watches: bounded work, to be called every few seconds. It also looks whether the file is still there.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses, or the file was deleted or replaced.
    pub fn maintain(&mut self, now: Timestamp) -> Result<(), WriteError> {
        self.shared.hear(now);
        self.look_after_file()?;
        if now.since(self.opened) > SAID_FOR {
            self.shared.change_board(|board| board.lost = None);
        }
        self.roll(now)?;
        self.rest(now)?;
        self.prune(now)
    }

    /// SQLite itself writes on into a file that has no name any more, and says nothing.
    fn look_after_file(&mut self) -> Result<(), WriteError> {
        let path = &self.shared.source.path;
        let left = |identity: Option<Identity>, path: &Path| identity.is_some_and(|identity| identity.left(path));
        self.gone |= left(self.identity, path) || left(self.log, &schema::log_of(path));
        let there = self.still_there();
        if let Err(error) = &there {
            self.shared.change_board(|board| board.unwritable = Some(error.to_string()));
        }
        there
    }

    /// Whether what is written now will be found at the next start, as far as is known.
    pub(crate) fn still_there(&self) -> Result<(), WriteError> {
        if self.gone { Err(WriteError::Gone(self.shared.source.path.clone())) } else { Ok(()) }
    }
}
