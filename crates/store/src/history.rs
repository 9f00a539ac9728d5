//! Results of one target, read back: from the chunk in memory, and before it from the blocks.

use std::collections::BTreeSet;
use std::sync::Arc;

use allswell_model::{IncidentId, Mark, ProbeResult, Stamp, Status, TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::block;
use crate::board::{Glance, RECENT};
use crate::error::{Malformed, ReadError};
use crate::rows::{RowRef, Rows};
use crate::shared::Shared;
use crate::standing::{Recovered, status};

/// A result read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// Whence, and its number; its time is when the probe began.
    pub stamp: Stamp,
    /// The result. Times are to the microsecond.
    pub result: ProbeResult,
    /// Whether its sentence and sub-results are the very ones; else the sentence was said anew from what was kept.
    pub whole: bool,
}

/// How many results the judge gets back.
const TAIL: usize = 20;

/// A target's newest rows, the newest first: `each` is called until it breaks.
pub(crate) fn walk(
    shared: &Shared,
    target: &TargetId,
    before: u64,
    each: &mut dyn FnMut(&Rows, usize) -> Result<bool, ReadError>,
) -> Result<(), ReadError> {
    let Some((key, rows)) = shared.locate(target)? else { return Ok(()) };
    let mut end = before;
    if !descend(&rows, &mut end, each)? {
        return Ok(());
    }
    shared.with_connection(|connection| {
        // One moment of the file: blocks are joined meanwhile.
        let moment = connection.unchecked_transaction()?;
        blocks(&moment, key, end, each)
    })
}

/// Goes through the rows before `end`, which moves along; tells whether to go on.
fn descend(rows: &Rows, end: &mut u64, each: &mut dyn FnMut(&Rows, usize) -> Result<bool, ReadError>) -> Result<bool, ReadError> {
    for place in (0..rows.len()).rev() {
        let Some(row) = rows.row(place) else { continue };
        if row.seq < *end {
            *end = row.seq;
            if !each(rows, place)? {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

fn blocks(
    connection: &Connection,
    key: i64,
    mut end: u64,
    each: &mut dyn FnMut(&Rows, usize) -> Result<bool, ReadError>,
) -> Result<(), ReadError> {
    let mut query = connection.prepare_cached("SELECT data FROM blocks WHERE target = ?1 AND last_seq < ?2 ORDER BY last_seq DESC")?;
    // The block that `end` itself stands in, where it stands in one, is the first that ends no earlier.
    let containing: Option<(i64, Vec<u8>)> = connection
        .prepare_cached("SELECT first_seq, data FROM blocks WHERE target = ?1 AND last_seq >= ?2 ORDER BY last_seq LIMIT 1")?
        .query_row((key, sql(end)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    if let Some((first, data)) = containing
        && first < sql(end)
        && !descend(&block::decode(&data)?, &mut end, each)?
    {
        return Ok(());
    }
    let mut rows = query.query((key, sql(end)))?;
    while let Some(row) = rows.next()? {
        let data = row.get_ref(0)?.as_blob().map_err(|_| Malformed("block"))?;
        if !descend(&block::decode(data)?, &mut end, each)? {
            break;
        }
    }
    Ok(())
}

/// A sequence number as SQLite's integers hold it.
fn sql(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The results before `before`, the newest first.
pub(crate) fn results(shared: &Shared, target: &TargetId, before: u64, limit: usize) -> Result<Vec<Kept>, ReadError> {
    let mut results = Vec::new();
    if limit == 0 {
        return Ok(results);
    }
    walk(shared, target, before, &mut |rows, place| {
        let row = rows.row(place).ok_or(Malformed("row"))?;
        results.push(kept(shared, target, rows, row)?);
        Ok(results.len() < limit)
    })?;
    Ok(results)
}

/// A row as readers get it.
pub(crate) fn kept(shared: &Shared, target: &TargetId, rows: &Rows, row: RowRef<'_>) -> Result<Kept, ReadError> {
    Ok(Kept { stamp: shared.stamp(row.seq, row.started())?, result: rows.result(target, row)?, whole: row.shape.is_whole() })
}

/// The newest results at a glance, the oldest first, and the newest itself.
pub(crate) fn glances(shared: &Shared, target: &TargetId) -> Result<(Vec<Glance>, Option<Arc<ProbeResult>>), ReadError> {
    let mut glances = Vec::new();
    let mut last = None;
    walk(shared, target, u64::MAX, &mut |rows, place| {
        let row = rows.row(place).ok_or(Malformed("row"))?;
        if last.is_none() {
            last = Some(Arc::new(rows.result(target, row)?));
        }
        glances.push(Glance::new(row.shape.look(), row.started(), row.rtt_micros()));
        Ok(glances.len() < RECENT)
    })?;
    glances.reverse();
    Ok((glances, last))
}

/// How a target stood when the file was last written.
pub(crate) fn recovered(shared: &Shared, target: &TargetId) -> Result<Option<Recovered>, ReadError> {
    let Some((key, _)) = shared.locate(target)? else { return Ok(None) };
    let standing = shared.with_connection(|connection| standing(connection, key))?;
    let Some((status, since, marks, incident)) = standing else { return Ok(None) };
    let tail = results(shared, target, u64::MAX, TAIL)?;
    Ok(Some(Recovered { status, since, marks, incident, tail: tail.into_iter().map(|kept| Arc::new(kept.result)).collect() }))
}

type Stood = (Status, Timestamp, BTreeSet<Mark>, Option<IncidentId>);

fn standing(connection: &Connection, key: i64) -> Result<Option<Stood>, ReadError> {
    let mut query =
        connection.prepare_cached("SELECT status, since_us, marks, incident FROM targets WHERE key = ?1 AND status IS NOT NULL")?;
    let found: Option<(String, i64, String, Option<i64>)> =
        query.query_row([key], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))).optional()?;
    let Some((word, since, marks, incident)) = found else { return Ok(None) };
    let status = status(&word).ok_or(Malformed("status"))?;
    let marks = serde_json::from_str(&marks).map_err(|_| Malformed("marks"))?;
    Ok(Some((status, Timestamp(since), marks, incident.map(IncidentId))))
}
