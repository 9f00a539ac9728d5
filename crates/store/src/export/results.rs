//! Single results, block by block.

use std::collections::VecDeque;

use allswell_model::TargetId;
use rusqlite::OptionalExtension;

use super::{Pieces, Stretch, Targets};
use crate::block;
use crate::error::ReadError;
use crate::history::{self, Kept};
use crate::reader::Reader;
use crate::rows::Rows;

/// See [`Reader::export_results`].
pub struct ExportedResults {
    targets: Targets,
    span: (i64, i64),
    current: Option<Current>,
    pieces: Pieces<Kept>,
}

/// How far the target has come whose turn it is.
struct Current {
    target: TargetId,
    key: i64,
    /// The results that no block held when its turn came; there may be one by now.
    chunk: Rows,
    /// The last one that was read.
    seq: u64,
}

impl ExportedResults {
    pub(super) fn new(reader: &Reader, of: Stretch) -> Self {
        Self { targets: Targets::new(reader, of.targets), span: (of.from.0, of.to.0), current: None, pieces: Pieces::new() }
    }
}

impl Iterator for ExportedResults {
    type Item = Result<Kept, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        let Self { targets, span, current, pieces } = self;
        pieces.next(|ready| fill(targets, *span, current, ready))
    }
}

fn fill(targets: &mut Targets, span: (i64, i64), current: &mut Option<Current>, ready: &mut VecDeque<Kept>) -> Result<bool, ReadError> {
    let Some(now) = current else {
        let Some(target) = targets.next()? else { return Ok(false) };
        let found = targets.reader.shared.locate(&target)?;
        *current = found.map(|(key, chunk)| Current { target, key, chunk, seq: 0 });
        return Ok(true);
    };
    let end = now.chunk.row(0).map_or(u64::MAX, |row| row.seq);
    match next_block(&targets.reader, now, span)?.filter(|rows| rows.row(0).is_some_and(|row| row.seq < end)) {
        Some(rows) => {
            take(&targets.reader, now, &rows, (span, end), ready)?;
            now.seq = rows.places.last().map_or(now.seq, |last| last.seq);
        }
        None => {
            take(&targets.reader, now, &now.chunk, (span, u64::MAX), ready)?;
            *current = None;
        }
    }
    Ok(true)
}

/// The first block with results after those that were read, in which a probe may have begun in time.
fn next_block(reader: &Reader, now: &Current, (from, to): (i64, i64)) -> Result<Option<Rows>, ReadError> {
    let data: Option<Vec<u8>> = reader.shared.with_connection(|connection| {
        let mut query = connection.prepare_cached(
            "SELECT data FROM blocks INDEXED BY blocks_by_seq WHERE target = ?1 AND last_seq > ?2 AND max_us >= ?3 AND min_us < ?4
             ORDER BY last_seq LIMIT 1",
        )?;
        Ok(query.query_row((now.key, now.seq as i64, from, to), |row| row.get(0)).optional()?)
    })?;
    Ok(data.map(|data| block::decode(&data)).transpose()?)
}

/// Takes the rows between the last one that was read and `end` whose probes began in time.
fn take(reader: &Reader, now: &Current, rows: &Rows, (span, end): ((i64, i64), u64), ready: &mut VecDeque<Kept>) -> Result<(), ReadError> {
    let wanted = rows.iter().filter(|row| row.seq > now.seq && row.seq < end && (span.0..span.1).contains(&row.started().0));
    for row in wanted {
        ready.push_back(history::kept(&reader.shared, &now.target, rows, row)?);
    }
    Ok(())
}
