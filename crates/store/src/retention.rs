//! Letting go: by age, and by size when the file would outgrow its limit. Each call does a little.

use std::time::Duration;

use allswell_model::Timestamp;
use rusqlite::{Connection, Transaction, params};

use crate::error::WriteError;
use crate::sleep;
use crate::span::Span;
use crate::writer::Writer;

/// So many rows of each kind are looked at in one call. At ten thousand targets every second, 42 blocks a second come, and go.
const ROWS: usize = 1024;

/// Blocks lie about in the order of age: after so many that are not old yet, none of the others is looked at. More than one, for a
/// clock that once stood years ahead may have dated some.
const YOUNG: usize = 32;

/// So many pages are given back to the file system in one call.
const PAGES: i64 = 512;

/// Free pages are kept for what comes next, unless they are more than this, and more than a quarter of the file.
const SPARE_PAGES: i64 = 4096;

/// Age is told by a clock that follows the wall clock, yet goes forward by no more than this in one call: a wall clock that is set
/// years ahead for a minute must not cost the history. After a long time off it catches up within minutes.
const STEP: Duration = Duration::from_secs(3600);

impl Writer {
    /// Lets go of what is older than the retention, and of the oldest where the file is too large.
    pub(crate) fn prune(&mut self, now: Timestamp) -> Result<(), WriteError> {
        let keep = self.retention;
        self.aged = now.min(self.aged + STEP);
        let before = |age: Duration| (self.aged - age).0;
        let transaction = self.connection.transaction()?;
        let mut gone = blocks(&transaction, ROWS, |max_us| max_us < before(keep.raw))?;
        gone += events(&transaction, ROWS, |at_us| at_us < before(keep.days))?;
        gone += letters(&transaction, before(keep.hours))?;
        let keys = keys(&transaction, self.pruned)?;
        for key in &keys {
            for (span, age) in [(Span::Minute, keep.minutes), (Span::Hour, keep.hours), (Span::Day, keep.days)] {
                gone += rollups(&transaction, *key, span, before(age))?;
            }
            if sleep::forget(&transaction, *key)? {
                remember(&transaction, "last_key", Some(*key))?;
                gone += 1;
            }
        }
        self.pruned = keys.last().copied().unwrap_or(i64::MIN);
        gone += shrink(&transaction, keep.at_most)?;
        transaction.commit()?;
        if gone > 0 {
            self.sync.committed(gone * 512);
        }
        Ok(give_back(&self.connection)?)
    }
}

/// The next targets whose turn it is, by their keys; none at the end.
fn keys(transaction: &Transaction<'_>, after: i64) -> rusqlite::Result<Vec<i64>> {
    let mut query = transaction.prepare_cached("SELECT key FROM targets WHERE key > ?1 ORDER BY key LIMIT ?2")?;
    query.query_map([after, ROWS as i64 / 8], |row| row.get(0))?.collect()
}

/// Deletes alerts and incidents that ended before this.
fn letters(transaction: &Transaction<'_>, before: i64) -> rusqlite::Result<usize> {
    let mut gone = 0;
    for sql in [
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE ended IS NOT NULL AND at_us < ?1 ORDER BY at_us LIMIT ?2)",
        "DELETE FROM incidents WHERE id IN (SELECT id FROM incidents WHERE ended_us IS NOT NULL AND ended_us < ?1 ORDER BY ended_us LIMIT ?2)",
    ] {
        gone += transaction.prepare_cached(sql)?.execute([before, ROWS as i64])?;
    }
    Ok(gone)
}

/// Deletes blocks that are `old` from among the first ones.
fn blocks(transaction: &Transaction<'_>, rows: usize, old: impl Fn(i64) -> bool) -> rusqlite::Result<usize> {
    let mut found = Vec::new();
    let mut first = transaction.prepare_cached("SELECT id, last_seq, max_us FROM blocks ORDER BY id LIMIT ?1")?;
    let mut first = first.query([rows as i64])?;
    let mut young = 0;
    while young < YOUNG
        && let Some(row) = first.next()?
    {
        if old(row.get(2)?) {
            found.push((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?));
        } else {
            young += 1;
        }
    }
    let mut delete = transaction.prepare_cached("DELETE FROM blocks WHERE id = ?1")?;
    for (id, _) in &found {
        delete.execute([id])?;
    }
    // Numbers are never given twice, also when nothing is left that has them.
    remember(transaction, "pruned_seq", found.iter().map(|(_, last_seq)| *last_seq).max())?;
    Ok(found.len())
}

/// Deletes events that are `old` from among the first ones, up to the first that stays: followers are told up to where events are gone.
fn events(transaction: &Transaction<'_>, rows: usize, old: impl Fn(i64) -> bool) -> rusqlite::Result<usize> {
    let mut last = None;
    let mut first = transaction.prepare_cached("SELECT seq, at_us FROM events ORDER BY seq LIMIT ?1")?;
    let mut first = first.query([rows as i64])?;
    while let Some(row) = first.next()? {
        if !old(row.get(1)?) {
            break;
        }
        last = Some(row.get(0)?);
    }
    drop(first);
    remember(transaction, "pruned_seq", last)?;
    remember(transaction, "pruned_event_seq", last)?;
    transaction.prepare_cached("DELETE FROM events WHERE seq <= ?1")?.execute([last.unwrap_or(0)])
}

/// Remembers the highest of these numbers under a name.
pub(crate) fn remember(transaction: &Transaction<'_>, name: &str, seq: Option<i64>) -> rusqlite::Result<()> {
    if let Some(seq) = seq {
        transaction
            .prepare_cached(
                "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = max(value, excluded.value)",
            )?
            .execute(params![name, seq])?;
    }
    Ok(())
}

fn rollups(transaction: &Transaction<'_>, key: i64, span: Span, before: i64) -> rusqlite::Result<usize> {
    transaction.prepare_cached("DELETE FROM rollups WHERE target = ?1 AND span = ?2 AND start_us < ?3")?.execute(params![
        key,
        span.seconds(),
        before.saturating_sub(span.us())
    ])
}

/// Where the file holds more than it may, the oldest goes: single results first, then roll-ups, the short ones before the long ones, then
/// events, then alerts and incidents that ended.
fn shrink(transaction: &Transaction<'_>, at_most: Option<u64>) -> rusqlite::Result<usize> {
    let Some(at_most) = at_most else { return Ok(0) };
    let used = (number(transaction, "page_count")? - number(transaction, "freelist_count")?) * number(transaction, "page_size")?;
    if u64::try_from(used).unwrap_or(0) <= at_most {
        return Ok(0);
    }
    let gone = blocks(transaction, ROWS, |_| true)?;
    if gone > 0 {
        return Ok(gone);
    }
    for span in [Span::Minute, Span::Hour, Span::Day] {
        let gone = transaction
            .prepare_cached("DELETE FROM rollups WHERE id IN (SELECT id FROM rollups WHERE span = ?1 ORDER BY id LIMIT ?2)")?
            .execute(params![span.seconds(), ROWS as i64])?;
        if gone > 0 {
            return Ok(gone);
        }
    }
    let gone = events(transaction, ROWS, |_| true)?;
    if gone > 0 { Ok(gone) } else { letters(transaction, i64::MAX) }
}

fn give_back(connection: &Connection) -> rusqlite::Result<()> {
    let free = number(connection, "freelist_count")?;
    if free <= SPARE_PAGES || free * 4 <= number(connection, "page_count")? {
        return Ok(());
    }
    // The pragma gives a row for each page: all must be stepped through.
    let mut vacuum = connection.prepare_cached(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut rows = vacuum.query([])?;
    while rows.next()?.is_some() {}
    Ok(())
}

fn number(connection: &Connection, pragma: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, pragma, |row| row.get(0))
}

#[cfg(test)]
mod tests;
