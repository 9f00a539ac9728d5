//! `links`: the other nodes, how links to them are measured, and who is told of it.
//!
//! What is read here holds for every node that reads the same file; who we are among them is decided when the program runs.

mod address;
mod keys;
mod peers;

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use allswell_mesh::{DEFAULT_PORT, Peer, Settings};
use allswell_model::{Alerting, NodeId, Origin, Target};

use super::alert;
use super::keys::LINKS;
use super::mistake::Mistakes;
use super::section::{self, Section};
use super::source::Sources;
use super::taken::Taken;
use super::tree::{Entry, Node, Shape};

/// What is known of all files before links are read.
pub(crate) struct Beside<'a> {
    pub(crate) sources: &'a Sources,
    /// The names of the channels.
    pub(crate) channels: &'a BTreeSet<&'a str>,
    /// Whether all files were read to their ends.
    pub(crate) whole: bool,
}

/// Links to other nodes, as all nodes may read them from one file.
#[derive(Debug, Clone)]
pub struct Links {
    /// The own entry still stands among the peers.
    all: Settings,
    /// Nobody said where to listen.
    listens_by_default: bool,
    /// Whom to tell of links.
    pub alerting: Alerting,
    /// Where it stands.
    pub origin: Origin,
}

impl PartialEq for Links {
    /// Where it stands in which file does not matter.
    fn eq(&self, other: &Self) -> bool {
        self.all == other.all && self.listens_by_default == other.listens_by_default && self.alerting == other.alerting
    }
}

impl Links {
    /// The settings of this node: its own entry tells where it stands, and is no peer.
    #[must_use]
    pub fn of(&self, node: &NodeId, location: &Arc<str>) -> Settings {
        let own = self.own(node).map(|own| Arc::clone(&own.location)).filter(|own| !own.is_empty());
        let mut settings = Settings { node: node.clone(), location: own.unwrap_or_else(|| Arc::clone(location)), ..self.all.clone() };
        settings.peers.retain(|peer| peer.name != *node);
        settings
    }

    /// The entry of this node, where it has one.
    #[must_use]
    pub fn own(&self, node: &NodeId) -> Option<&Peer> {
        self.all.peers.iter().find(|peer| peer.name == *node)
    }

    /// Every node that is named, this one included.
    pub fn nodes(&self) -> impl Iterator<Item = &Peer> {
        self.all.peers.iter()
    }

    /// Whether one of the links is called so among targets; which of the ends we are does not matter.
    #[must_use]
    pub fn are_called(&self, target: &Target) -> bool {
        let ends = self.all.peers.iter().map(|peer| ("link", &peer.name)).chain(self.all.bfd.iter().map(|peer| ("bfd", &peer.name)));
        let mut named = ends.filter_map(|(kind, end)| Some((peers::id(kind, end)?, peers::name(end)?)));
        named.any(|(id, name)| id == target.id || name == target.name)
    }

    /// Where links listen.
    #[must_use]
    pub fn listen(&self) -> &[SocketAddr] {
        &self.all.listen
    }

    /// Whether it is nobody's wish that they listen there.
    #[must_use]
    pub fn listens_by_default(&self) -> bool {
        self.listens_by_default
    }
}

/// Reads all of it. Where there are mistakes, what is returned lacks what they spoiled.
pub(crate) fn read(entry: &Entry, beside: &Beside<'_>, taken: &mut Taken, mistakes: &mut Mistakes) -> Links {
    let section = Section::read(&entry.value, "`links`", LINKS, mistakes);
    let read_listen = section.entry("listen").map(|entry| listen(entry, mistakes));
    let mut seen = peers::Seen::new(beside.sources, taken);
    let others = list(&section, "peers", mistakes);
    let nodes = others.iter().filter_map(|item| peers::node(item, read_listen.as_deref(), &mut seen, mistakes)).collect();
    let routers = list(&section, "bfd", mistakes);
    let bfd = routers.iter().filter_map(|item| peers::router(item, &mut seen, mistakes)).collect();
    let shared = keys::read(list(&section, "keys", mistakes), beside.sources, mistakes);
    demand(entry, &section, !others.is_empty(), mistakes);
    if let Some(entry) = section.entry("alert") {
        alert::named(entry, beside.channels, beside.whole, mistakes);
    }
    let unset = Settings::default();
    let all = Settings {
        listen: read_listen.clone().unwrap_or_else(|| default_listen().to_vec()),
        keys: shared,
        every: duration(&section, "every").unwrap_or(unset.every),
        multiplier: count(&section, "multiplier").unwrap_or(unset.multiplier),
        full_mesh_up_to: count(&section, "full_mesh_up_to").unwrap_or(unset.full_mesh_up_to),
        neighbours: count(&section, "neighbours").unwrap_or(unset.neighbours),
        peers: nodes,
        bfd,
        ..unset
    };
    let after = duration(&section, "alert_after").unwrap_or_default();
    let alerting = Alerting { after, ..alert::of_channels(section.entry("alert")) };
    let origin = Origin::File { path: beside.sources.name(entry.at.file).to_owned(), line: entry.at.line };
    Links { all, listens_by_default: read_listen.is_none(), alerting, origin }
}

/// All addresses of this host, of both families.
fn default_listen() -> [SocketAddr; 2] {
    let any = [IpAddr::V4(Ipv4Addr::UNSPECIFIED), IpAddr::V6(Ipv6Addr::UNSPECIFIED)];
    any.map(|address| SocketAddr::new(address, DEFAULT_PORT))
}

/// At most one address of each family.
fn listen(entry: &Entry, mistakes: &mut Mistakes) -> Vec<SocketAddr> {
    let mut read: Vec<SocketAddr> = Vec::new();
    for item in entry.value.items() {
        let Some(address) = address::read(item, "`listen`", mistakes) else { continue };
        if read.iter().any(|other| other.is_ipv4() == address.is_ipv4()) {
            let family = if address.is_ipv4() { "IPv4" } else { "IPv6" };
            mistakes.hinted(
                item.at,
                format!("`listen` of `links` takes one address of each family, and this is the second of {family}"),
                "a node is heard, and sends, at one place alone",
            );
        }
        read.push(address);
    }
    if entry.value.items().is_empty() {
        mistakes.hinted(entry.value.at, "`listen` of `links` is empty", "leave it out to listen on all addresses of this host");
    }
    read
}

/// What there must be: somebody at the other end, and a key where that is a node.
fn demand(entry: &Entry, section: &Section<'_>, has_nodes: bool, mistakes: &mut Mistakes) {
    if !matches!(entry.value.shape, Shape::Map(_)) {
        return;
    }
    if entry.value.key("peers").is_none() && entry.value.key("bfd").is_none() {
        mistakes.hinted(entry.at, "`links` has neither `peers` nor `bfd`", "name the other ends, or leave `links` out");
    }
    let has_keys = section.entry("keys").is_some_and(|keys| !keys.value.items().is_empty());
    let has_tried = entry.value.key("keys").is_some_and(|keys| keys.value.is_missing());
    if has_nodes && !has_keys && !has_tried {
        let message = "`links` has `peers` and no `keys`: nodes know each other by a secret that they share";
        mistakes.hinted(entry.at, message, "keys: [{ id: 1, secret: \"${LINK_KEY}\" }]; `openssl rand -hex 32` makes one");
    }
}

/// The items of a list of maps; anything else is noted and has none.
fn list<'a>(section: &Section<'a>, name: &str, mistakes: &mut Mistakes) -> &'a [Node] {
    let Some(entry) = section.entry(name) else { return &[] };
    match &entry.value.shape {
        Shape::List(items) => items,
        _ => {
            let message = format!("`{name}` of `links` takes a list, not {}", entry.value.described());
            mistakes.hinted(entry.value.at, message, "each begins with `- `");
            &[]
        }
    }
}

fn duration(section: &Section<'_>, name: &str) -> Option<Duration> {
    section.duration(name).or_else(|| section::default(LINKS, name).duration(name))
}

fn count<N: TryFrom<i64>>(section: &Section<'_>, name: &str) -> Option<N> {
    let count = section.integer(name).or_else(|| section::default(LINKS, name).integer(name))?;
    N::try_from(count).ok()
}
