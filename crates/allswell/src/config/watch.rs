//! What a configuration was read from, and whether it is still the same: by looking at files, not by reading them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A file that was written this long ago is believed to be written to its end; a younger one is looked at once more.
/// It is also longer than a file system's clock ticks, so that two writes within one tick are not taken for one.
const SETTLED_AFTER: Duration = Duration::from_millis(200);

/// Files and folders as they were when a configuration was read from them.
#[derive(Debug, Clone, Default)]
pub struct Watched {
    files: BTreeMap<PathBuf, File>,
    folders: BTreeMap<PathBuf, Folder>,
    /// What differed at the last look, where that may not have been finished.
    unfinished: Option<BTreeMap<PathBuf, Option<Stamp>>>,
}

#[derive(Debug, Clone)]
struct File {
    stamp: Option<Stamp>,
    /// Of one that was so young that a later write may leave the same stamp.
    digest: Option<u64>,
}

#[derive(Debug, Clone)]
struct Folder {
    stamp: Option<Stamp>,
    /// The names that matter.
    names: Vec<OsString>,
}

/// What tells a file from what it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stamp {
    device_and_inode: (u64, u64),
    length: u64,
    modified: (i64, i64),
    /// Whoever sets the time of modification back cannot set this one.
    changed: (i64, i64),
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        use std::os::unix::fs::MetadataExt;
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            device_and_inode: (metadata.dev(), metadata.ino()),
            length: metadata.len(),
            modified: (metadata.mtime(), metadata.mtime_nsec()),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        })
    }

    /// Whether it was written a moment ago. A time in the future says nothing, and is taken for an old one.
    fn is_young(self, now: SystemTime) -> bool {
        let since_epoch = |(seconds, nanoseconds): (i64, i64)| {
            let seconds = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
            SystemTime::UNIX_EPOCH + seconds + Duration::from_nanos(u64::try_from(nanoseconds).unwrap_or_default())
        };
        let young = |time| now.duration_since(since_epoch(time)).is_ok_and(|age| age < SETTLED_AFTER);
        young(self.modified) || young(self.changed)
    }
}

impl Watched {
    /// A file alone.
    #[must_use]
    pub fn of(file: &Path) -> Self {
        let mut watched = Self::default();
        watched.file(file);
        watched
    }

    /// Notes a file, which may be missing, before it is read.
    pub(crate) fn file(&mut self, path: &Path) {
        let stamp = Stamp::of(path);
        let young = stamp.is_some_and(|stamp| stamp.is_young(SystemTime::now()));
        let digest = if young { digest(path) } else { None };
        self.files.insert(path.to_owned(), File { stamp, digest });
    }

    /// Notes a file that many targets name.
    pub(crate) fn file_once(&mut self, path: &Path) {
        if !self.files.contains_key(path) {
            self.file(path);
        }
    }

    /// Notes a folder before its files are read, and gives the names of those that matter, in order.
    ///
    /// # Errors
    /// It cannot be listed.
    pub(crate) fn folder(&mut self, path: &Path) -> std::io::Result<Vec<OsString>> {
        let stamp = Stamp::of(path);
        let listed = names(path);
        let names = listed.as_ref().map(Clone::clone).unwrap_or_default();
        self.folders.insert(path.to_owned(), Folder { stamp, names });
        listed
    }

    /// Everything that the other was read from is watched as well.
    pub(crate) fn join(&mut self, other: Self) {
        self.files.extend(other.files);
        self.folders.extend(other.folders);
    }

    /// Whether something is other than it was read, and is so to its end: what was written just now is answered at the next look.
    /// The calls are a second or so apart.
    pub fn changed(&mut self, now: SystemTime) -> bool {
        let differing = self.differing(now);
        if differing.is_empty() {
            self.unfinished = None;
            return false;
        }
        let finished = differing.values().all(|stamp| stamp.is_some_and(|stamp| !stamp.is_young(now)));
        if finished || self.unfinished.as_ref() == Some(&differing) {
            return true;
        }
        self.unfinished = Some(differing);
        false
    }

    fn differing(&mut self, now: SystemTime) -> BTreeMap<PathBuf, Option<Stamp>> {
        let files = self.files.iter_mut().filter_map(|(path, file)| {
            let stamp = Stamp::of(path);
            file.differs(path, stamp).then(|| (path.clone(), stamp))
        });
        let mut differing: BTreeMap<_, _> = files.collect();
        differing.extend(self.folders.iter_mut().filter_map(|(path, folder)| {
            let stamp = Stamp::of(path);
            folder.differs(path, stamp, now).then(|| (path.clone(), stamp))
        }));
        differing
    }
}

impl File {
    fn differs(&mut self, path: &Path, stamp: Option<Stamp>) -> bool {
        // Read once more, a young one is known for good.
        let rewritten = self.digest.take_if(|_| stamp == self.stamp).is_some_and(|seen| digest(path) != Some(seen));
        if rewritten {
            self.stamp = None;
        }
        stamp != self.stamp
    }
}

impl Folder {
    /// Editors put files of their own beside those that matter.
    fn differs(&mut self, path: &Path, stamp: Option<Stamp>, now: SystemTime) -> bool {
        if stamp == self.stamp && stamp.is_none_or(|stamp| !stamp.is_young(now)) {
            return false;
        }
        let same = stamp.is_some() == self.stamp.is_some() && names(path).unwrap_or_default() == self.names;
        if same {
            self.stamp = stamp;
        }
        !same
    }
}

/// What a folder holds of a configuration: its `*.yaml` and `*.yml`, hidden ones left out, in the order of their names.
fn names(folder: &Path) -> std::io::Result<Vec<OsString>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let name = entry?.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let yaml = Path::new(&name).extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
        if yaml && !hidden && !folder.join(&name).is_dir() {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}

fn digest(path: &Path) -> Option<u64> {
    // A pipe would keep us waiting.
    let bytes = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).and_then(|_| std::fs::read(path).ok())?;
    let mut hasher = DefaultHasher::new();
    hasher.write(&bytes);
    Some(hasher.finish())
}

#[cfg(test)]
mod tests;
