//! Targets that nobody watches any more: once all that they left is in the file the memory forgets them, and once retention has taken
//! that, so does the file.

use allswell_model::Timestamp;
use rusqlite::{Transaction, params};

use crate::error::WriteError;
use crate::index::NO_KEY;
use crate::keep::Keep;
use crate::retention;
use crate::roll;
use crate::rows::Rows;
use crate::writer::Writer;

/// So many targets fall asleep in one call at most: 768 a minute, where ten thousand new ids a day are seven.
const LOOKS: usize = 64;

impl Writer {
    /// Takes targets out of the memory that are not watched, whose results are all in blocks, and whose hours are all rolled up.
    pub(crate) fn rest(&mut self, now: Timestamp) -> Result<(), WriteError> {
        // What waits for the disk names its target by its place in memory.
        if !self.waiting.is_empty() {
            return Ok(());
        }
        let (mut tired, mut looks) = (Vec::new(), 0);
        for _ in 0..self.slots.len() {
            if looks >= LOOKS {
                break;
            }
            self.dozed = (self.dozed + 1) % self.slots.len();
            if let Some((key, rolled)) = self.idle(self.dozed, now) {
                looks += 1;
                if roll::next_with_results(&self.connection, key, &Rows::default(), rolled)?.is_none() {
                    tired.push((self.dozed, key));
                }
            }
        }
        if tired.is_empty() { Ok(()) } else { self.fall_asleep(&tired) }
    }

    /// The key of a target with which nothing happens, and until when it is rolled up.
    fn idle(&self, slot: usize, now: Timestamp) -> Option<(i64, i64)> {
        let own = self.slots.get(slot).filter(|own| !own.watched && !own.ready)?;
        let index = self.shared.index();
        let known = index.entries.get(slot).filter(|known| known.key != NO_KEY && known.chunk.len() == 0)?;
        (!self.is_due(slot, now)).then_some((known.key, own.rolled))
    }

    fn fall_asleep(&mut self, tired: &[(usize, i64)]) -> Result<(), WriteError> {
        let transaction = self.connection.transaction()?;
        let mut update = transaction.prepare_cached("UPDATE targets SET asleep = 1 WHERE key = ?1")?;
        tired.iter().try_for_each(|(_, key)| update.execute([key]).map(drop))?;
        drop(update);
        // Numbers are never given twice: what is looked through for the last one at the next start is what is awake.
        retention::remember(&transaction, "pruned_seq", Some((self.next_seq - 1) as i64))?;
        transaction.commit()?;
        self.sync.committed(tired.len() * 512);
        let mut index = self.shared.index_mut();
        for (slot, _) in tired {
            index.remove(*slot);
            if let Some(own) = self.slots.get_mut(*slot) {
                own.encoder = crate::chunk::Encoder::default();
                own.keep = Keep::default();
                // Nothing is ever due in an empty place.
                own.rolled = i64::MAX;
            }
        }
        Ok(())
    }
}

/// Deletes a target that sleeps and of which nothing is left.
pub(crate) fn forget(transaction: &Transaction<'_>, key: i64) -> rusqlite::Result<bool> {
    let mut delete = transaction.prepare_cached(
        "DELETE FROM targets WHERE key = ?1 AND asleep = 1 AND NOT EXISTS (SELECT 1 FROM blocks WHERE target = ?1)
             AND NOT EXISTS (SELECT 1 FROM rollups WHERE target = ?1) AND NOT EXISTS (SELECT 1 FROM events WHERE target = ?1)",
    )?;
    Ok(delete.execute(params![key])? > 0)
}

#[cfg(test)]
mod tests;
