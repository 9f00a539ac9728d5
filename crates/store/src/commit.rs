//! One group commit: everything that one call writes, in one transaction.

use std::collections::BTreeMap;

use allswell_model::{EventBody, Incident, IncidentId, Timestamp};
use rusqlite::{Connection, Transaction, params};

use crate::error::WriteError;
use crate::incidents;
use crate::outbox::{self, Told};
use crate::standing::Standing;

/// What is written together.
#[derive(Debug)]
pub(crate) struct Commit<'a> {
    /// Targets that are new to the file, or watched from now on or no longer.
    pub(crate) targets: Vec<(i64, &'a str, bool)>,
    pub(crate) blocks: Vec<&'a Block>,
    pub(crate) tail: Option<Tail<'a>>,
    /// Blocks hold all results before this sequence number.
    pub(crate) sealed: u64,
    pub(crate) events: Vec<(u64, Option<i64>, &'a (Timestamp, EventBody))>,
    pub(crate) standings: Vec<(i64, &'a Standing)>,
    pub(crate) incidents: &'a BTreeMap<IncidentId, Incident>,
    /// By their places: new ones, and others as they are now.
    pub(crate) alerts: Vec<(u64, &'a Told)>,
}

impl Commit<'_> {
    /// About how many bytes it takes, the pages it touches included.
    pub(crate) fn size(&self) -> usize {
        let blocks: usize = self.blocks.iter().map(|block| block.data.len() + PAGE).sum();
        let rows = self.targets.len() + self.events.len() + self.standings.len();
        let letters = self.incidents.len() + self.alerts.len();
        PAGE + self.tail.as_ref().map_or(0, |tail| tail.data.len()) + blocks + rows * 300 + letters * PAGE
    }

    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        let results = self.blocks.is_empty() && self.tail.is_none();
        let consequences = self.events.is_empty() && self.standings.is_empty() && self.incidents.is_empty() && self.alerts.is_empty();
        results && consequences && self.targets.is_empty()
    }
}

/// A row of the tail.
#[derive(Debug)]
pub(crate) struct Tail<'a> {
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) at: Timestamp,
    pub(crate) data: &'a [u8],
}

/// A block that was made of a chunk.
#[derive(Debug)]
pub(crate) struct Block {
    /// The block that it takes the place of, which it contains.
    pub(crate) replaces: Option<i64>,
    pub(crate) target: i64,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) span: (i64, i64),
    pub(crate) count: usize,
    pub(crate) data: Vec<u8>,
}

/// A page of the file.
const PAGE: usize = 4096;

/// How many rows of the tail go with one commit: as many come, and a few more when it has grown.
const TAIL_ROWS: u32 = 16;

/// Writes it all, or nothing.
pub(crate) fn write(connection: &mut Connection, commit: &Commit<'_>) -> Result<(), WriteError> {
    let transaction = connection.transaction()?;
    targets(&transaction, commit)?;
    blocks(&transaction, commit)?;
    tail(&transaction, commit)?;
    events(&transaction, commit)?;
    standings(&transaction, commit)?;
    incidents::write(&transaction, commit.incidents)?;
    outbox::rows::write(&transaction, &commit.alerts)?;
    transaction.commit()?;
    Ok(())
}

fn targets(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), WriteError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO targets (key, id, watched) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET watched = excluded.watched, asleep = 0,
             status = CASE WHEN excluded.watched THEN status END, incident = CASE WHEN excluded.watched THEN incident END",
    )?;
    commit.targets.iter().try_for_each(|(key, id, watched)| insert.execute(params![key, id, watched]).map(drop)).map_err(WriteError::from)
}

fn blocks(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), WriteError> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO blocks (id, target, first_seq, last_seq, min_us, max_us, count, data) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (id) DO UPDATE SET first_seq = excluded.first_seq, last_seq = excluded.last_seq,
             min_us = excluded.min_us, max_us = excluded.max_us, count = excluded.count, data = excluded.data",
    )?;
    for block in &commit.blocks {
        let (first, last, count) = (block.first as i64, block.last as i64, block.count as i64);
        insert.execute(params![block.replaces, block.target, first, last, block.span.0, block.span.1, count, block.data])?;
    }
    Ok(())
}

fn tail(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), WriteError> {
    let sealed = commit.sealed as i64;
    transaction
        .prepare_cached(
            "DELETE FROM tail WHERE first_seq IN (SELECT first_seq FROM tail WHERE first_seq < ?1 AND last_seq < ?1 ORDER BY first_seq LIMIT ?2)",
        )?
        .execute(params![sealed, TAIL_ROWS])?;
    if let Some(tail) = &commit.tail {
        transaction.prepare_cached("INSERT INTO tail (first_seq, last_seq, at_us, data) VALUES (?1, ?2, ?3, ?4)")?.execute(params![
            tail.first as i64,
            tail.last as i64,
            tail.at.0,
            tail.data
        ])?;
    }
    Ok(())
}

fn events(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), WriteError> {
    let mut insert = transaction.prepare_cached("INSERT INTO events (seq, at_us, target, body) VALUES (?1, ?2, ?3, ?4)")?;
    for (seq, target, (at, body)) in &commit.events {
        let body = serde_json::to_string(body).map_err(|error| WriteError::Io(error.to_string()))?;
        insert.execute(params![*seq as i64, at.0, target, body])?;
    }
    Ok(())
}

fn standings(transaction: &Transaction<'_>, commit: &Commit<'_>) -> Result<(), WriteError> {
    let mut update =
        transaction.prepare_cached("UPDATE targets SET status = ?2, since_us = ?3, marks = ?4, incident = ?5 WHERE key = ?1")?;
    for (key, standing) in &commit.standings {
        let marks = serde_json::to_string(&standing.marks).map_err(|error| WriteError::Io(error.to_string()))?;
        update.execute(params![key, standing.status.word(), standing.since.0, marks, standing.incident.map(|incident| incident.0)])?;
    }
    Ok(())
}
