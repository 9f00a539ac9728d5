//! Opening a store: owning it, checking it, and taking up what was there when it was last written.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use allswell_model::{BootEpoch, NodeId, Seq, TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension, params};

use crate::error::{Malformed, OpenError};
use crate::lock::Ownership;
use crate::reader::Reader;
use crate::schema;
use crate::settings::Settings;
use crate::shared::{Boot, Index, Shared};
use crate::slot::Slot;
use crate::tail;
use crate::varint;
use crate::writer::Writer;

/// Opens the store, and creates it where there is none. The folder must exist.
///
/// # Errors
/// Each [`OpenError`] says in one sentence what is wrong and what to do.
pub fn open(settings: &Settings, now: Timestamp) -> Result<(Writer, Reader), OpenError> {
    let path = &settings.path;
    check_place(path)?;
    let ownership = Ownership::take(path)?;
    let mut connection = schema::open(path)?;
    let found = take_up(&mut connection, settings, now).map_err(|trouble| trouble.at(path))?;
    let shared = Arc::new(Shared::new(path.clone(), found.store, found.boots, found.index, Seq(found.newest)));
    let reader = Reader::new(Arc::clone(&shared));
    Ok((Writer::new(connection, shared, found.slots, settings.retention, ownership), reader))
}

fn check_place(path: &Path) -> Result<(), OpenError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    match std::fs::metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(OpenError::MissingFolder { folder: folder.to_owned() }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(OpenError::MissingFolder { folder: folder.to_owned() }),
        Err(error) => return Err(OpenError::from_io(path, &error)),
    }
    if path.is_dir() { Err(OpenError::NotAStore { path: path.to_owned() }) } else { Ok(()) }
}

/// What the file held.
struct Found {
    store: u32,
    boots: Vec<Boot>,
    index: Index,
    /// For each entry of the index what else the file says of it.
    slots: Vec<Slot>,
    newest: u64,
}

/// What can go wrong while reading it.
enum Trouble {
    Sql(rusqlite::Error),
    Malformed(String),
}

impl Trouble {
    fn at(self, path: &Path) -> OpenError {
        match self {
            Self::Sql(error) => OpenError::from_sql(path, &error),
            Self::Malformed(detail) => OpenError::Corrupt { path: path.to_owned(), detail },
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<Malformed> for Trouble {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error.to_string())
    }
}

fn take_up(connection: &mut Connection, settings: &Settings, now: Timestamp) -> Result<Found, Trouble> {
    let transaction = connection.transaction()?;
    let store = birth(&transaction, now)?;
    let (mut index, slots) = targets(&transaction)?;
    let sealed = sealed(&transaction, &index)?;
    let (tail_end, tail_at) = chunks(&transaction, &mut index, &sealed)?;
    let newest = sealed.iter().copied().chain([tail_end, newest(&transaction)?]).max().unwrap_or(0);
    end_last_boot(&transaction, tail_at)?;
    begin_boot(&transaction, settings, newest + 1, now)?;
    let boots = boots(&transaction)?;
    transaction.commit()?;
    Ok(Found { store, boots, index, slots, newest })
}

/// A check value of the moment when the file was created.
fn birth(connection: &Connection, now: Timestamp) -> rusqlite::Result<u32> {
    connection.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('birth_us', ?1)", [now.0])?;
    let birth: i64 = connection.query_row("SELECT value FROM meta WHERE name = 'birth_us'", [], |row| row.get(0))?;
    Ok(varint::crc(&birth.to_le_bytes()).max(1))
}

fn targets(connection: &Connection) -> Result<(Index, Vec<Slot>), Trouble> {
    let mut index = Index::default();
    let mut slots = Vec::new();
    let mut all = connection.prepare("SELECT key, id, watched, rolled_us FROM targets ORDER BY key")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let id = TargetId::new(row.get_ref(1)?.as_str().unwrap_or_default()).map_err(|error| Trouble::Malformed(error.to_string()))?;
        index.add(&id, row.get(0)?);
        slots.push(Slot::new(&id, row.get(2)?, row.get::<_, Option<i64>>(3)?.unwrap_or(i64::MIN)));
    }
    Ok((index, slots))
}

/// For each target the last sequence number that a block of it holds, or 0.
fn sealed(connection: &Connection, index: &Index) -> rusqlite::Result<Vec<u64>> {
    let mut last = connection.prepare("SELECT coalesce(max(last_seq), 0) FROM blocks WHERE target = ?1")?;
    index.entries.iter().map(|entry| last.query_row([entry.key], |row| row.get::<_, i64>(0)).map(|seq| seq as u64)).collect()
}

/// Fills the chunks from the tail; returns its last sequence number and when it was written.
fn chunks(connection: &Connection, index: &mut Index, sealed: &[u64]) -> Result<(u64, i64), Trouble> {
    let slots: HashMap<i64, usize> = index.entries.iter().enumerate().map(|(slot, entry)| (entry.key, slot)).collect();
    let mut end = (0, i64::MIN);
    let mut all = connection.prepare("SELECT first_seq, at_us, data FROM tail ORDER BY first_seq")?;
    let mut rows = all.query([])?;
    while let Some(row) = rows.next()? {
        let first: i64 = row.get(0)?;
        let at = Timestamp(row.get(1)?);
        let data = row.get_ref(2)?.as_blob().map_err(|_| Malformed("tail"))?;
        for (seq, (key, entry)) in (first as u64..).zip(tail::read(data)?) {
            let slot = *slots.get(&key).ok_or(Malformed("tail: a target that is not known"))?;
            if sealed.get(slot).is_some_and(|sealed| seq > *sealed)
                && let Some(known) = index.entries.get_mut(slot)
            {
                known.chunk.push(seq, entry, at);
            }
            end.0 = seq;
        }
        end.1 = end.1.max(at.0);
    }
    Ok(end)
}

/// The last number that was given to an event, or to anything that retention took away.
fn newest(connection: &Connection) -> rusqlite::Result<u64> {
    let newest: i64 = connection.query_row(
        "SELECT max(coalesce((SELECT max(seq) FROM events), 0), coalesce((SELECT value FROM meta WHERE name = 'pruned_seq'), 0),
                    coalesce((SELECT max(first_seq) - 1 FROM boots), 0))",
        [],
        |row| row.get(0),
    )?;
    Ok(newest as u64)
}

/// The last boot may have ended without a word: then it ran as long as it wrote.
fn end_last_boot(connection: &Connection, tail_at: i64) -> rusqlite::Result<()> {
    let event_at: Option<i64> =
        connection.query_row("SELECT at_us FROM events ORDER BY seq DESC LIMIT 1", [], |row| row.get(0)).optional()?;
    connection.execute(
        "UPDATE boots SET last_us = max(last_us, ?1) WHERE boot = (SELECT max(boot) FROM boots)",
        [tail_at.max(event_at.unwrap_or(i64::MIN))],
    )?;
    Ok(())
}

fn begin_boot(connection: &Connection, settings: &Settings, first: u64, now: Timestamp) -> rusqlite::Result<()> {
    connection.execute(
        "INSERT INTO boots (boot, first_seq, opened_us, last_us, node, location)
         VALUES ((SELECT coalesce(max(boot), 0) + 1 FROM boots), ?1, ?2, ?2, ?3, ?4)",
        params![first as i64, now.0, settings.node.as_str(), &*settings.location],
    )?;
    Ok(())
}

fn boots(connection: &Connection) -> Result<Vec<Boot>, Trouble> {
    let mut all = connection.prepare("SELECT boot, first_seq, opened_us, last_us, node, location FROM boots ORDER BY boot")?;
    let mut rows = all.query([])?;
    let mut boots = Vec::new();
    while let Some(row) = rows.next()? {
        let node: String = row.get(4)?;
        let location: String = row.get(5)?;
        boots.push(Boot {
            boot: BootEpoch(row.get::<_, i64>(0)? as u64),
            first_seq: row.get::<_, i64>(1)? as u64,
            opened: Timestamp(row.get(2)?),
            last: Timestamp(row.get(3)?),
            node: NodeId::new(&node).map_err(|error| Trouble::Malformed(error.to_string()))?,
            location: location.into(),
        });
    }
    Ok(boots)
}

#[cfg(test)]
mod tests;
