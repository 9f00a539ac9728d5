//! The configuration: YAML in one native schema, read so that every mistake is reported at once with its place.
//!
//! What a file says and what it means are two types: a tree of nodes with marks inside, [`Configuration`] outside.

mod alert;
mod each;
mod expectations;
mod hosts;
mod keys;
mod layer;
mod mistake;
mod repair;
mod section;
mod shown_url;
mod source;
mod substitution;
mod target;
mod top;
mod tree;
mod yaml;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::Plan;
use allswell_model::NodeId;
use allswell_probe::Raw;
use allswell_store::Retention;

pub(crate) use keys::{FILE, Key, SHARED, TARGET, Takes};
pub(crate) use mistake::visible;
pub use mistake::{Mistake, Report};
pub use substitution::Surroundings;
pub use tree::Mark;

use mistake::Mistakes;
use source::Source;

/// A hundred thousand targets of a hundred bytes each; more is not a configuration.
const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// A configuration as it is meant: checked, every default filled in.
#[derive(Debug)]
pub struct Configuration {
    /// Where page, API and metrics are served.
    pub listen: SocketAddr,
    /// Further host names under which browsers may call the page, each without a port.
    pub allowed_hosts: Vec<String>,
    /// What this node is called; `None`: by the host's name.
    pub node: Option<NodeId>,
    /// A label for where it stands; may be empty.
    pub location: Arc<str>,
    /// The folder of the history; `None`: the usual place.
    pub store: Option<PathBuf>,
    /// How long the history is kept.
    pub retention: Retention,
    /// A URL to call while the watch lives.
    pub heartbeat: Option<Heartbeat>,
    /// What is probed, in the order of the file.
    pub targets: Vec<Arc<Plan>>,
    /// What is read but has no effect yet: one sentence each.
    pub warnings: Vec<String>,
}

/// `heartbeat`
#[derive(Clone, PartialEq, Eq)]
pub struct Heartbeat {
    /// What is called; secret.
    pub url: String,
    /// How often.
    pub every: Duration,
}

impl std::fmt::Debug for Heartbeat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Heartbeat").field("every", &self.every).finish_non_exhaustive()
    }
}

/// Reads a file with the environment of this process.
///
/// # Errors
/// All of the operator's mistakes at once; a file that cannot be read is one.
pub fn read_file(path: &Path) -> Result<Configuration, Report> {
    let name = path.display().to_string();
    let text = text_of(path).map_err(|why| {
        let mut mistakes = Mistakes::default();
        mistakes.add(Mark::default(), why);
        mistakes.into_report(Source::new(&name, ""))
    })?;
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    read_text(&name, &text, &Surroundings { variable: &|name| std::env::var(name).ok(), folder })
}

fn text_of(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let unread = |error| format!("the file cannot be read ({error})");
    // A pipe or a device would keep us waiting, perhaps for ever.
    let kind = std::fs::metadata(path).map_err(unread)?.file_type();
    if !kind.is_file() {
        return Err(format!("only a regular file is read, and this is {}", called(kind)));
    }
    std::fs::File::open(path).and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)).map_err(unread)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })
}

fn called(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

/// Reads a configuration from text; `name` is what the file is called in mistakes.
///
/// # Errors
/// All of the operator's mistakes at once.
pub fn read_text(name: &str, text: &str, surroundings: &Surroundings<'_>) -> Result<Configuration, Report> {
    let mut source = Source::new(name, text);
    let mut mistakes = Mistakes::default();
    if u64::try_from(text.len()).unwrap_or(u64::MAX) > SIZE_LIMIT {
        mistakes.add(Mark::default(), format!("the file is larger than {} MiB", SIZE_LIMIT >> 20));
        return Err(mistakes.into_report(source));
    }
    let mut tree = repair::read(text, &source, &mut mistakes);
    if let Some(root) = &mut tree.root {
        top::hide_secrets(root, &mut source);
        substitution::fill(root, surroundings, &mut mistakes);
    }
    let mut meant = Mistakes::default();
    let configuration = top::read(tree.root.as_ref(), tree.whole, (&source, &surroundings.folder), &mut meant);
    // What YAML or the environment spoiled is not blamed a second time.
    mistakes.add_elsewhere(meant);
    if mistakes.is_empty() { Ok(configuration) } else { Err(mistakes.into_report(source)) }
}

/// Reads a timeout as the configuration does.
///
/// # Errors
/// One sentence without a full stop.
pub(crate) fn timeout(text: &str) -> Result<Duration, String> {
    section::typed(SHARED, "timeout", text).map(|read| read.duration("timeout").unwrap_or_default())
}

/// Reads a list or a map as it stands in the configuration, from one line. `None` where it is not YAML.
pub(crate) fn inline(text: &str) -> Option<Raw> {
    let mut mistakes = Mistakes::default();
    let read = yaml::read(text, &Source::new("", text), &mut mistakes);
    (read.ended.is_none() && mistakes.is_empty()).then(|| read.root.map(|node| node.raw())).flatten()
}

#[cfg(test)]
mod tests;
