//! What SQLite leaves to the kernel is forced to the disk from a thread of its own, so that a slow disk makes nobody wait.
//!
//! A commit is in the write-ahead log when it returns: a killed process loses nothing. This thread makes the disk hold it
//! within a second, so that a power cut loses no more, and moves the log into the file before it grows long.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

use crate::schema;

/// From one forced write to the next, at least.
const PAUSE: Duration = Duration::from_millis(400);

/// The log is moved into the file when it holds about so much that is new, or after so long.
const MOVE_AFTER_BYTES: u64 = 3 << 20;
const MOVE_AFTER: Duration = Duration::from_secs(60);

/// Not to create it: where the file was deleted, none shall be begun behind the writer's back.
const FLAGS: OpenFlags = OpenFlags::SQLITE_OPEN_READ_WRITE.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// An idle thread looks around this often.
const IDLE: Duration = Duration::from_secs(60);

/// The thread, and the way to wake it. It ends with this value.
pub(crate) struct Syncer {
    wake: Option<SyncSender<()>>,
    /// About how much the log holds that the file does not.
    written: Arc<AtomicU64>,
    thread: Option<JoinHandle<()>>,
}

impl Syncer {
    /// Where no thread can be had the store works all the same: SQLite itself moves the log now and then.
    pub(crate) fn start(path: &Path) -> Self {
        // One place is enough: a wake-up that waits stands for all that follow.
        let (wake, woken) = sync_channel(1);
        let written = Arc::new(AtomicU64::new(0));
        let duty = Duty { path: path.to_owned(), log: None, connection: None, written: Arc::clone(&written), moved: Instant::now() };
        let thread = std::thread::Builder::new().name("store-sync".to_owned()).spawn(move || duty.run(&woken));
        if let Err(error) = &thread {
            tracing::warn!(%error, "no thread for the store: a power cut may lose more than a second");
        }
        Self { wake: Some(wake), written, thread: thread.ok() }
    }

    /// A commit of about so many bytes was made.
    pub(crate) fn committed(&self, bytes: usize) {
        self.written.fetch_add(bytes as u64, Ordering::Relaxed);
        if let Some(wake) = &self.wake {
            // Full means that it is awake already.
            let _ = wake.try_send(());
        }
    }
}

impl Drop for Syncer {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the store's thread ended by a bug");
        }
    }
}

struct Duty {
    path: PathBuf,
    log: Option<File>,
    connection: Option<Connection>,
    written: Arc<AtomicU64>,
    moved: Instant,
}

impl Duty {
    fn run(mut self, woken: &Receiver<()>) {
        loop {
            match woken.recv_timeout(IDLE) {
                Ok(()) => {}
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) => return,
            }
            self.serve();
            while let Some(more) = pause(woken) {
                if !more {
                    break;
                }
                self.serve();
            }
        }
    }

    fn serve(&mut self) {
        if let Err(error) = self.force() {
            tracing::warn!(%error, "the store's log could not be forced to the disk");
        }
        if self.written.load(Ordering::Relaxed) < MOVE_AFTER_BYTES && self.moved.elapsed() < MOVE_AFTER {
            return;
        }
        self.written.store(0, Ordering::Relaxed);
        self.moved = Instant::now();
        if let Err(error) = self.move_log() {
            tracing::warn!(%error, "the store's log could not be moved into the file");
            self.connection = None;
        }
    }

    fn force(&mut self) -> std::io::Result<()> {
        let log = match &mut self.log {
            Some(log) => log,
            none => none.insert(File::open(schema::log_of(&self.path))?),
        };
        log.sync_data()
    }

    /// Passive: it waits for nobody, and nobody for it.
    fn move_log(&mut self) -> rusqlite::Result<()> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(Connection::open_with_flags(&self.path, FLAGS)?),
        };
        connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))
    }
}

/// Lets time pass, and tells whether somebody woke us meanwhile; `None`, at once, when the writer is gone.
fn pause(woken: &Receiver<()>) -> Option<bool> {
    let end = Instant::now() + PAUSE;
    let mut woke = false;
    loop {
        match woken.recv_timeout(end.saturating_duration_since(Instant::now())) {
            Ok(()) => woke = true,
            Err(RecvTimeoutError::Timeout) => return Some(woke),
            Err(RecvTimeoutError::Disconnected) => return None,
        }
    }
}
