//! Alerts in the file: a row for each, whose JSON is as the model says it, under a version.

use std::sync::Arc;

use allswell_model::{IncidentId, Sent, Timestamp};
use rusqlite::{Connection, Row, Transaction, params};

use crate::error::{Malformed, ReadError, WriteError};
use crate::outbox::{Outbox, Told};

/// The shape of the JSON.
const VERSION: i64 = 1;

/// What each query below reads of a row.
const COLUMNS: &str = "id, version, body, attempts, due_us, ended, at_us, detail";

/// Reads what waits.
pub(crate) fn read(connection: &Connection) -> Result<Outbox, ReadError> {
    let newest: i64 = connection.query_row("SELECT coalesce(max(id), 0) FROM outbox", [], |row| row.get(0))?;
    let mut query = connection.prepare(&format!("SELECT {COLUMNS} FROM outbox WHERE ended IS NULL ORDER BY id"))?;
    let mut rows = query.query([])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        waiting.push(told(row)?);
    }
    Ok(Outbox::new(waiting, newest as u64))
}

/// Reads all that was told of an incident, in the order in which it was decided.
pub(crate) fn of(connection: &Connection, incident: IncidentId) -> Result<Vec<(u64, Told)>, ReadError> {
    let mut query = connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE incident = ?1 ORDER BY id"))?;
    let mut rows = query.query([incident.0])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(told(row)?);
    }
    Ok(all)
}

fn told(row: &Row<'_>) -> Result<(u64, Told), ReadError> {
    if row.get::<_, i64>(1)? != VERSION {
        return Err(Malformed("alert: its version is not known").into());
    }
    let body = row.get_ref(2)?.as_str().map_err(|_| Malformed("alert"))?;
    let alert = serde_json::from_str(body).map_err(|error| ReadError::Corrupt(format!("an alert: {error}")))?;
    let attempts: i64 = row.get(3)?;
    let due = Timestamp(row.get(4)?);
    let ended = match row.get_ref(5)?.as_str_or_null().map_err(|_| Malformed("alert"))? {
        Some("delivered") => Some(Sent::Delivered),
        Some("given_up") => Some(Sent::GivenUp),
        None => (attempts > 0).then_some(Sent::Again(due)),
        Some(_) => return Err(Malformed("alert: how it ended").into()),
    };
    let at = row.get::<_, Option<i64>>(6)?.map(Timestamp);
    let attempts = u32::try_from(attempts).map_err(|_| Malformed("alert: its attempts"))?;
    Ok((row.get::<_, i64>(0)? as u64, Told { alert: Arc::new(alert), attempts, ended, at, detail: row.get(7)? }))
}

/// Writes these, new ones whole.
pub(crate) fn write(transaction: &Transaction<'_>, alerts: &[(u64, &Told)]) -> Result<(), WriteError> {
    // A key that stands in the file under another number was told before: the judge does not give one twice.
    let mut upsert = transaction.prepare_cached(
        "INSERT INTO outbox (id, key, channel, incident, decided_us, version, body, attempts, due_us, ended, at_us, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
             ON CONFLICT (id) DO UPDATE SET attempts = excluded.attempts, due_us = excluded.due_us, ended = excluded.ended,
                 at_us = excluded.at_us, detail = excluded.detail
             ON CONFLICT (key) DO NOTHING",
    )?;
    for (place, told) in alerts {
        let alert = &told.alert;
        let body = serde_json::to_string(&**alert).map_err(|error| WriteError::Io(error.to_string()))?;
        upsert.execute(params![
            *place as i64,
            alert.key.as_str(),
            alert.channel.as_str(),
            alert.incident.0,
            alert.decided.0,
            VERSION,
            body,
            told.attempts,
            told.due().0,
            word(told.ended),
            told.at.map(|at| at.0),
            told.detail
        ])?;
    }
    Ok(())
}

fn word(ended: Option<Sent>) -> Option<&'static str> {
    match ended {
        Some(Sent::Delivered) => Some("delivered"),
        Some(Sent::GivenUp) => Some("given_up"),
        Some(Sent::Again(_)) | None => None,
    }
}
