//! What the writer and all readers share, and the locks over it. No lock is held while anybody else's code runs.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use allswell_model::{Alert, Attempted, BootEpoch, NodeId, Seq, Stamp, TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::board::Board;
use crate::cursor::Cursor;
use crate::error::ReadError;
use crate::index::{Index, NO_KEY};
use crate::outbox::Outbox;
use crate::rows::Rows;
use crate::schema::{self, Layout};
use crate::wakers::Wakers;

/// How many idle connections are kept; a reader that finds none opens one.
const IDLE_CONNECTIONS: usize = 4;

/// The file.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) layout: Layout,
    /// Tells this store's cursors from another's.
    pub(crate) store: u32,
    /// This process writes it; else it is only looked at.
    pub(crate) owned: bool,
}

pub(crate) struct Shared {
    pub(crate) source: Source,
    /// All boots so far, the oldest first.
    pub(crate) boots: Vec<Boot>,
    pub(crate) wakers: Wakers,
    board: RwLock<Arc<Board>>,
    outbox: Mutex<Outbox>,
    index: RwLock<Index>,
    newest: Mutex<Seq>,
    /// When the writer was last heard of, in microseconds.
    heard: AtomicI64,
    idle: Mutex<Vec<Idle>>,
}

struct Idle {
    connection: Connection,
    /// Good only as long as nobody writes the file.
    still: bool,
}

/// One start of the store.
#[derive(Debug, Clone)]
pub(crate) struct Boot {
    pub(crate) boot: BootEpoch,
    pub(crate) first_seq: u64,
    pub(crate) opened: Timestamp,
    /// When it last wrote; for the boot that runs see [`Shared::runs`].
    pub(crate) last: Timestamp,
    pub(crate) node: NodeId,
    pub(crate) location: Arc<str>,
}

impl Shared {
    pub(crate) fn new(source: Source, boots: Vec<Boot>, index: Index, newest: Seq) -> Self {
        Self {
            source,
            boots,
            wakers: Wakers::default(),
            board: RwLock::default(),
            outbox: Mutex::default(),
            index: RwLock::new(index),
            newest: Mutex::new(newest),
            heard: AtomicI64::new(i64::MIN),
            idle: Mutex::default(),
        }
    }

    /// The board of this moment. It is copied only where it changes while somebody looks at it.
    pub(crate) fn board(&self) -> Arc<Board> {
        Arc::clone(&read(&self.board))
    }

    pub(crate) fn change_board(&self, change: impl FnOnce(&mut Board)) {
        change(Arc::make_mut(&mut write(&self.board)));
    }

    /// The alerts of this moment.
    pub(crate) fn outbox(&self) -> MutexGuard<'_, Outbox> {
        lock(&self.outbox)
    }

    /// The alerts as they will be after a batch with these; `None` where nothing changes and nothing waits for the disk.
    pub(crate) fn outbox_after(&self, alerts: &[Alert], attempts: &[Attempted], now: Timestamp) -> Option<Outbox> {
        let outbox = self.outbox();
        let changes = !alerts.is_empty() || !attempts.is_empty() || outbox.unwritten().next().is_some();
        let mut after = changes.then(|| outbox.clone())?;
        drop(outbox);
        let lost = after.take(alerts, attempts, now);
        if lost > 0 {
            self.change_board(|board| board.not_kept.alerts += lost);
        }
        Some(after)
    }

    /// The batch was tried: its alerts wait, whether the disk took them or not.
    pub(crate) fn renew_outbox(&self, after: Option<Outbox>, written: bool) {
        let Some(mut after) = after else { return };
        if written {
            after.written();
        }
        let waiting = after.len();
        *self.outbox() = after;
        self.change_board(|board| board.waiting = waiting);
    }

    pub(crate) fn index(&self) -> RwLockReadGuard<'_, Index> {
        read(&self.index)
    }

    pub(crate) fn index_mut(&self) -> RwLockWriteGuard<'_, Index> {
        write(&self.index)
    }

    /// The newest committed entry.
    pub(crate) fn newest(&self) -> Seq {
        *lock(&self.newest)
    }

    pub(crate) fn set_newest(&self, seq: Seq) {
        *lock(&self.newest) = seq;
    }

    /// The writer is alive at this time.
    pub(crate) fn hear(&self, now: Timestamp) {
        self.heard.fetch_max(now.0, Ordering::Relaxed);
    }

    /// From when to when the program ran, each time; this time until the writer was last heard of.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (i64, i64)> {
        let (running, heard) = (self.boots.last().map(|boot| boot.boot), self.heard.load(Ordering::Relaxed));
        self.boots.iter().map(move |boot| (boot.opened.0, if Some(boot.boot) == running { boot.last.0.max(heard) } else { boot.last.0 }))
    }

    /// Runs `read` with a connection of its own.
    pub(crate) fn with_connection<R>(&self, read: impl FnOnce(&Connection) -> Result<R, ReadError>) -> Result<R, ReadError> {
        let still = self.is_still();
        let idle = lock(&self.idle).pop().filter(|idle| idle.still == still);
        let connection = match idle {
            Some(idle) => idle.connection,
            None if self.source.owned => schema::open_reader(&self.source.path)?,
            None => schema::open_looker(&self.source.path)?,
        };
        let answer = read(&connection)?;
        let mut idle = lock(&self.idle);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push(Idle { connection, still });
        }
        Ok(answer)
    }

    /// Whether the file is only looked at, and nobody writes it.
    pub(crate) fn is_still(&self) -> bool {
        !self.source.owned && schema::is_still(&self.source.path)
    }

    /// Where a target's history is: its key, and those of its results that no block holds.
    pub(crate) fn locate(&self, target: &TargetId) -> Result<Option<(i64, Rows)>, ReadError> {
        let awake =
            self.index().find(target).filter(|known| known.key != NO_KEY).map(|known| known.chunk.rows().map(|rows| (known.key, rows)));
        if let Some(awake) = awake.transpose()? {
            return Ok(Some(awake));
        }
        let asleep = self.with_connection(|connection| key_in_file(connection, target))?;
        Ok(asleep.map(|key| (key, Rows::default())))
    }

    /// Which boot gave this sequence number, and whose it is.
    pub(crate) fn stamp(&self, seq: u64, at: Timestamp) -> Result<Stamp, ReadError> {
        let boot = self
            .boots
            .iter()
            .rfind(|boot| boot.first_seq <= seq)
            .ok_or_else(|| ReadError::Corrupt("an entry before the first boot".to_owned()))?;
        Ok(Stamp { node: boot.node.clone(), location: Arc::clone(&boot.location), boot: boot.boot, seq: Seq(seq), at })
    }

    /// The cursor after this entry.
    pub(crate) fn cursor(&self, seq: u64) -> Cursor {
        let boot = self.boots.iter().rfind(|boot| boot.first_seq <= seq).map_or(BootEpoch(0), |boot| boot.boot);
        Cursor { store: self.source.store, boot, seq: Seq(seq) }
    }

    /// The sequence number after which this cursor stands. Numbers that its boot handed out and a power cut took back end with that boot.
    pub(crate) fn place(&self, cursor: Cursor) -> Result<u64, ReadError> {
        if cursor == Cursor::START {
            return Ok(0);
        }
        let known = cursor.store == self.source.store && self.boots.last().is_some_and(|last| cursor.boot <= last.boot);
        if !known {
            return Err(ReadError::ForeignCursor);
        }
        let end = self.boots.iter().find(|boot| boot.boot > cursor.boot).map_or(u64::MAX, |next| next.first_seq.saturating_sub(1));
        Ok(cursor.seq.0.min(end))
    }
}

/// The key of a target in the file.
pub(crate) fn key_in_file(connection: &Connection, target: &TargetId) -> Result<Option<i64>, ReadError> {
    let mut query = connection.prepare_cached("SELECT key FROM targets WHERE id = ?1")?;
    Ok(query.query_row([target.as_str()], |row| row.get(0)).optional()?)
}

/// A panic elsewhere does not make what a lock guards wrong here: every change under one is a plain assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn read<T>(lock: &RwLock<T>) -> RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
