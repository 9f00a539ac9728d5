//! Targets that came over the API: kept in a file of our own beside the history, read like the configuration's, but trusted less.
//!
//! The file is replaced as a whole, so that it is never half written; it is small, and nobody but this program writes it.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use allswell_model::TargetId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The layout that this program writes.
const VERSION: u32 = 1;

/// So many targets may come over the API: whoever may ask shall not fill the memory.
pub(super) const ASKED_AT_MOST: usize = 10_000;

/// More is not a file of ours.
const SIZE_LIMIT: u64 = 64 * 1024 * 1024;

/// What was asked for over the API, by id.
#[derive(Debug)]
pub(super) struct Asked {
    path: PathBuf,
    kept: Kept,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    version: u32,
    targets: BTreeMap<TargetId, Box<RawValue>>,
}

impl Asked {
    /// Those of an earlier run; none where there is no file yet.
    ///
    /// # Errors
    /// One sentence: the file cannot be read, or is none of ours.
    pub(super) fn open(store: &Path) -> Result<Self, String> {
        let path = store.with_extension("targets.json");
        let kept = match read(&path) {
            Ok(kept) => kept,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept { version: VERSION, targets: BTreeMap::new() },
            Err(error) => return Err(format!("The targets of the API in {} cannot be read ({error}).", path.display())),
        };
        Ok(Self { path, kept })
    }

    /// Each with its keys as they came, in the order of the ids.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&TargetId, &str)> {
        self.kept.targets.iter().map(|(id, keys)| (id, keys.get()))
    }

    /// Keeps a target, or other keys of it; whether it is new.
    ///
    /// # Errors
    /// One sentence: there are too many, or the disk refuses; then all is as before.
    pub(super) fn put(&mut self, id: &TargetId, keys: &str) -> Result<bool, String> {
        let keys = RawValue::from_string(keys.to_owned()).map_err(|error| format!("That is not JSON: {error}."))?;
        let mut next = self.kept.clone();
        let is_new = next.targets.insert(id.clone(), keys).is_none();
        if next.targets.len() > ASKED_AT_MOST {
            return Err(format!("No more than {ASKED_AT_MOST} targets may come over the API."));
        }
        self.replace(next)?;
        Ok(is_new)
    }

    /// Forgets a target; whether it was there.
    ///
    /// # Errors
    /// One sentence: the disk refuses; then all is as before.
    pub(super) fn remove(&mut self, id: &TargetId) -> Result<bool, String> {
        let mut next = self.kept.clone();
        if next.targets.remove(id).is_none() {
            return Ok(false);
        }
        self.replace(next)?;
        Ok(true)
    }

    fn replace(&mut self, next: Kept) -> Result<(), String> {
        write(&self.path, &next).map_err(|error| format!("{} cannot be written ({error}).", self.path.display()))?;
        self.kept = next;
        Ok(())
    }
}

fn read(path: &Path) -> io::Result<Kept> {
    if fs::metadata(path)?.len() > SIZE_LIMIT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "it is too large"));
    }
    let kept: Kept = serde_json::from_slice(&fs::read(path)?)?;
    if kept.version == VERSION { Ok(kept) } else { Err(io::Error::new(io::ErrorKind::InvalidData, "it is of another version")) }
}

/// The old file or the new one, whatever happens in between.
fn write(path: &Path, kept: &Kept) -> io::Result<()> {
    let unfinished = path.with_extension("json.new");
    let mut file = File::create(&unfinished)?;
    file.write_all(&serde_json::to_vec_pretty(kept)?)?;
    file.sync_all()?;
    fs::rename(&unfinished, path)?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests;
