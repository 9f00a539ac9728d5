//! From chunks to blocks: when a chunk is long enough, or has been open for too long.

use std::time::Duration;

use allswell_model::{TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::block;
use crate::commit::Block;
use crate::error::WriteError;
use crate::rows::Rows;
use crate::slot::{Sealed, still_open};
use crate::varint;
use crate::writer::Writer;

/// So many results make a target's first block, and so many any block at most: more compress little better, and take memory until then.
const FULL: usize = 240;
const MOST: usize = 300;

/// What a page of the file holds of blocks, with a little left over for blocks that come out larger than the one before.
const PAGE: usize = 4061 * 95 / 100;

/// What a block takes in its page beside its own bytes.
const BESIDE: usize = 40;

/// A chunk as large as this is sealed however few results it has.
pub(crate) const LARGE: usize = 64 * 1024;

/// A chunk that has been open for so long is sealed however short it is, for its entries keep the tail from being
/// shortened. A short one is joined to the target's last block.
const OPEN_FOR: Duration = Duration::from_secs(300);

/// Blocks are not joined over more time than this: retention takes whole blocks.
const LONGEST_SPAN_US: i64 = 86_400_000_000;

/// The length of a target's first block: they differ, so that ten thousand targets that were added together are not sealed together.
pub(crate) fn first_full(id: &TargetId) -> usize {
    let spread = varint::crc(id.as_str().as_bytes()) as usize % (FULL / 2);
    FULL / 2 + spread
}

impl Writer {
    /// Makes blocks of what is ready. The work is bounded by what the batch brings, with something over to catch up.
    pub(crate) fn seal(&mut self, results: usize, now: Timestamp) -> Vec<Sealed> {
        let most = 4 + results / (FULL / 4);
        let mut sealed = Vec::new();
        for slot in self.due(most, now) {
            match self.seal_one(slot) {
                Ok(Some(one)) => sealed.push(one),
                Ok(None) => {}
                // The chunk stays; it is tried again when it has grown or aged.
                Err(error) => tracing::warn!(%error, "results could not be made a block"),
            }
        }
        sealed
    }

    fn due(&mut self, most: usize, now: Timestamp) -> Vec<usize> {
        let mut due = Vec::new();
        while due.len() < most
            && let Some(slot) = self.ready.pop_front()
        {
            due.push(slot);
        }
        let index = self.shared.index();
        for (first, slot) in &self.begun {
            let Some(known) = index.entries.get(*slot).filter(|_| due.len() < most) else { break };
            if still_open(&index, *first, *slot) && !self.slots.get(*slot).is_some_and(|slot| slot.ready) {
                if now.since(known.chunk.opened()) < OPEN_FOR {
                    break;
                }
                due.push(*slot);
            }
        }
        due
    }

    fn seal_one(&mut self, slot: usize) -> Result<Option<Sealed>, WriteError> {
        let index = self.shared.index();
        let (Some(known), Some(own)) = (index.entries.get(slot), self.slots.get_mut(slot)) else { return Ok(None) };
        own.ready = false;
        let mut rows = known.chunk.rows()?;
        if let Some(last) = own.keep.compact() {
            rows.make_last_whole(last);
        }
        let key = known.key;
        drop(index);
        let (replaces, rows) = joined(&self.connection, key, rows)?;
        let (Some(first), Some(last)) = (rows.places.first(), rows.places.last()) else { return Ok(None) };
        own.encoder.reset();
        let data = block::encode(&rows);
        own.full = next_full(rows.len(), data.len());
        let block = Block { replaces, target: key, first: first.seq, last: last.seq, span: rows.span(), count: rows.len(), data };
        Ok(Some(Sealed { slot, block }))
    }
}

/// How many results the target's next block shall have, after one of so many in so many bytes: as many as fill a page, a half, a quarter
/// or an eighth of it. Blocks of any size would leave a quarter of the file empty.
fn next_full(results: usize, bytes: usize) -> usize {
    let sizes = [PAGE, PAGE / 2, PAGE / 4, PAGE / 8];
    let counts = sizes.map(|size| size.saturating_sub(BESIDE) * results / bytes.max(1));
    counts.into_iter().find(|count| *count <= MOST).unwrap_or(MOST).max(FULL / 4)
}

/// Short rows are joined to the target's last block where both together are one.
fn joined(connection: &Connection, key: i64, rows: Rows) -> Result<(Option<i64>, Rows), WriteError> {
    if rows.len() > FULL / 2 {
        return Ok((None, rows));
    }
    let mut last = connection
        .prepare_cached("SELECT id, count, min_us, max_us, length(data) FROM blocks WHERE target = ?1 ORDER BY last_seq DESC LIMIT 1")?;
    let last: Option<(i64, i64, i64, i64, i64)> =
        last.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))).optional()?;
    let Some((id, count, from, to, size)) = last else { return Ok((None, rows)) };
    let (first, last) = rows.span();
    let span = last.max(to).saturating_sub(first.min(from));
    if count + rows.len() as i64 > FULL as i64 || span > LONGEST_SPAN_US || size > LARGE as i64 {
        return Ok((None, rows));
    }
    let data: Vec<u8> = connection.prepare_cached("SELECT data FROM blocks WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
    match block::decode(&data) {
        Ok(mut before) => {
            before.extend(&rows)?;
            Ok((Some(id), before))
        }
        // A damaged block stays as it is, for whoever may mend it.
        Err(_) => Ok((None, rows)),
    }
}

#[cfg(test)]
mod tests;
