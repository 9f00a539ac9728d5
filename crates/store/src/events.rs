//! The log, read back: all of it from a cursor on, or one target's part of it, the newest first.

use allswell_model::{Event, EventBody, TargetId, Timestamp, Transition};
use rusqlite::{Connection, Row};

use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::index::NO_KEY;
use crate::shared::{Shared, key_in_file};

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

/// Events of one target, the newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct TargetEvents {
    /// The newest first.
    pub events: Vec<Event>,
    /// Ask with this one for older events; `None` when there are none.
    pub next: Option<Cursor>,
}

/// Of one target, the newest first.
const OF_TARGET: &str = "SELECT seq, at_us, body FROM events WHERE target = ?1 AND seq < ?2 ORDER BY seq DESC LIMIT ?3";

/// Reads events after a cursor.
pub(crate) fn after(shared: &Shared, after: Cursor, limit: usize) -> Result<EventPage, ReadError> {
    let after_seq = shared.place(after)?;
    let (mut events, pruned) = shared.with_connection(|connection| {
        let mut query = connection.prepare_cached("SELECT seq, at_us, body FROM events WHERE seq > ?1 ORDER BY seq LIMIT ?2")?;
        let mut rows = query.query([sql(after_seq), sql(limit.saturating_add(1) as u64)])?;
        let mut events = Vec::new();
        while let Some(row) = rows.next()? {
            events.push(event(shared, row)?);
        }
        Ok((events, pruned(connection)?))
    })?;
    let more = events.len() > limit;
    events.truncate(limit);
    let next = events.last().map_or(after, |event| shared.cursor(event.stamp.seq.0));
    Ok(EventPage { events, next, more, gap: after != Cursor::START && after_seq < pruned })
}

/// Reads a target's events before a cursor.
pub(crate) fn of(shared: &Shared, target: &TargetId, before: Option<Cursor>, limit: usize) -> Result<TargetEvents, ReadError> {
    let before = before.map_or(Ok(u64::MAX), |before| shared.place(before))?;
    let mut events = Vec::new();
    walk(shared, target, (before, limit.saturating_add(1)), &mut |event| {
        events.push(event);
        true
    })?;
    let more = events.len() > limit;
    events.truncate(limit);
    let next = events.last().filter(|_| more).map(|event| shared.cursor(event.stamp.seq.0));
    Ok(TargetEvents { events, next })
}

/// A target's newest transition.
pub(crate) fn decided(shared: &Shared, target: &TargetId) -> Result<Option<Transition>, ReadError> {
    let mut found = None;
    back(shared, target, &mut |event| {
        if let EventBody::Transition(transition) = event.body {
            found = Some(transition);
        }
        found.is_none()
    })?;
    Ok(found)
}

/// Goes back through all of a target's events, for as long as `each` wants more.
pub(crate) fn back(shared: &Shared, target: &TargetId, each: &mut dyn FnMut(Event) -> bool) -> Result<(), ReadError> {
    walk(shared, target, (u64::MAX, usize::MAX), each)
}

fn walk(shared: &Shared, target: &TargetId, (before, limit): (u64, usize), each: &mut dyn FnMut(Event) -> bool) -> Result<(), ReadError> {
    let awake = shared.index().find(target).map(|known| known.key).filter(|key| *key != NO_KEY);
    shared.with_connection(|connection| {
        let Some(key) = awake.map_or_else(|| key_in_file(connection, target), |key| Ok(Some(key)))? else { return Ok(()) };
        let mut query = connection.prepare_cached(OF_TARGET)?;
        let mut rows = query.query([key, sql(before), sql(limit as u64)])?;
        while let Some(row) = rows.next()? {
            if !each(event(shared, row)?) {
                break;
            }
        }
        Ok(())
    })
}

/// An event of a row with its number, its time and its body.
pub(crate) fn event(shared: &Shared, row: &Row<'_>) -> Result<Event, ReadError> {
    let body = row.get_ref(2)?.as_str().unwrap_or_default();
    let body = serde_json::from_str(body).map_err(|error| ReadError::Corrupt(format!("an event: {error}")))?;
    let stamp = shared.stamp(row.get::<_, i64>(0)? as u64, Timestamp(row.get(1)?))?;
    Ok(Event { stamp, body })
}

/// The newest entry that retention took.
fn pruned(connection: &Connection) -> Result<u64, ReadError> {
    let mut query = connection.prepare_cached("SELECT coalesce((SELECT value FROM meta WHERE name = 'pruned_event_seq'), 0)")?;
    Ok(query.query_row([], |row| row.get::<_, i64>(0))? as u64)
}

/// A number as SQLite's integers hold it.
fn sql(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
