//! Where the store stands, and whose it is.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use allswell_model::NodeId;
use allswell_store::Settings;

use super::source::Read;
use super::trouble::Trouble;

/// The store's file within its folder.
const FILE: &str = "allswell.db";

/// The store's file: as asked for, else where this system keeps state. `None` where it keeps none.
pub(crate) fn path(asked: Option<PathBuf>) -> Option<PathBuf> {
    match asked {
        Some(path) if is_folder(&path) => Some(path.join(FILE)),
        Some(path) => Some(path),
        None => state_folder(&|name| std::env::var_os(name)).map(|folder| folder.join(FILE)),
    }
}

/// The store's settings: its path from what was asked for, else where this system keeps state.
pub(super) fn settings(asked: Option<PathBuf>, read: &Read) -> Result<Settings, Trouble> {
    let path = path(asked).ok_or(Trouble::NoPlace)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| Trouble::Folder(folder.to_owned(), error))?;
    }
    let node = match &read.node {
        Some(node) => node.clone(),
        None => {
            NodeId::new(&host_name()).map_err(|error| Trouble::Mistakes(vec![format!("{error}; say node.name in the configuration")]))?
        }
    };
    Ok(Settings { path, node, location: Arc::clone(&read.location), retention: read.retention })
}

/// A path that is a folder, or that is written like one.
fn is_folder(path: &Path) -> bool {
    path.is_dir() || path.extension().is_none()
}

/// systemd's StateDirectory, else the user's folder for state (XDG Base Directory Specification).
fn state_folder(variable: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let set = |name| variable(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set("STATE_DIRECTORY")
        .or_else(|| set("XDG_STATE_HOME").map(|folder| folder.join("allswell")))
        .or_else(|| set("HOME").map(|home| home.join(".local/state/allswell")))
}

fn host_name() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let name = name.trim();
    if name.is_empty() { "localhost".into() } else { name.to_owned() }
}

#[cfg(test)]
mod tests;
