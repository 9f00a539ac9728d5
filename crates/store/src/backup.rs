//! A copy of a store that may be in use: of one moment, whole under its name or not there at all.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use crate::reader::Reader;

mod refused;

pub use refused::BackupError;

/// What to do where a file of that name exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Existing {
    Refused,
    Replaced,
}

impl Reader {
    /// Copies the store as it is at this moment, with all that was committed, while it is written on; from any process. The copy is
    /// made under a temporary name in the same folder, forced to the disk, and then given its name. Returns its length in bytes.
    ///
    /// While it is made the store's log cannot be shortened: it grows by what is written meanwhile.
    ///
    /// # Errors
    /// [`BackupError::Exists`] where a file of that name is there, else what the disk says. Nothing is left behind then.
    pub fn backup(&self, to: &Path) -> Result<u64, BackupError> {
        self.copy(to, Existing::Refused)
    }

    /// The same, in the place of a file that may be there; it stays until the copy is complete.
    ///
    /// # Errors
    /// As [`Reader::backup`], but for a file that exists. The store itself is refused.
    pub fn backup_over(&self, to: &Path) -> Result<u64, BackupError> {
        self.copy(to, Existing::Replaced)
    }

    fn copy(&self, to: &Path, existing: Existing) -> Result<u64, BackupError> {
        let said = |error: io::Error| BackupError::from_io(to, &error);
        let target = std::path::absolute(to).map_err(said)?;
        check(&self.shared.source.path, &target, existing)?;
        let mut temporary = Temporary::create(&target).map_err(said)?;
        let mode = fs::metadata(&self.shared.source.path).map_err(said)?.permissions().mode();
        let still = self.shared.is_still();
        self.vacuum(&temporary.path, to)?;
        if still != self.shared.is_still() {
            // A program began to write the file, which was read as one that does not change.
            temporary = temporary.anew().map_err(said)?;
            self.vacuum(&temporary.path, to)?;
        }
        let bytes = temporary.finish(mode).map_err(said)?;
        temporary.rename(&target, existing).map_err(said)?;
        Ok(bytes)
    }
}

impl Reader {
    fn vacuum(&self, into: &Path, to: &Path) -> Result<(), BackupError> {
        self.shared
            .with_connection(|connection| Ok(vacuum(connection, into)))
            .map_err(|error| BackupError::from_read(to, error))?
            .map_err(|error| BackupError::from_sql(to, &error))
    }
}

fn check(store: &Path, to: &Path, existing: Existing) -> Result<(), BackupError> {
    let path = || to.to_owned();
    let folder = to.parent().unwrap_or(Path::new("/"));
    if !folder.is_dir() {
        return Err(BackupError::MissingFolder { folder: folder.to_owned() });
    }
    let same = fs::canonicalize(store).is_ok_and(|store| fs::canonicalize(to).is_ok_and(|to| to == store));
    if to.is_dir() || same || (existing == Existing::Refused && to.symlink_metadata().is_ok()) {
        return Err(BackupError::Exists { path: path() });
    }
    Ok(())
}

/// SQLite copies what one moment of the file holds, page by page anew, without its free pages.
fn vacuum(connection: &Connection, to: &Path) -> rusqlite::Result<()> {
    let Some(to) = to.to_str() else { return Err(rusqlite::Error::InvalidPath(to.to_owned())) };
    connection.execute("VACUUM INTO ?1", [to]).map(drop)
}

/// The copy while it is made; it goes when it is not finished.
struct Temporary {
    path: PathBuf,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Gone already where it has its name; else there is nothing better to do than to try.
        let _ = fs::remove_file(&self.path);
    }
}

impl Temporary {
    /// One of this process may have been left by an earlier one with its number, which was killed.
    fn create(to: &Path) -> io::Result<Self> {
        let mut name = std::ffi::OsString::from(".");
        name.push(to.file_name().unwrap_or_default());
        name.push(format!(".{}.part", std::process::id()));
        Self::at(to.with_file_name(name))
    }

    /// An empty one in its place.
    fn anew(self) -> io::Result<Self> {
        Self::at(self.path.clone())
    }

    fn at(path: PathBuf) -> io::Result<Self> {
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        // Nobody else reads it before it has the rights of the store itself.
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path)?;
        Ok(Self { path })
    }

    fn finish(&self, mode: u32) -> io::Result<u64> {
        fs::set_permissions(&self.path, fs::Permissions::from_mode(mode))?;
        let file = File::open(&self.path)?;
        file.sync_all()?;
        Ok(file.metadata()?.len())
    }

    fn rename(&self, to: &Path, existing: Existing) -> io::Result<()> {
        match existing {
            Existing::Replaced => fs::rename(&self.path, to)?,
            // Unlike renaming this refuses to replace what came meanwhile.
            Existing::Refused => match fs::hard_link(&self.path, to) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(error),
                Err(_) => fs::rename(&self.path, to)?,
                Ok(()) => {}
            },
        }
        File::open(to.parent().unwrap_or(Path::new("/")))?.sync_all()
    }
}

#[cfg(test)]
mod tests;
