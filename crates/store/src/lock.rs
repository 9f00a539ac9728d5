//! Exclusive ownership of a store: a lock file beside it, whose lock the kernel drops when its owner dies, however it dies. It also says
//! how far the owner had come, for a log that lost its end looks like one that never was longer.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Held as long as the store is open. The file stays behind: only the lock upon it means anything.
#[derive(Debug)]
pub(crate) struct Ownership {
    file: File,
    /// The last number that an owner before us gave to a result or an event, as far as it is known.
    reached: Option<u64>,
}

impl Drop for Ownership {
    /// Said aloud: a process that is just being started still has our descriptors, and closing ours would not end the lock.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            tracing::debug!(%error, "the store's lock ends with its file");
        }
    }
}

impl Ownership {
    pub(crate) fn take(store: &Path) -> Result<Self, OpenError> {
        let path = beside(store);
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| OpenError::from_io(store, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { path: store.to_owned(), by: owner(&mut file) }),
            Err(TryLockError::Error(error)) => return Err(OpenError::from_io(store, &error)),
        }
        let reached = reached(&mut file);
        sign(&mut file);
        let ownership = Self { file, reached };
        // What is known is not forgotten before there is something newer.
        reached.into_iter().for_each(|newest| ownership.note(newest));
        Ok(ownership)
    }

    /// The last number that was given before, as far as it is known.
    pub(crate) fn reached(&self) -> Option<u64> {
        self.reached
    }

    /// Notes how far the history goes: after each commit, into the page cache alone. It is about what the process knew when it ended; after
    /// a power cut it may tell of more than the disk had, and then that is lost indeed.
    pub(crate) fn note(&self, newest: u64) {
        if let Err(error) = self.file.write_all_at(format!("{newest:020}\n").as_bytes(), NOTE) {
            tracing::debug!(%error, "the lock file does not say how far the history goes");
        }
    }
}

/// Where the note stands: behind the owner's process id, which has at most ten digits.
const NOTE: u64 = 12;

fn reached(file: &mut File) -> Option<u64> {
    let mut text = String::new();
    file.rewind().and_then(|()| Read::take(&mut *file, 64).read_to_string(&mut text)).ok()?;
    text.lines().nth(1)?.trim().parse().ok()
}

/// A sibling, not the store itself: closing any descriptor of the store would drop the locks that SQLite holds on it.
pub(crate) fn beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    store.with_file_name(name)
}

/// The owner's process id is a courtesy to the reader of the error; a full disk must not keep us from owning.
fn sign(file: &mut File) {
    let signed = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{:<11}", std::process::id()));
    if let Err(error) = signed {
        tracing::debug!(%error, "the lock file does not say whose it is");
    }
}

fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.lines().next()?.trim().parse().ok()
}
