//! What can go wrong with the file, in words that tell whose fault it is and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

/// Why the store could not be opened. Each reads as one sentence with its remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OpenError {
    /// Another process owns it.
    InUse {
        /// The store.
        path: PathBuf,
        /// The owner's process id, where it can be told.
        by: Option<u32>,
    },
    /// A later Allswell wrote it.
    Newer {
        /// The store.
        path: PathBuf,
        /// The version of its layout.
        found: i64,
        /// The newest layout that this program knows.
        known: i64,
    },
    /// The file is not a store of ours.
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The file is a store, but damaged.
    Corrupt {
        /// The store.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
    /// The file or its folder may not be written.
    ReadOnly {
        /// The store.
        path: PathBuf,
    },
    /// The disk has no room.
    Full {
        /// The store.
        path: PathBuf,
    },
    /// The folder does not exist.
    MissingFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// It was only to be looked at, and is not there.
    Missing {
        /// The store.
        path: PathBuf,
    },
    /// Anything else that the system said.
    Io {
        /// The store.
        path: PathBuf,
        /// The system's words.
        detail: String,
    },
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { path, by } => {
                write!(f, "the store {} is in use by another process", path.display())?;
                if let Some(by) = by {
                    write!(f, " ({by})")?;
                }
                f.write_str("; stop that one, or name another file under `store:`")
            }
            Self::Newer { path, found, known } => write!(
                f,
                "the store {} has layout {found}, and this program knows layouts up to {known}; run the newer allswell that wrote it, or name another file under `store:`",
                path.display()
            ),
            Self::NotAStore { path } => {
                write!(f, "{} is not a store of allswell; name another file under `store:`", path.display())
            }
            Self::Corrupt { path, detail } => {
                write!(f, "the store {} is damaged ({detail}); restore a copy, or move it away and a new one is begun", path.display())
            }
            Self::ReadOnly { path } => write!(
                f,
                "the store {} cannot be written; give this user the right to write the file and its folder, or name another file under `store:`",
                path.display()
            ),
            Self::Full { path } => {
                write!(f, "the disk of the store {} is full; make room, or name a file on another disk under `store:`", path.display())
            }
            Self::MissingFolder { folder } => {
                write!(f, "the folder {} of the store does not exist; create it, or name another file under `store:`", folder.display())
            }
            Self::Missing { path } => write!(f, "there is no store at {}; name the file that is meant", path.display()),
            Self::Io { path, detail } => {
                write!(f, "the store {} cannot be opened ({detail}); check its disk and its rights", path.display())
            }
        }
    }
}

impl std::error::Error for OpenError {}

impl OpenError {
    pub(crate) fn from_sql(path: &Path, error: &rusqlite::Error) -> Self {
        let path = path.to_owned();
        match Fault::of(error) {
            Fault::Full => Self::Full { path },
            Fault::ReadOnly => Self::ReadOnly { path },
            Fault::NotADatabase => Self::NotAStore { path },
            Fault::Corrupt => Self::Corrupt { path, detail: error.to_string() },
            Fault::Busy => Self::InUse { path, by: None },
            Fault::Other => Self::Io { path, detail: error.to_string() },
        }
    }

    pub(crate) fn from_io(path: &Path, error: &io::Error) -> Self {
        let path = path.to_owned();
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::Io { path, detail: error.to_string() },
        }
    }
}

/// Why a batch was not kept. The writer stays usable: a later append may succeed, except after [`WriteError::Gone`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The disk, or the quota, has no room.
    Full,
    /// The file may no longer be written.
    ReadOnly,
    /// The file is damaged.
    Corrupt(String),
    /// The file was deleted or replaced while it was open: what was written since is lost, and no later append succeeds.
    Gone(PathBuf),
    /// Anything else that the system said.
    Io(String),
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Full => f.write_str("not kept: the store's disk is full; make room, or lower `retention.at_most`"),
            Self::ReadOnly => f.write_str(
                "not kept: the store can no longer be written; check the rights of its file and whether its disk is mounted read-only",
            ),
            Self::Corrupt(detail) => {
                write!(f, "not kept: the store is damaged ({detail}); restore a copy, or move it away and restart")
            }
            Self::Gone(path) => write!(
                f,
                "not kept: the store {} was deleted or replaced while it was in use, and what was written since is lost; put it right and restart",
                path.display()
            ),
            Self::Io(detail) => write!(f, "not kept: the store's disk failed ({detail})"),
        }
    }
}

impl std::error::Error for WriteError {}

impl From<rusqlite::Error> for WriteError {
    fn from(error: rusqlite::Error) -> Self {
        match Fault::of(&error) {
            Fault::Full => Self::Full,
            Fault::ReadOnly => Self::ReadOnly,
            Fault::Corrupt | Fault::NotADatabase => Self::Corrupt(error.to_string()),
            Fault::Busy | Fault::Other => Self::Io(error.to_string()),
        }
    }
}

impl From<Malformed> for WriteError {
    fn from(error: Malformed) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// Why history could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// The cursor was made by another store, or by a later state of this one than the file now holds.
    ForeignCursor,
    /// The file is damaged here.
    Corrupt(String),
    /// Anything else that the system said.
    Io(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ForeignCursor => f.write_str("the cursor belongs to another store; begin again without one"),
            Self::Corrupt(detail) => write!(f, "the store is damaged ({detail}); restore a copy, or move it away and restart"),
            Self::Io(detail) => write!(f, "the store cannot be read ({detail}); check its disk"),
        }
    }
}

impl std::error::Error for ReadError {}

impl From<rusqlite::Error> for ReadError {
    fn from(error: rusqlite::Error) -> Self {
        match Fault::of(&error) {
            Fault::Corrupt | Fault::NotADatabase => Self::Corrupt(error.to_string()),
            _ => Self::Io(error.to_string()),
        }
    }
}

impl From<Malformed> for ReadError {
    fn from(error: Malformed) -> Self {
        Self::Corrupt(error.to_string())
    }
}

/// Bytes that are not what we wrote; it names the part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Malformed(pub(crate) &'static str);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "malformed {}", self.0)
    }
}

impl std::error::Error for Malformed {}

/// What SQLite's many codes come down to.
pub(crate) enum Fault {
    Full,
    ReadOnly,
    Corrupt,
    NotADatabase,
    Busy,
    Other,
}

impl Fault {
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        if matches!(
            error,
            rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)
        ) {
            return Self::Corrupt;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt) => Self::Corrupt,
            Some(ErrorCode::NotADatabase) => Self::NotADatabase,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            _ => Self::Other,
        }
    }
}
