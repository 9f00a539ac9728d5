//! Where the history would be kept: whether it can be written there, for how long there is room, and who holds it.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use allswell_os::file_system::{self, FileSystem, Kind};
use allswell_store::{OpenError, Survey, survey};

use super::finding::{Finding, Where};
use super::proc;
use super::running;
use super::subject::{Subject, bytes};

const TOPIC: &str = "store";

pub(crate) fn findings(subject: &Subject) -> Vec<Finding> {
    let Some(path) = subject.store.as_deref() else {
        let says = "There is nowhere to keep the history: neither STATE_DIRECTORY nor HOME is set.";
        return vec![
            Finding::trouble(TOPIC, says)
                .remedy(Where::Systemd, "StateDirectory=allswell")
                .remedy(Where::Configuration, "store: /var/lib/allswell"),
        ];
    };
    let folder = standing(path);
    let mut findings = vec![written(path, &folder)];
    match file_system::of(&folder) {
        Ok(found) => findings.extend([stands_on(path, &found), room(path, &found, subject.retention.at_most)]),
        Err(error) => {
            findings.push(Finding::note(TOPIC, format!("The file system of {} cannot be looked at ({error}).", folder.display())));
        }
    }
    if path.is_file() {
        let found = survey(path);
        let holder = found.as_ref().ok().and_then(|found| found.held_by);
        findings.push(surveyed(path, found));
        findings.extend(holder.map(|process| running::findings(process, subject.targets)).unwrap_or_default());
    }
    findings
}

/// The folder of the file, or the nearest above it that exists: the others would be made.
fn standing(path: &Path) -> PathBuf {
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    absolute.ancestors().skip(1).find(|folder| folder.is_dir()).map_or_else(|| PathBuf::from("/"), Path::to_path_buf)
}

/// Whether the file, and beside it SQLite's own, can be written.
fn written(path: &Path, folder: &Path) -> Finding {
    let refused =
        [path, folder].into_iter().filter(|path| path.exists()).find_map(|path| Some((path, file_system::may_write(path).err()?)));
    match refused {
        None if path.exists() => Finding::ok(TOPIC, format!("The history in {} can be written.", path.display())),
        None => Finding::ok(TOPIC, format!("A history can be begun in {}.", path.display())),
        Some((place, error)) => cannot(place, path, &error),
    }
    .figure("path", path.display().to_string())
}

fn cannot(place: &Path, path: &Path, error: &io::Error) -> Finding {
    let finding = Finding::trouble(TOPIC, format!("{} cannot be written ({error}).", place.display()));
    match error.kind() {
        io::ErrorKind::ReadOnlyFilesystem => finding
            .remedy(Where::Systemd, "StateDirectory=allswell")
            .remedy(Where::Kubernetes, "volumeMounts: [{ name: state, mountPath: /var/lib/allswell }]")
            .remedy(Where::Configuration, "store: /var/lib/allswell"),
        _ => finding
            .remedy(Where::Root, owned(path))
            .remedy(Where::Systemd, "StateDirectory=allswell")
            .remedy(Where::Kubernetes, "securityContext: { fsGroup: 65532 }  # of the pod"),
    }
}

/// Makes the store's own folder this user's, and not the one above it that happens to exist.
fn owned(path: &Path) -> String {
    let user = fs::metadata("/proc/self").map_or_else(|_| "USER".to_owned(), |own| own.uid().to_string());
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) if folder.is_dir() => format!("chown -R {user} {}", folder.display()),
        Some(folder) => format!("install -d -o {user} {}", folder.display()),
        None => format!("chown {user} ."),
    }
}

/// Readers beside a writer need memory that processes share through the file, which file systems of other hosts lack.
fn stands_on(path: &Path, found: &FileSystem) -> Finding {
    let at = path.display();
    let local = |finding: Finding| finding.remedy(Where::Configuration, "store: /var/lib/allswell  # on a disk of this host");
    match found.kind {
        Kind::Local(name) => Finding::ok(TOPIC, format!("It stands on {name}, a disk of this host.")),
        Kind::Network(name) => {
            let says = format!("{at} stands on {name}, over the network: SQLite's log does not work there, and a store may be damaged.");
            local(Finding::trouble(TOPIC, says))
        }
        Kind::Memory(name) => local(Finding::note(TOPIC, format!("{at} stands on {name}: the history is gone when this host restarts."))),
        Kind::Layers(name) => local(Finding::note(TOPIC, format!("{at} stands on {name}: the history is gone with this container.")))
            .remedy(Where::Kubernetes, "volumeMounts: [{ name: state, mountPath: /var/lib/allswell }]"),
        Kind::Fuse => {
            local(Finding::note(TOPIC, format!("{at} stands on FUSE: what serves it must keep shared memory and locks, which few do.")))
        }
        Kind::Other(number) => Finding::ok(TOPIC, format!("It stands on a file system of kind 0x{number:x}.")),
    }
}

/// Whether the disk can hold what retention allows.
pub(crate) fn room(path: &Path, found: &FileSystem, at_most: Option<u64>) -> Finding {
    let used = [path.to_owned(), proc::beside(path, "-wal")].iter().filter_map(|file| fs::metadata(file).ok()).map(|file| file.len()).sum();
    let free = found.free;
    let finding = match at_most {
        _ if free < LEAST => Finding::trouble(TOPIC, format!("{} are free: nothing can be kept.", bytes(free)))
            .remedy(Where::Root, "df -h; du -xh / | sort -h | tail"),
        Some(most) if free.saturating_add(used) < most => {
            let says = format!(
                "{} are free and {} used: less than the {} that `retention.at_most` allows.",
                bytes(free),
                bytes(used),
                bytes(most)
            );
            let fits = (free.saturating_add(used) / 10 * 8 / 1_000_000).max(10);
            Finding::note(TOPIC, says).remedy(Where::Configuration, format!("retention: {{ at_most: {fits}MB }}"))
        }
        Some(most) => Finding::ok(
            TOPIC,
            format!("{} are free; at most {} are used (`retention.at_most`), {} now.", bytes(free), bytes(most), bytes(used)),
        ),
        None => Finding::ok(TOPIC, format!("{} are free, {} used.", bytes(free), bytes(used))),
    };
    finding.figure("free_bytes", free).figure("used_bytes", used).figure("at_most_bytes", at_most)
}

/// A log that cannot grow by this much cannot take a commit of many targets.
const LEAST: u64 = 64_000_000;

pub(crate) fn surveyed(path: &Path, found: Result<Survey, OpenError>) -> Finding {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            return Finding::trouble(TOPIC, sentence(&error.to_string())).remedy(Where::Configuration, "store: /var/lib/allswell");
        }
    };
    let Survey { layout, known, held_by } = found;
    let finding = match held_by {
        _ if layout > known => {
            let error = OpenError::Newer { path: path.to_owned(), found: layout, known };
            Finding::trouble(TOPIC, sentence(&error.to_string()))
        }
        Some(pid) => {
            Finding::note(TOPIC, format!("It has layout {layout}, and process {pid} holds it: a second allswell cannot run on it."))
                .remedy(Where::User, format!("ps -fp {pid}"))
        }
        None if layout < known => {
            Finding::ok(TOPIC, format!("It has layout {layout}, which the next run brings to {known}; nobody holds it."))
        }
        None => Finding::ok(TOPIC, format!("It has layout {layout}, which this program knows; nobody holds it.")),
    };
    finding.figure("layout", layout).figure("known_layout", known).figure("held_by", held_by)
}

/// A message as a sentence.
pub(crate) fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    let first: String = letters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str())
}
