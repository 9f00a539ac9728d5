//! Exclusive ownership of a store: a lock file beside it, whose lock the kernel drops when its owner dies, however it dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::error::OpenError;

/// Held as long as the store is open. The file stays behind: only the lock upon it means anything.
#[derive(Debug)]
pub(crate) struct Ownership {
    file: File,
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
        sign(&mut file);
        Ok(Self { file })
    }
}

/// A sibling, not the store itself: closing any descriptor of the store would drop the locks that SQLite holds on it.
pub(crate) fn beside(store: &Path) -> PathBuf {
    let mut name = store.file_name().unwrap_or_default().to_owned();
    name.push(".lock");
    store.with_file_name(name)
}

/// The owner's process id is a courtesy to the reader of the error; a full disk must not keep us from owning.
fn sign(file: &mut File) {
    let signed = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| writeln!(file, "{}", std::process::id()));
    if let Err(error) = signed {
        tracing::debug!(%error, "the lock file does not say whose it is");
    }
}

fn owner(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.take(20).read_to_string(&mut text).ok()?;
    text.trim().parse().ok()
}
