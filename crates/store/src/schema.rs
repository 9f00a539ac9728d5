//! The layout of the file: its version, and the way from each version to the next.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OptionalExtension};

use crate::error::OpenError;

/// Marks the file as ours: "Alsw".
pub(crate) const APPLICATION: i64 = 0x416c_7377;

/// How long one connection waits for another: those of ours hold locks for moments only.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(1);

/// `MIGRATIONS[n]` leads from version n to n + 1. What stands here once is never changed: files of that version exist.
const MIGRATIONS: &[&str] = &[
    // 1: the first.
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

     -- One row for each start: whose the sequence numbers from first_seq on are, and from when to when it ran.
     CREATE TABLE boots (
         boot INTEGER PRIMARY KEY, first_seq INTEGER NOT NULL, opened_us INTEGER NOT NULL, last_us INTEGER NOT NULL,
         node TEXT NOT NULL, location TEXT NOT NULL);

     -- status, since_us and marks are null until the target was judged.
     -- The hours before rolled_us are rolled up.
     CREATE TABLE targets (
         key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, watched INTEGER NOT NULL,
         status TEXT, since_us INTEGER, marks TEXT, rolled_us INTEGER);

     CREATE TABLE events (seq INTEGER PRIMARY KEY, at_us INTEGER NOT NULL, target INTEGER, body TEXT NOT NULL);
     CREATE INDEX events_of_target ON events (target, at_us) WHERE target IS NOT NULL;

     -- One row for each commit: the results of all targets that no block holds yet.
     CREATE TABLE tail (first_seq INTEGER PRIMARY KEY, last_seq INTEGER NOT NULL, at_us INTEGER NOT NULL, data BLOB NOT NULL);

     -- Results of one target. Appended in the order of age, so that the oldest free whole pages.
     CREATE TABLE blocks (
         id INTEGER PRIMARY KEY, target INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
         min_us INTEGER NOT NULL, max_us INTEGER NOT NULL, count INTEGER NOT NULL, data BLOB NOT NULL);
     CREATE INDEX blocks_by_seq ON blocks (target, last_seq);
     CREATE INDEX blocks_by_time ON blocks (target, max_us);

     -- span is in seconds: 60 (all minutes of one hour in one row), 3600, 86400.
     CREATE TABLE rollups (
         id INTEGER PRIMARY KEY, target INTEGER NOT NULL, span INTEGER NOT NULL, start_us INTEGER NOT NULL, data BLOB NOT NULL);
     CREATE UNIQUE INDEX rollups_of_target ON rollups (target, span, start_us);",
    // 2: incidents and alerts; targets that nobody needs in memory; a target's events in their order.
    "-- body is JSON in the shape of this version.
     CREATE TABLE incidents (id INTEGER PRIMARY KEY, ended_us INTEGER, version INTEGER NOT NULL, body TEXT NOT NULL);
     CREATE INDEX incidents_open ON incidents (id) WHERE ended_us IS NULL;
     CREATE INDEX incidents_ended ON incidents (ended_us) WHERE ended_us IS NOT NULL;

     -- In the order in which they were decided. ended is null while it waits, else delivered or given_up.
     CREATE TABLE outbox (
         id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, channel TEXT NOT NULL, incident INTEGER NOT NULL, decided_us INTEGER NOT NULL,
         version INTEGER NOT NULL, body TEXT NOT NULL,
         attempts INTEGER NOT NULL, due_us INTEGER NOT NULL, ended TEXT, at_us INTEGER, detail TEXT NOT NULL);
     CREATE INDEX outbox_waiting ON outbox (id) WHERE ended IS NULL;
     CREATE INDEX outbox_ended ON outbox (at_us) WHERE ended IS NOT NULL;
     CREATE INDEX outbox_of_incident ON outbox (incident);

     -- incident is the one that the target is in. A target that is asleep is not watched, stands in no row of the tail, and all its hours
     -- are rolled up.
     ALTER TABLE targets ADD COLUMN incident INTEGER;
     ALTER TABLE targets ADD COLUMN asleep INTEGER NOT NULL DEFAULT 0;
     CREATE INDEX targets_awake ON targets (key) WHERE asleep = 0;

     CREATE INDEX events_in_order ON events (target) WHERE target IS NOT NULL;",
];

/// The layout of a file that is only looked at may be an older one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Layout(i64);

impl Layout {
    pub(crate) const NEWEST: Self = Self(VERSION);

    /// It has tables for incidents and alerts.
    pub(crate) fn has_incidents(self) -> bool {
        self.0 >= 2
    }

    /// It tells which targets are asleep.
    pub(crate) fn has_sleepers(self) -> bool {
        self.0 >= 2
    }
}

/// The layout that this program writes.
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

/// Opens the file for writing and brings it to the newest layout.
pub(crate) fn open(path: &Path) -> Result<Connection, OpenError> {
    let said = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let mut connection = Connection::open(path).map_err(said)?;
    connection.busy_timeout(PATIENCE).map_err(said)?;
    connection.set_prepared_statement_cache_capacity(64);
    if is_new(&connection).map_err(said)? {
        // These two cannot be changed later.
        connection.execute_batch("PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL;").map_err(said)?;
    } else {
        accept(path, &connection)?;
    }
    log_ahead(path, &connection)?;
    // The log's own growth is `sync`'s affair; only where that cannot be is it moved here: so many pages are 32 MB.
    connection
        .execute_batch(
            "PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000; PRAGMA cache_size = -4096; PRAGMA temp_store = MEMORY;",
        )
        .map_err(said)?;
    migrate(&mut connection).map_err(said)?;
    Ok(connection)
}

/// Without the write-ahead log readers would hold up the writer; some network file systems cannot do it.
fn log_ahead(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let mode: String =
        connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).map_err(|error| OpenError::from_sql(path, &error))?;
    if mode == "wal" {
        return Ok(());
    }
    Err(OpenError::Io { path: path.to_owned(), detail: "its file system shares no memory between processes; use a local disk".to_owned() })
}

/// SQLite's write-ahead log of the file.
pub(crate) fn log_of(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push("-wal");
    path.with_file_name(name)
}

/// Opens the file, which exists, for reading.
pub(crate) fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(PATIENCE)?;
    connection.execute_batch("PRAGMA cache_size = -1024;")?;
    Ok(connection)
}

/// A file that is only looked at.
pub(crate) struct Looked {
    pub(crate) connection: Connection,
    pub(crate) layout: Layout,
}

/// Opens a file, which exists, to look at it, whoever else has it open.
pub(crate) fn look(path: &Path) -> Result<Looked, OpenError> {
    let said = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let connection = open_looker(path).map_err(said)?;
    accept(path, &connection)?;
    let layout = Layout(pragma(&connection, "user_version").map_err(said)?);
    Ok(Looked { connection, layout })
}

/// Where nobody writes the file its log is empty or gone, and nothing is to be created beside it only to read: not by somebody whose files the
/// program could not write afterwards, and not in a folder that cannot be written at all. Such a connection is good only as long as
/// [`is_still`] says so.
pub(crate) fn open_looker(path: &Path) -> rusqlite::Result<Connection> {
    if !is_still(path) {
        return open_reader(path);
    }
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY | rusqlite::OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let name = std::path::absolute(path).map_err(|_| rusqlite::Error::InvalidPath(path.to_owned()))?;
    let connection = Connection::open_with_flags(uri(&name), flags | rusqlite::OpenFlags::SQLITE_OPEN_URI)?;
    connection.execute_batch("PRAGMA cache_size = -1024;")?;
    Ok(connection)
}

/// Whether nobody writes the file: there would be something in its log.
pub(crate) fn is_still(path: &Path) -> bool {
    std::fs::metadata(log_of(path)).map_or_else(|error| error.kind() == std::io::ErrorKind::NotFound, |log| log.len() == 0)
}

/// The file as one that does not change, in the form of <https://www.sqlite.org/uri.html>.
fn uri(path: &Path) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/-_.~".contains(byte);
    let bytes = path.as_os_str().as_encoded_bytes();
    let escaped: String =
        bytes.iter().map(|byte| if plain(byte) { char::from(*byte).to_string() } else { format!("%{byte:02x}") }).collect();
    format!("file://{escaped}?immutable=1")
}

fn pragma(connection: &Connection, name: &str) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, name, |row| row.get(0))
}

fn is_new(connection: &Connection) -> rusqlite::Result<bool> {
    let tables: Option<i64> = connection.query_row("SELECT 1 FROM sqlite_schema LIMIT 1", [], |row| row.get(0)).optional()?;
    Ok(tables.is_none() && pragma(connection, "user_version")? == 0 && pragma(connection, "application_id")? == 0)
}

/// Whether a file that holds something is ours to write.
fn accept(path: &Path, connection: &Connection) -> Result<(), OpenError> {
    let said = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    if pragma(connection, "application_id").map_err(said)? != APPLICATION {
        return Err(OpenError::NotAStore { path: path.to_owned() });
    }
    let found = pragma(connection, "user_version").map_err(said)?;
    if found > VERSION {
        return Err(OpenError::Newer { path: path.to_owned(), found, known: VERSION });
    }
    Ok(())
}

/// Each step is a transaction: a crash between two leaves a file of a version that existed.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let found = pragma(connection, "user_version")?;
    for (version, step) in (1..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
        transaction.pragma_update(None, "user_version", version)?;
        transaction.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
