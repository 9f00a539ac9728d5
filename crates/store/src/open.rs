//! Opening a store: owning it, checking it, and taking up what was there when it was last written.

use std::path::Path;
use std::sync::Arc;

use allswell_model::{BootEpoch, Seq, Timestamp};
use rusqlite::{Connection, params};

use crate::error::OpenError;
use crate::found::{Found, Trouble};
use crate::lock::Ownership;
use crate::reader::Reader;
use crate::schema::{self, Layout};
use crate::settings::Settings;
use crate::shared::{Boot, Shared, Source};
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
    let (store, found) = take_up(&mut connection, settings, (ownership.reached(), now)).map_err(|trouble| trouble.at(path))?;
    let (slots, last_key) = (found.slots, found.last_key);
    let lost = lost(path, ownership.reached(), found.kept);
    let source = Source { path: path.clone(), layout: Layout::NEWEST, store, owned: true };
    let shared = Arc::new(Shared::new(source, found.boots, found.index, Seq(found.newest)));
    shared.change_board(|board| {
        board.note_incidents(&found.incidents);
        board.lost = lost;
    });
    shared.renew_outbox(Some(found.outbox), true);
    let reader = Reader::new(Arc::clone(&shared));
    Ok((Writer::new(connection, shared, (slots, last_key), settings.retention, ownership), reader))
}

/// What the file lacks of what was once committed, in one sentence.
fn lost(path: &Path, reached: Option<u64>, kept: u64) -> Option<String> {
    let missing = reached?.checked_sub(kept).filter(|missing| *missing > 0)?;
    let entries = if missing == 1 { "entry".to_owned() } else { format!("{missing} entries") };
    let log = schema::log_of(path);
    let sentence = format!(
        "the last {entries} of {} are missing: its log {} was cut or removed, the power failed, or an older copy took its place",
        path.display(),
        log.display()
    );
    tracing::warn!("{sentence}");
    Some(sentence)
}

/// Opens a store for reading only, also while another process writes it. It takes no lock and brings no layout to the next; beside the
/// file only what SQLite itself needs may appear, and nothing where nobody writes it. Followers are never woken, the board knows no
/// rows; of single results those can be read that were committed by now.
///
/// # Errors
/// Each [`OpenError`] says in one sentence what is wrong and what to do.
pub fn look_at(path: &Path) -> Result<Reader, OpenError> {
    check_place(path)?;
    if !path.exists() {
        return Err(OpenError::Missing { path: path.to_owned() });
    }
    let looked = schema::look(path)?;
    let read = |connection: &Connection| -> Result<(u32, Found), Trouble> {
        let moment = connection.unchecked_transaction()?;
        let mut found = Found::read(&moment, looked.layout)?;
        if let Some(last) = found.boots.last_mut() {
            last.last = last.last.max(Timestamp(found.written));
        }
        Ok((store_of(&moment)?, found))
    };
    let (store, found) = read(&looked.connection).map_err(|trouble| trouble.at(path))?;
    let source = Source { path: path.to_owned(), layout: looked.layout, store, owned: false };
    let shared = Arc::new(Shared::new(source, found.boots, found.index, Seq(found.newest)));
    shared.change_board(|board| board.note_incidents(&found.incidents));
    shared.renew_outbox(Some(found.outbox), true);
    Ok(Reader::new(shared))
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

fn take_up(connection: &mut Connection, settings: &Settings, (reached, now): (Option<u64>, Timestamp)) -> Result<(u32, Found), Trouble> {
    let transaction = connection.transaction()?;
    transaction.execute("INSERT OR IGNORE INTO meta (name, value) VALUES ('birth_us', ?1)", [now.0])?;
    let store = store_of(&transaction)?;
    let mut found = Found::read(&transaction, Layout::NEWEST)?;
    // Numbers that were shown once are given to nothing else, also when what they stood for is lost.
    found.newest = found.newest.max(reached.unwrap_or(0));
    end_last_boot(&transaction, &mut found)?;
    begin_boot(&transaction, &mut found, settings, now)?;
    transaction.commit()?;
    Ok((store, found))
}

/// A check value of the moment when the file was created.
fn store_of(connection: &Connection) -> rusqlite::Result<u32> {
    let birth: i64 = connection.query_row("SELECT value FROM meta WHERE name = 'birth_us'", [], |row| row.get(0))?;
    Ok(varint::crc(&birth.to_le_bytes()).max(1))
}

/// The last boot may have ended without a word: then it ran as long as it wrote.
fn end_last_boot(connection: &Connection, found: &mut Found) -> rusqlite::Result<()> {
    if let Some(last) = found.boots.last_mut() {
        last.last = last.last.max(Timestamp(found.written));
        connection.execute("UPDATE boots SET last_us = ?2 WHERE boot = ?1", [last.boot.0 as i64, last.last.0])?;
    }
    Ok(())
}

fn begin_boot(connection: &Connection, found: &mut Found, settings: &Settings, now: Timestamp) -> rusqlite::Result<()> {
    let boot = Boot {
        boot: BootEpoch(found.boots.last().map_or(1, |last| last.boot.0 + 1)),
        first_seq: found.newest + 1,
        opened: now,
        last: now,
        node: settings.node.clone(),
        location: Arc::clone(&settings.location),
    };
    connection.execute(
        "INSERT INTO boots (boot, first_seq, opened_us, last_us, node, location) VALUES (?1, ?2, ?3, ?3, ?4, ?5)",
        params![boot.boot.0 as i64, boot.first_seq as i64, now.0, boot.node.as_str(), &*boot.location],
    )?;
    found.boots.push(boot);
    Ok(())
}

#[cfg(test)]
mod tests;
