//! The store that is read, and the targets in it that were asked for.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use allswell_model::TargetId;
use allswell_probe::nearest;
use allswell_store::{ReadError, Reader, look_at};

use crate::cli;
use crate::config;
use crate::exit::Exit;
use crate::out;
use crate::run::place;

/// Picked up in the working folder when nothing else is asked for, as `run` does.
const DEFAULT_FILE: &str = "allswell.yaml";

/// How many ids are read at once.
const PAGE: usize = 1000;

/// Which store.
#[derive(Debug, Clone, Default, clap::Args)]
pub(crate) struct Asked {
    /// The file or folder of the history; unset: the configuration's, $STATE_DIRECTORY, or the user's state folder
    #[arg(long, value_name = "PATH")]
    pub(crate) store: Option<PathBuf>,

    /// The configuration that names the store; unset: ./allswell.yaml where it exists
    #[arg(short, long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl Asked {
    /// Opens it for reading, also beside a running program.
    ///
    /// # Errors
    /// It said why, and with what to exit.
    pub(crate) fn open(&self) -> Result<Reader, Exit> {
        let path = self.path()?;
        if !path.exists() {
            let hint = if self.store.is_some() { "" } else { ": say --store PATH; as a service allswell keeps it in /var/lib/allswell" };
            out::complain(&format!("error: there is no store at {}{hint}\n", path.display()));
            return Err(Exit::Unavailable);
        }
        look_at(&path).map_err(|error| {
            out::complain(&format!("error: {error}\n"));
            Exit::Unavailable
        })
    }

    /// Whether a path leads to the store itself.
    pub(crate) fn is_at(&self, path: &Path) -> bool {
        let Ok(store) = self.path() else { return false };
        std::fs::canonicalize(store).is_ok_and(|store| std::fs::canonicalize(path).is_ok_and(|path| path == store))
    }

    fn path(&self) -> Result<PathBuf, Exit> {
        let asked = match &self.store {
            Some(store) => Some(store.clone()),
            None => self.configured()?,
        };
        place::path(asked).ok_or_else(|| cli::misuse(&["where is the store? Say --store PATH".to_owned()]))
    }

    fn configured(&self) -> Result<Option<PathBuf>, Exit> {
        let file = self.config.clone().or_else(|| Some(PathBuf::from(DEFAULT_FILE)).filter(|file| file.exists()));
        let Some(file) = file else { return Ok(None) };
        match config::read_file(&file) {
            Ok(read) => Ok(read.store),
            Err(report) => {
                out::complain(&format!("{report}\nSay --store PATH to do without the configuration.\n"));
                Err(Exit::Misuse)
            }
        }
    }
}

/// The targets that were typed, each checked against what the store knows; `None` for all.
///
/// # Errors
/// It said which are not known, and with what to exit.
pub(crate) fn targets(reader: &Reader, typed: &[String]) -> Result<Option<Vec<TargetId>>, Exit> {
    if typed.is_empty() {
        return Ok(None);
    }
    let known = known(reader).map_err(|error| {
        out::complain(&format!("error: {error}\n"));
        Exit::Unavailable
    })?;
    let unknown: Vec<String> =
        typed.iter().filter(|name| !known.iter().any(|id| id.as_str() == *name)).map(|name| sentence(name, &known)).collect();
    if !unknown.is_empty() {
        return Err(cli::misuse(&unknown));
    }
    Ok(Some(known.into_iter().filter(|id| typed.iter().any(|name| name == id.as_str())).collect()))
}

fn sentence(name: &str, known: &BTreeSet<TargetId>) -> String {
    let shown = config::visible(name);
    match nearest(name, known.iter().map(TargetId::as_str)) {
        Some(near) => format!("the store knows no target `{shown}`: did you mean `{near}`?"),
        None => format!("the store knows no target `{shown}`; targets are called by their ids, such as group/name"),
    }
}

/// All ids that the store knows.
///
/// # Errors
/// When the store cannot be read.
pub(crate) fn known(reader: &Reader) -> Result<BTreeSet<TargetId>, ReadError> {
    let mut known = BTreeSet::new();
    loop {
        let page = reader.known_targets(known.last(), PAGE)?;
        let last = page.len() < PAGE;
        known.extend(page);
        if last {
            return Ok(known);
        }
    }
}
