//! Why a copy of the store was not made.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Fault, ReadError};

/// Why a copy could not be made. Each reads as one sentence with its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BackupError {
    /// There is something of that name already.
    Exists {
        /// Its name.
        path: PathBuf,
    },
    /// The folder of the copy does not exist.
    MissingFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// The copy's folder may not be written.
    ReadOnly {
        /// The copy.
        path: PathBuf,
    },
    /// The copy's disk has no room.
    Full {
        /// The copy.
        path: PathBuf,
    },
    /// The store itself is damaged.
    Corrupt(String),
    /// Anything else that the system said.
    Io {
        /// The copy.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
}

impl fmt::Display for BackupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exists { path } => {
                write!(f, "{} exists already; name another file for the copy, or say that it may be replaced", path.display())
            }
            Self::MissingFolder { folder } => write!(f, "the folder {} for the copy does not exist; create it", folder.display()),
            Self::ReadOnly { path } => {
                write!(f, "the copy {} cannot be written; give this user the right to write its folder", path.display())
            }
            Self::Full { path } => {
                write!(f, "the disk has no room for the copy {}; make room, or name a file on another disk", path.display())
            }
            Self::Corrupt(detail) => write!(f, "the store is damaged and was not copied ({detail}); restore an earlier copy"),
            Self::Io { path, detail } => write!(f, "the copy {} was not made ({detail}); check its disk", path.display()),
        }
    }
}

impl std::error::Error for BackupError {}

impl BackupError {
    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, detail: error.to_string() },
        }
    }

    pub(crate) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match Fault::of(error) {
            Fault::Full => Self::Full { path },
            Fault::ReadOnly => Self::ReadOnly { path },
            Fault::Corrupt | Fault::NotADatabase => Self::Corrupt(error.to_string()),
            Fault::Busy | Fault::Other => Self::Io { path, detail: error.to_string() },
        }
    }

    pub(crate) fn from_read(path: &Path, error: ReadError) -> Self {
        match error {
            ReadError::Corrupt(detail) => Self::Corrupt(detail),
            other => Self::Io { path: path.to_owned(), detail: other.to_string() },
        }
    }
}
