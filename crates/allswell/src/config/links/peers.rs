//! `peers` and `bfd` of `links`: the other ends, each named once and each at a place of its own.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use allswell_mesh::{BfdPeer, Peer};
use allswell_model::{NodeId, TargetId, TargetName};

use super::address;
use crate::config::keys::{LINK_BFD, LINK_PEERS};
use crate::config::mistake::Mistakes;
use crate::config::section::{self, Section};
use crate::config::source::Sources;
use crate::config::taken::Taken;
use crate::config::tree::{Entry, Mark, Node};

/// The longest name of a node in a packet is of the same kind as a host's (RFC 1035, 2.3.4).
const LONGEST_NAME: usize = 255;

/// Names and addresses that some end has already.
pub(super) struct Seen<'a> {
    sources: &'a Sources,
    taken: &'a mut Taken,
    names: BTreeMap<String, Mark>,
    nodes: BTreeMap<SocketAddr, Mark>,
    routers: BTreeMap<IpAddr, Mark>,
}

impl<'a> Seen<'a> {
    pub(super) fn new(sources: &'a Sources, taken: &'a mut Taken) -> Self {
        Self { sources, taken, names: BTreeMap::new(), nodes: BTreeMap::new(), routers: BTreeMap::new() }
    }

    /// Takes a name for an end, and with it what its link is called among targets.
    fn name(&mut self, kind: &str, name: &str, at: Mark, mistakes: &mut Mistakes) -> Option<NodeId> {
        let node = NodeId::new(name).map_err(|why| mistakes.add(at, why.to_string())).ok()?;
        if name.len() > LONGEST_NAME {
            mistakes.add(at, format!("the name of a node has at most {LONGEST_NAME} bytes; this one has {}", name.len()));
            return None;
        }
        if let Some(first) = self.names.get(name) {
            let first = self.sources.called(*first, at);
            mistakes.add(at, format!("two ends of links are called `{name}`; the first is in {first}"));
            return None;
        }
        self.names.insert(name.to_owned(), at);
        // A target of the file that is called so is a mistake of its own.
        let _ = id(kind, &node).map(|id| self.taken.id(&id, at));
        let _ = self::name(&node).map(|name| self.taken.name(&name, at));
        Some(node)
    }
}

/// What the history of such a link is kept under.
pub(super) fn id(kind: &str, end: &NodeId) -> Option<TargetId> {
    TargetId::new(&format!("{kind}/{end}")).ok()
}

/// What people call the link to this end.
pub(super) fn name(end: &NodeId) -> Option<TargetName> {
    TargetName::new(allswell_mesh::GROUP, end.as_str()).ok()
}

/// One of `peers`. `listen` is where we are heard, where somebody said so.
pub(super) fn node(item: &Node, listen: Option<&[SocketAddr]>, seen: &mut Seen<'_>, mistakes: &mut Mistakes) -> Option<Peer> {
    let section = Section::read(item, "a peer", LINK_PEERS, mistakes);
    let name = section.required("name", (item, "this peer"), mistakes).map(|(name, entry)| (name.to_owned(), entry.value.at));
    let name = name.and_then(|(name, at)| seen.name("link", &name, at, mistakes));
    section.demand("address", (item, "this peer"), mistakes);
    let entry = section.entry("address")?;
    let address = address::read(&entry.value, "`address` of a peer", mistakes)?;
    let is_fine = reachable(address.ip(), entry, mistakes) && heard(address, listen, entry, mistakes);
    if address.port() == 0 {
        mistakes.add(entry.value.at, "nobody listens on port 0");
    }
    if let Some(first) = seen.nodes.get(&address) {
        let first = seen.sources.called(*first, entry.value.at);
        let message = entry.value.discreet(&format!("two peers have the address {address}; the first is in {first}"));
        mistakes.add(entry.value.at, message);
    }
    seen.nodes.entry(address).or_insert(entry.value.at);
    let location = Arc::from(section.text("location").unwrap_or_default());
    is_fine.then_some(Peer { name: name?, location, address })
}

/// One of `bfd`.
pub(super) fn router(item: &Node, seen: &mut Seen<'_>, mistakes: &mut Mistakes) -> Option<BfdPeer> {
    let section = Section::read(item, "an entry of `bfd`", LINK_BFD, mistakes);
    let name = section.required("name", (item, "this entry of `bfd`"), mistakes).map(|(name, entry)| (name.to_owned(), entry.value.at));
    let name = name.and_then(|(name, at)| seen.name("bfd", &name, at, mistakes));
    section.demand("address", (item, "this entry of `bfd`"), mistakes);
    let entry = section.entry("address")?;
    let address = address::read_alone(&entry.value, "`address` of `bfd`", mistakes)?;
    if !reachable(address, entry, mistakes) {
        return None;
    }
    if let Some(first) = seen.routers.get(&address) {
        let first = seen.sources.called(*first, entry.value.at);
        let message = entry.value.discreet(&format!("two entries of `bfd` have the address {address}; the first is in {first}"));
        mistakes.add(entry.value.at, message);
    }
    seen.routers.entry(address).or_insert(entry.value.at);
    let every = section.duration("every").or_else(|| section::default(LINK_BFD, "every").duration("every"))?;
    let multiplier = section.integer("multiplier").or_else(|| section::default(LINK_BFD, "multiplier").integer("multiplier"));
    let multiplier = multiplier.and_then(|multiplier| u8::try_from(multiplier).ok())?;
    Some(BfdPeer { name: name?, address, every, multiplier })
}

fn reachable(address: IpAddr, entry: &Entry, mistakes: &mut Mistakes) -> bool {
    let fine = address::is_of_a_host(address);
    if !fine {
        mistakes.add(entry.value.at, entry.value.discreet(&format!("{address} is the address of no single host")));
    }
    fine
}

/// Packets to a family leave from our socket of that family.
fn heard(address: SocketAddr, listen: Option<&[SocketAddr]>, entry: &Entry, mistakes: &mut Mistakes) -> bool {
    let same = |own: &SocketAddr| own.is_ipv4() == address.is_ipv4();
    // Where nothing of `listen` could be read, that is the mistake.
    let Some(listen) = listen.filter(|listen| !listen.is_empty() && !listen.iter().any(same)) else { return true };
    let (family, any) = if address.is_ipv4() { ("IPv4", "0.0.0.0") } else { ("IPv6", "[::]") };
    let port = listen.first().map_or(allswell_mesh::DEFAULT_PORT, SocketAddr::port);
    let message = entry.value.discreet(&format!("{} cannot be reached: `listen` has no address of {family}", address.ip()));
    mistakes.hinted(entry.value.at, message, format!("add \"{any}:{port}\" to `listen`, or leave `listen` out"));
    false
}
