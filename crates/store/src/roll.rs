//! Rolling up: hour by hour for each target, from its raw results and the log. An hour rolled twice gives the same rows, so
//! that after a crash, or when results come late, it is simply done again.

use allswell_model::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use crate::block;
use crate::error::{ReadError, WriteError};
use crate::index::NO_KEY;
use crate::rollup::{self, Rollup};
use crate::rows::Rows;
use crate::shared::Shared;
use crate::span::{Raw, Span};
use crate::timeline::Timeline;
use crate::writer::Writer;

/// An hour is rolled up so long after its end: by then its slow probes have ended.
const GRACE_US: i64 = 120_000_000;

/// So many targets are looked at in one call at most; each may cost a millisecond.
const LOOKS: usize = 24;

impl Writer {
    /// Rolls up hours that have ended, in turn for all targets.
    pub(crate) fn roll(&mut self, now: Timestamp) -> Result<(), WriteError> {
        let mut looks = 0;
        for _ in 0..self.slots.len() {
            if looks >= LOOKS {
                break;
            }
            self.turn = (self.turn + 1) % self.slots.len();
            while looks < LOOKS && self.is_due(self.turn, now) {
                looks += 1;
                self.roll_next(self.turn, now)?;
            }
        }
        Ok(())
    }

    pub(crate) fn is_due(&self, slot: usize, now: Timestamp) -> bool {
        self.slots.get(slot).is_some_and(|slot| Span::Hour.next(slot.rolled).saturating_add(GRACE_US) <= now.0)
    }

    /// Rolls up the next hour of a target in which there is something.
    fn roll_next(&mut self, slot: usize, now: Timestamp) -> Result<(), WriteError> {
        let (key, chunk) = match self.shared.index().entries.get(slot) {
            Some(known) => (known.key, known.chunk.rows()?),
            None => return Ok(()),
        };
        let Some(own) = self.slots.get_mut(slot).filter(|_| key != NO_KEY) else { return Ok(()) };
        let running = Span::Hour.begin(now.0.saturating_sub(GRACE_US));
        let next = next_with_results(&self.connection, key, &chunk, own.rolled)?.unwrap_or(running);
        let transaction = self.connection.transaction()?;
        let day = Span::Day.begin(own.rolled.saturating_sub(1));
        if day < Span::Day.begin(next.min(running)) {
            end_day(&self.shared, &transaction, key, day)?;
        }
        if next >= running {
            transaction.commit()?;
            own.rolled = running;
            return Ok(());
        }
        match roll_hour(&self.shared, &transaction, key, &chunk, next) {
            Ok(()) => {}
            Err(ReadError::Io(error)) => return Err(WriteError::Io(error)),
            // What is damaged does not get better: the hour stays without a roll-up.
            Err(error) => tracing::warn!(%error, "an hour could not be rolled up"),
        }
        let rolled = Span::Hour.next(next);
        transaction.prepare_cached("UPDATE targets SET rolled_us = ?2 WHERE key = ?1")?.execute([key, rolled])?;
        transaction.commit()?;
        self.sync.committed(4 * 4096);
        own.rolled = rolled;
        Ok(())
    }
}

/// From where on to roll up anew when a result of this time comes. What is older than `latest` is not added to a roll-up: the
/// other results of its hour may be gone.
pub(crate) fn after_late(rolled: i64, started: Timestamp, latest: Timestamp) -> i64 {
    if started.0 < rolled && started > latest { Span::Hour.begin(started.0) } else { rolled }
}

/// The first hour from `from` on in which a probe began.
pub(crate) fn next_with_results(connection: &Connection, key: i64, chunk: &Rows, from: i64) -> rusqlite::Result<Option<i64>> {
    let mut query =
        connection.prepare_cached("SELECT id, min_us, max_us FROM blocks WHERE target = ?1 AND max_us >= ?2 ORDER BY max_us LIMIT 1")?;
    let block: Option<(i64, i64, i64)> = query.query_row([key, from], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).optional()?;
    let block = match block {
        // A long silence, or a clock that was set, lies within it: hour by hour that would take for ever.
        Some((id, first, last)) if last.saturating_sub(from.max(first)) > Span::Day.us() => first_in_block(connection, id, from)?,
        Some((_, first, _)) => Some(first),
        None => None,
    };
    let chunk = first_of(chunk, from);
    Ok([block, chunk].into_iter().flatten().min().map(|first| Span::Hour.begin(first.max(from))))
}

fn first_in_block(connection: &Connection, id: i64, from: i64) -> rusqlite::Result<Option<i64>> {
    let data: Vec<u8> = connection.prepare_cached("SELECT data FROM blocks WHERE id = ?1")?.query_row([id], |row| row.get(0))?;
    // Of one that is damaged its hour tells.
    Ok(block::decode(&data).map_or(Some(from), |rows| first_of(&rows, from)))
}

fn first_of(rows: &Rows, from: i64) -> Option<i64> {
    rows.iter().map(|row| row.started().0).filter(|started| *started >= from).min()
}

fn roll_hour(shared: &Shared, connection: &Connection, key: i64, chunk: &Rows, hour: i64) -> Result<(), ReadError> {
    let end = Span::Hour.next(hour);
    let day = Span::Day.begin(hour);
    let timeline = Timeline::read(shared, connection, key, (day, end))?;
    let minutes = Raw { connection, key, chunk }.roll_up(Span::Minute, hour, end, &timeline)?;
    if minutes.is_empty() {
        return Ok(());
    }
    let mut whole = Rollup::default();
    minutes.values().for_each(|minute| whole.merge(minute));
    whole.time = timeline.times(Timestamp(hour), Timestamp(end));
    let minutes: Vec<_> = minutes.into_iter().map(|(begin, minute)| (((begin - hour) / Span::Minute.us()) as u32, minute)).collect();
    put(connection, key, (Span::Minute, hour), &minutes)?;
    put(connection, key, (Span::Hour, hour), &[(0, whole)])?;
    let mut whole = Rollup::default();
    for (_, hour) in rows(connection, key, Span::Hour, day, Span::Day.next(day))? {
        hour.iter().for_each(|(_, hour)| whole.merge(hour));
    }
    // Hours without results have no row, yet a status.
    whole.time = timeline.times(Timestamp(day), Timestamp(end));
    put(connection, key, (Span::Day, day), &[(0, whole)])
}

/// A day whose last hours had no results was rolled up before they came to pass: what status the target had in them is told now.
fn end_day(shared: &Shared, connection: &Connection, key: i64, day: i64) -> Result<(), WriteError> {
    let end = Span::Day.next(day);
    let told = rows(connection, key, Span::Day, day, end).and_then(|found| {
        match found.into_iter().next().and_then(|(_, row)| row.into_iter().next()) {
            Some((number, mut rollup)) => {
                rollup.time = Timeline::read(shared, connection, key, (day, end))?.times(Timestamp(day), Timestamp(end));
                put(connection, key, (Span::Day, day), &[(number, rollup)])
            }
            None => Ok(()),
        }
    });
    match told {
        Err(ReadError::Io(error)) => Err(WriteError::Io(error)),
        // What is damaged does not get better: the day stays as it is.
        Err(error) => {
            tracing::warn!(%error, "a day could not be ended");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}

fn put(connection: &Connection, key: i64, (span, start): (Span, i64), rollups: &[(u32, Rollup)]) -> Result<(), ReadError> {
    connection
        .prepare_cached(
            "INSERT INTO rollups (target, span, start_us, data) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (target, span, start_us) DO UPDATE SET data = excluded.data",
        )?
        .execute(params![key, span.seconds(), start, rollup::encode(rollups)])?;
    Ok(())
}

/// The roll-ups under each row's number, by the row's begin.
type Stored = Vec<(i64, Vec<(u32, Rollup)>)>;

/// The stored rows of roll-ups that begin in [from, to).
pub(crate) fn rows(connection: &Connection, key: i64, span: Span, from: i64, to: i64) -> Result<Stored, ReadError> {
    let mut query = connection.prepare_cached(
        "SELECT start_us, data FROM rollups WHERE target = ?1 AND span = ?2 AND start_us >= ?3 AND start_us < ?4 ORDER BY start_us",
    )?;
    let mut rows = query.query((key, span.seconds(), from, to))?;
    let mut stored = Vec::new();
    while let Some(row) = rows.next()? {
        let data: Vec<u8> = row.get(1)?;
        stored.push((row.get(0)?, rollup::decode(&data)?));
    }
    Ok(stored)
}

#[cfg(test)]
mod tests;
