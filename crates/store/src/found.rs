//! What a file holds when it is opened: the targets that somebody may ask for at any moment, their newest results, and what lasts.

use std::collections::HashMap;
use std::path::Path;

use allswell_model::{BootEpoch, Incident, NodeId, TargetId, Timestamp};
use rusqlite::Connection;

use crate::error::{Malformed, OpenError, ReadError};
use crate::incidents;
use crate::index::Index;
use crate::outbox::{self, Outbox};
use crate::schema::Layout;
use crate::shared::Boot;
use crate::slot::Slot;
use crate::tail;

/// What the file held.
pub(crate) struct Found {
    pub(crate) boots: Vec<Boot>,
    /// The targets that are awake.
    pub(crate) index: Index,
    /// For each entry of the index what else the file says of it.
    pub(crate) slots: Vec<Slot>,
    /// The last number that was given to a result or an event.
    pub(crate) newest: u64,
    /// The last number of which the file knows.
    pub(crate) kept: u64,
    /// When the last commit was made that is in the tail or in the log.
    pub(crate) written: i64,
    /// The last key that was given to a target.
    pub(crate) last_key: i64,
    /// Those that last.
    pub(crate) incidents: Vec<Incident>,
    pub(crate) outbox: Outbox,
}

/// What can go wrong while reading it.
pub(crate) enum Trouble {
    Sql(rusqlite::Error),
    Malformed(String),
    Read(ReadError),
}

impl Trouble {
    pub(crate) fn at(self, path: &Path) -> OpenError {
        match self {
            Self::Sql(error) => OpenError::from_sql(path, &error),
            Self::Malformed(detail) | Self::Read(ReadError::Corrupt(detail)) => OpenError::Corrupt { path: path.to_owned(), detail },
            Self::Read(error) => OpenError::Io { path: path.to_owned(), detail: error.to_string() },
        }
    }
}

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<ReadError> for Trouble {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl From<Malformed> for Trouble {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl Found {
    /// Reads it, within one transaction.
    pub(crate) fn read(connection: &Connection, layout: Layout) -> Result<Self, Trouble> {
        let (mut index, slots) = targets(connection, layout)?;
        let sealed = sealed(connection, &index)?;
        let (tail_end, tail_at) = chunks(connection, &mut index, &sealed)?;
        let newest = sealed.iter().copied().chain([tail_end, newest(connection)?]).max().unwrap_or(0);
        let (incidents, outbox) =
            if layout.has_incidents() { (incidents::open(connection)?, outbox::rows::read(connection)?) } else { Default::default() };
        let written = tail_at.max(last_event(connection)?);
        Ok(Self {
            boots: boots(connection)?,
            index,
            slots,
            newest,
            kept: newest,
            written,
            last_key: last_key(connection)?,
            incidents,
            outbox,
        })
    }
}

fn targets(connection: &Connection, layout: Layout) -> Result<(Index, Vec<Slot>), Trouble> {
    let mut index = Index::default();
    let mut slots = Vec::new();
    let awake = if layout.has_sleepers() { "WHERE asleep = 0" } else { "" };
    let mut all = connection.prepare(&format!("SELECT key, id, watched, rolled_us FROM targets {awake} ORDER BY key"))?;
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
            // What a target that sleeps, or that is gone, had in the tail stands in its blocks.
            if let Some(slot) = slots.get(&key)
                && sealed.get(*slot).is_some_and(|sealed| seq > *sealed)
                && let Some(known) = index.entries.get_mut(*slot)
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

fn last_event(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("SELECT coalesce((SELECT at_us FROM events ORDER BY seq DESC LIMIT 1), ?1)", [i64::MIN], |row| row.get(0))
}

/// A key is never given twice: also that of a target that is gone may stand in an old row of the tail.
fn last_key(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row(
        "SELECT max(coalesce((SELECT max(key) FROM targets), 0), coalesce((SELECT value FROM meta WHERE name = 'last_key'), 0))",
        [],
        |row| row.get(0),
    )
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
