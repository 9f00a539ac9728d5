//! A small file of the system that is read again when it has changed; looked at once a second at most.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Between two looks at the file.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// A file, and what was made of it.
#[derive(Debug)]
pub(crate) struct Watched<T> {
    path: PathBuf,
    read: fn(&[u8]) -> T,
    seen: Mutex<Option<Seen<T>>>,
}

#[derive(Debug)]
struct Seen<T> {
    value: Arc<T>,
    stamp: Option<Stamp>,
    looked: Instant,
    generation: u64,
}

/// What differs when a file was changed or replaced: seconds and nanoseconds of its change, its length, its inode.
type Stamp = (i64, i64, u64, u64);

impl<T> Watched<T> {
    /// Nothing is read until it is asked for. A file that cannot be read is like an empty one.
    pub(crate) fn new(path: impl Into<PathBuf>, read: fn(&[u8]) -> T) -> Self {
        Self { path: path.into(), read, seen: Mutex::new(None) }
    }

    /// What the file says, and a number that changes with it.
    pub(crate) fn current(&self, now: Instant) -> (Arc<T>, u64) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let generation = match seen.as_mut() {
            Some(last) if now < last.looked + LOOK_EVERY => return (Arc::clone(&last.value), last.generation),
            Some(last) if stamp(&self.path) == last.stamp => {
                last.looked = now;
                return (Arc::clone(&last.value), last.generation);
            }
            last => last.map_or(0, |last| last.generation + 1),
        };
        // The stamp is taken first: a change between the two is then seen by the next look.
        let stamp = stamp(&self.path);
        let value = Arc::new((self.read)(&fs::read(&self.path).unwrap_or_default()));
        *seen = Some(Seen { value: Arc::clone(&value), stamp, looked: now, generation });
        (value, generation)
    }
}

fn stamp(path: &Path) -> Option<Stamp> {
    let metadata = fs::metadata(path).ok()?;
    Some((metadata.mtime(), metadata.mtime_nsec(), metadata.len(), metadata.ino()))
}

#[cfg(test)]
mod tests;
