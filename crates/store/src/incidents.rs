//! Incidents: in the file a row for each, whose JSON is as the model says it, under a version; and those that wait for the disk.

use std::collections::BTreeMap;

use allswell_model::{Incident, IncidentId};
use rusqlite::{Connection, Transaction, params};

use crate::error::{Malformed, ReadError, WriteError};

/// The shape of the JSON.
const VERSION: i64 = 1;

/// So many incidents that changed wait in memory while the disk refuses; then those that ended are given up, the oldest first, and
/// counted: their events and alerts tell of them. There are fewer open ones than targets.
const MOST_WAITING: usize = 4096;

/// Reads those that last.
pub(crate) fn open(connection: &Connection) -> Result<Vec<Incident>, ReadError> {
    read(connection, "SELECT version, body FROM incidents WHERE ended_us IS NULL ORDER BY id", None)
}

/// Reads so many of those that ended, the last one first.
pub(crate) fn ended(connection: &Connection, limit: usize) -> Result<Vec<Incident>, ReadError> {
    let query = "SELECT version, body FROM incidents WHERE ended_us IS NOT NULL ORDER BY ended_us DESC, id DESC LIMIT ?1";
    read(connection, query, Some(i64::try_from(limit).unwrap_or(i64::MAX)))
}

fn read(connection: &Connection, query: &str, limit: Option<i64>) -> Result<Vec<Incident>, ReadError> {
    let mut query = connection.prepare(query)?;
    let mut rows = query.query(rusqlite::params_from_iter(limit))?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        if row.get::<_, i64>(0)? != VERSION {
            return Err(Malformed("incident: its version is not known").into());
        }
        let body = row.get_ref(1)?.as_str().map_err(|_| Malformed("incident"))?;
        found.push(serde_json::from_str(body).map_err(|error| ReadError::Corrupt(format!("an incident: {error}")))?);
    }
    Ok(found)
}

/// Writes these whole.
pub(crate) fn write(transaction: &Transaction<'_>, incidents: &BTreeMap<IncidentId, Incident>) -> Result<(), WriteError> {
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO incidents (id, ended_us, version, body) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (id) DO UPDATE SET ended_us = excluded.ended_us, version = excluded.version, body = excluded.body",
    )?;
    for incident in incidents.values() {
        let body = serde_json::to_string(incident).map_err(|error| WriteError::Io(error.to_string()))?;
        upsert.execute(params![incident.id.0, incident.ended.map(|at| at.0), VERSION, body])?;
    }
    Ok(())
}

/// Gives up what is too much to wait, and tells how many that were.
pub(crate) fn give_up(waiting: &mut BTreeMap<IncidentId, Incident>) -> u64 {
    let mut excess = waiting.len().saturating_sub(MOST_WAITING);
    let before = waiting.len();
    waiting.retain(|_, incident| {
        let goes = excess > 0 && !incident.is_open();
        excess -= usize::from(goes);
        !goes
    });
    (before - waiting.len()) as u64
}
