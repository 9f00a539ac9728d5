//! The configuration: YAML in one native schema, read so that every mistake is reported at once with its place.
//!
//! What a file says and what it means are two types: a tree of nodes with marks inside, [`Configuration`] outside.

mod access;
mod alert;
mod channels;
mod declared;
mod deny;
mod difference;
mod each;
mod effective;
mod emit;
mod expectations;
mod hosts;
mod include;
mod keys;
mod layer;
mod links;
mod mistake;
mod parts;
mod repair;
mod secrets;
mod section;
mod shared;
mod shown_url;
mod source;
mod substitution;
mod taken;
mod target;
mod text;
mod top;
mod tree;
mod watch;
mod yaml;

use std::cell::RefCell;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::Plan;
use allswell_model::NodeId;
use allswell_notify::{Channels, Heartbeat};
use allswell_probe::{Denied, Raw};
use allswell_store::Retention;
use allswell_web::Access;

pub(crate) use channels::kinds;
pub use difference::{Changes, changed_keys, difference, settled};
pub use effective::{Effective, Explained, Held};
pub use emit::{item as yaml_of, json as json_of_all, target_json as json_of, yaml as yaml_of_all};
pub(crate) use keys::{FILE, Key, SHARED, TARGET, Takes};
pub use links::Links;
pub(crate) use mistake::visible;
pub use mistake::{Mistake, Report};
pub use shared::{Shared, read_target};
pub use substitution::Surroundings;
pub use tree::Mark;
pub use watch::Watched;

use include::Wanted;
use mistake::Mistakes;
use source::Source;

/// A configuration as it is meant: checked, every default filled in.
#[derive(Debug)]
pub struct Configuration {
    /// Where page, API and metrics are served.
    pub listen: SocketAddr,
    /// Further host names under which browsers may call the page, each without a port.
    pub allowed_hosts: Vec<String>,
    /// Where people find the page; `None`: at the address listened on.
    pub public_url: Option<String>,
    /// What this node is called; `None`: by the host's name.
    pub node: Option<NodeId>,
    /// A label for where it stands; may be empty.
    pub location: Arc<str>,
    /// The folder of the history; `None`: the usual place.
    pub store: Option<PathBuf>,
    /// How long the history is kept.
    pub retention: Retention,
    /// What the page is served with; `None`: in the clear.
    pub tls: Option<TlsFiles>,
    /// Who may call.
    pub access: Vec<Access>,
    /// What targets of the API may not reach.
    pub deny: Denied,
    /// Links to other nodes, where any are to be measured.
    pub links: Option<Links>,
    /// A URL to call while the watch lives.
    pub heartbeat: Option<Heartbeat>,
    /// Ways to send alerts.
    pub channels: Channels,
    /// What is probed, in the order of the files.
    pub targets: Vec<Arc<Plan>>,
    /// What targets of the API have in common with those of the files.
    pub shared: Shared,
    /// What is most likely not meant so, one sentence each.
    pub warnings: Vec<String>,
    /// What it was read from.
    pub watched: Watched,
}

impl Default for Configuration {
    /// That of an empty file.
    fn default() -> Self {
        Self {
            listen: crate::listen::DEFAULT,
            allowed_hosts: Vec::new(),
            public_url: None,
            node: None,
            location: Arc::from(""),
            store: None,
            retention: Retention::default(),
            tls: None,
            access: Vec::new(),
            deny: Denied::default(),
            links: None,
            heartbeat: None,
            channels: Channels::default(),
            targets: Vec::new(),
            shared: Shared::default(),
            warnings: Vec::new(),
            watched: Watched::default(),
        }
    }
}

impl Configuration {
    /// How many groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.shared.groups()
    }
}

/// `tls`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and its chain, in PEM.
    pub certificate: PathBuf,
    /// The private key, in PEM.
    pub key: PathBuf,
}

/// Reads a file, and those that it includes, with the environment of this process.
///
/// # Errors
/// All of the operator's mistakes at once, of all files; a file that cannot be read is one.
pub fn read_file(path: &Path) -> Result<Configuration, Report> {
    // Before it is read: a write meanwhile is not missed.
    let watched = Watched::of(path);
    read(of_file(path), &of_process, watched, None)
}

/// The same, and what holds in the end, key by key.
///
/// # Errors
/// As [`read_file`].
pub fn explain_file(path: &Path) -> Result<(Configuration, Explained), Report> {
    let explained = RefCell::new(Explained::default());
    let read = read(of_file(path), &of_process, Watched::default(), Some(&explained))?;
    Ok((read, explained.into_inner()))
}

fn of_file(path: &Path) -> Wanted {
    let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
    Wanted { name: path.display().to_string(), path: Some(path.to_owned()), text: text::of(path), folder }
}

fn of_process(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// Reads a configuration from text; `name` is what the file is called in mistakes.
///
/// # Errors
/// All of the operator's mistakes at once.
pub fn read_text(name: &str, text: &str, surroundings: &Surroundings<'_>) -> Result<Configuration, Report> {
    read(of_text(name, text, surroundings), surroundings.variable, Watched::default(), None)
}

/// The same, and what holds in the end, key by key.
///
/// # Errors
/// As [`read_text`].
pub fn explain_text(name: &str, text: &str, surroundings: &Surroundings<'_>) -> Result<(Configuration, Explained), Report> {
    let explained = RefCell::new(Explained::default());
    let read = read(of_text(name, text, surroundings), surroundings.variable, Watched::default(), Some(&explained))?;
    Ok((read, explained.into_inner()))
}

fn of_text(name: &str, text: &str, surroundings: &Surroundings<'_>) -> Wanted {
    Wanted { name: name.to_owned(), path: None, text: Ok(text.to_owned()), folder: surroundings.folder.clone() }
}

fn read(
    first: Wanted,
    variable: &dyn Fn(&str) -> Option<String>,
    watched: Watched,
    explained: Option<&RefCell<Explained>>,
) -> Result<Configuration, Report> {
    let mut gathered = include::gather(first, variable, watched);
    let looked = RefCell::new(Watched::default());
    let mut meant = Mistakes::default();
    let read = parts::read(&gathered, &looked, explained, &mut meant);
    // What YAML or the environment spoiled is not blamed a second time.
    gathered.mistakes.add_elsewhere(meant);
    gathered.watched.join(looked.into_inner());
    if !gathered.mistakes.is_empty() {
        return Err(gathered.mistakes.into_report(gathered.sources, gathered.watched));
    }
    let top = read.top;
    Ok(Configuration {
        listen: top.listen,
        allowed_hosts: top.allowed_hosts,
        public_url: top.public_url,
        node: top.node,
        location: top.location.into(),
        store: top.store,
        retention: top.retention,
        tls: top.tls,
        access: top.access,
        deny: top.deny,
        links: read.links,
        heartbeat: top.heartbeat,
        channels: read.channels,
        targets: read.targets,
        shared: read.shared,
        warnings: gathered.warnings,
        watched: gathered.watched,
    })
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
