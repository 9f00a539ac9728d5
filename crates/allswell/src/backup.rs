//! `allswell backup`: a copy of the store, of one moment, also while a program writes it.

use std::path::{Path, PathBuf};

use allswell_model::Timestamp;
use allswell_store::{BackupError, ReadError, Reader, look_at};

use crate::cli;
use crate::exit::Exit;
use crate::export::{Asked, known, shown};
use crate::out;

const EXAMPLES: &str = "\
Examples:
  allswell backup /backup/allswell.db
  allswell backup --store /var/lib/allswell --force /backup/allswell.db
  allswell export events --store /backup/allswell.db

To restore: end the program, put the file in the place of allswell.db, remove allswell.db-wal and
allswell.db-shm beside it, and start the program again.
Exit codes: 0 done, 64 misuse, 69 the store cannot be read, 74 the copy cannot be written.";

/// Copy the store to a file, of one moment, also while a program writes it
///
/// The copy is whole or not there: it is made under another name, forced to the disk, given its name and opened once more.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The file that the copy becomes; its folder must exist
    #[arg(value_name = "FILE", allow_hyphen_values = true)]
    to: PathBuf,

    /// Take the place of a file that is there
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    asked: Asked,
}

/// Copies, opens the copy, and says what is in it.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    done(arguments).err().unwrap_or(Exit::Fine)
}

fn done(arguments: &Arguments) -> Result<(), Exit> {
    let to = &arguments.to;
    if to.as_os_str() == "-" {
        let why = "a backup cannot go to a pipe: it is a database, which is written in place and then opened to see that it is whole; \
                   name a file, and send that on";
        return Err(cli::misuse(&[why.to_owned()]));
    }
    if to.is_dir() {
        return Err(cli::misuse(&[format!("{} is a folder: name a file in it", to.display())]));
    }
    let reader = arguments.asked.open()?;
    if is_part_of_a_store(to) {
        return Err(cli::misuse(&[format!("{} is a part of a store: name another file", to.display())]));
    }
    let copied = if arguments.force { reader.backup_over(to) } else { reader.backup(to) };
    let bytes = copied.map_err(|error| refuse(&error, arguments))?;
    let held = look(to).map_err(|why| {
        out::complain(&format!("error: {} was written, but cannot be read: {why}\n", to.display()));
        Exit::Unwritten
    })?;
    out::deliver(&format!("{}: {}\n", to.display(), held.told(bytes)))
}

/// The log and the index beside a store, which are lost with whatever was committed to them alone.
fn is_part_of_a_store(to: &Path) -> bool {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    let store = ["-wal", "-shm", "-journal"].iter().find_map(|end| name.strip_suffix(end));
    store.is_some_and(|store| !store.is_empty() && to.with_file_name(store).exists())
}

fn refuse(error: &BackupError, arguments: &Arguments) -> Exit {
    match error {
        BackupError::Exists { path } if arguments.force || arguments.asked.is_at(path) => {
            cli::misuse(&[format!("{} is the store itself: name another file", path.display())])
        }
        BackupError::Exists { path } => cli::misuse(&[format!("{} is there already: name another file, or say --force", path.display())]),
        BackupError::Corrupt(_) => {
            out::complain(&format!("error: {error}\n"));
            Exit::Unavailable
        }
        _ => {
            out::complain(&format!("error: {error}\n"));
            Exit::Unwritten
        }
    }
}

/// What a copy holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Held {
    targets: usize,
    newest: Option<Timestamp>,
}

/// Opens the copy and reads the newest of each target.
fn look(copy: &Path) -> Result<Held, String> {
    let reader = look_at(copy).map_err(|error| error.to_string())?;
    read(&reader).map_err(|error| error.to_string())
}

fn read(reader: &Reader) -> Result<Held, ReadError> {
    let targets = known(reader)?;
    let mut newest = None;
    for target in &targets {
        let result = reader.results(target, None, 1)?.results.first().map(|kept| kept.stamp.at);
        let event = reader.events_of(target, None, 1)?.events.first().map(|event| event.stamp.at);
        newest = newest.max(result).max(event);
    }
    Ok(Held { targets: targets.len(), newest })
}

impl Held {
    fn told(&self, bytes: u64) -> String {
        let many = if self.targets == 1 { "1 target".to_owned() } else { format!("{} targets", self.targets) };
        match self.newest {
            Some(newest) => format!("{bytes} bytes, {many}, newest entry of {}", shown(newest)),
            None => format!("{bytes} bytes, {many}, no entry yet"),
        }
    }
}
