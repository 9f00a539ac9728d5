//! Which file a path leads to. One that is deleted or replaced can be written on, and takes all of that with it.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// A file, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Identity {
    device: u64,
    inode: u64,
}

impl Identity {
    /// The file that the path leads to now. It is not opened: closing it would drop the locks that SQLite holds on it.
    pub(crate) fn of(path: &Path) -> io::Result<Self> {
        let found = std::fs::metadata(path)?;
        Ok(Self { device: found.dev(), inode: found.ino() })
    }

    /// Whether the path surely leads to no file any more, or to another one.
    pub(crate) fn left(self, path: &Path) -> bool {
        match Self::of(path) {
            Ok(found) => found != self,
            Err(error) => matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory),
        }
    }
}
