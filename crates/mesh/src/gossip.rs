//! What nodes tell each other of their links, inside the sessions that they have anyway: which rows are held, and which is told to whom
//! when. Bytes are in and out here; the session that carries them, and authenticates them, is not.

mod row;
mod told;
mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use allswell_link::ids::Node;
use allswell_link::time::Moment;

pub use row::{Entry, Loss, Row};
use told::Told;
pub use wire::{ENTRIES_LIMIT, PACKET_LIMIT};
use wire::{Head, Part};

/// A row that is older is dropped and told to nobody: what it says may long be untrue. Others' rows come every 5 s at the latest, and
/// a mesh of 200 is three or four hops wide.
pub const ROW_LIFE: Duration = Duration::from_secs(20);

/// A row that went over so many nodes goes no further. Age alone would stop it, too; this bounds what a fault in counting age can cost.
const HOPS_LIMIT: u8 = 16;

/// Our own row is told anew to each peer so often, besides each time that a state in it changes; a row of more parts as much less often, so
/// that it costs no more packets.
const OWN_EVERY: Duration = Duration::from_secs(1);

/// And so often those of others that peers cannot hear from whoever made them. No row is told less often.
const OTHERS_EVERY: Duration = Duration::from_secs(5);

/// A row of another node, or our own.
#[derive(Debug)]
struct Held {
    row: Row,
    version: u64,
    /// The version in which a state last differed from the one before it.
    changed: u64,
    /// When it was made: our clock, less the age that it came with.
    made: Moment,
    hops: u8,
}

/// Parts of a row that is not whole yet.
#[derive(Debug)]
struct Assembly {
    head: Head,
    made: Moment,
    parts: BTreeMap<u8, Vec<Entry>>,
}

/// The rows that one node knows, and what it told of them.
///
/// First [`members`](Self::members) says who belongs to the mesh. Then [`update_own`](Self::update_own) for each second and each change,
/// [`receive`](Self::receive) for each packet of rows that came in a session, and [`next_for`](Self::next_for) each time that a packet
/// could leave, until it has nothing. When a session begins, [`forget`](Self::forget): its peer may have been restarted.
///
/// Memory is bounded by the square of the members: a row of each, and of each row what each peer was told.
#[derive(Debug)]
pub struct Gossip {
    own: Node,
    version: u64,
    members: BTreeSet<Node>,
    rows: BTreeMap<Node, Held>,
    assemblies: BTreeMap<Node, Assembly>,
    told: BTreeMap<Node, BTreeMap<Node, Told>>,
    changes: u64,
}

impl Gossip {
    /// For a node that began at `boot_seconds` of the wall clock. Versions of rows count up from there, so that those after a restart are
    /// newer than those before it; where the clock went back meanwhile, others take up our rows once the old one is dead.
    #[must_use]
    pub fn new(own: Node, boot_seconds: u64) -> Self {
        // A million versions a second are never made, so the next start's first version is above our last one.
        let version = boot_seconds.saturating_mul(1 << 20);
        Self {
            own,
            version,
            members: BTreeSet::new(),
            rows: BTreeMap::new(),
            assemblies: BTreeMap::new(),
            told: BTreeMap::new(),
            changes: 0,
        }
    }

    /// Who belongs to the mesh. Rows of others, and entries about others, are dropped, and never taken up.
    pub fn members(&mut self, members: impl IntoIterator<Item = Node>) {
        self.members = members.into_iter().collect();
        self.members.insert(self.own);
        let members = &self.members;
        self.rows.retain(|node, held| {
            held.row.keep_only(members);
            members.contains(node)
        });
        self.assemblies.retain(|node, _| members.contains(node));
        self.told.retain(|peer, _| members.contains(peer));
        for told in self.told.values_mut() {
            told.retain(|node, _| members.contains(node));
        }
    }

    /// What we say of our own links now. Of more than [`ENTRIES_LIMIT`] entries the first are told.
    pub fn update_own(&mut self, now: Moment, row: Row) {
        self.version += 1;
        self.take_up(self.own, Head { node: self.own, version: self.version, hops: 0, ..Head::default() }, now, row);
    }

    /// Takes up the rows of a packet that the member `from` sent; says whether its bytes could be read. Nothing of a packet is taken
    /// that could not, nor from anybody else.
    pub fn receive(&mut self, now: Moment, from: Node, bytes: &[u8]) -> bool {
        let Some(parts) = wire::read(bytes).filter(|_| self.members.contains(&from)) else { return false };
        for part in parts {
            self.part(now, from, part);
        }
        true
    }

    /// The next packet of rows for a peer, at most [`PACKET_LIMIT`] bytes; `None` when it needs to be told nothing now.
    pub fn next_for(&mut self, peer: Node, now: Moment) -> Option<Vec<u8>> {
        if peer == self.own || !self.members.contains(&peer) {
            return None;
        }
        self.rows.retain(|node, held| *node == self.own || now.since(held.made) <= ROW_LIFE);
        let told = self.told.entry(peer).or_default();
        let mut packet = wire::Writer::default();
        // Our own row first: it is the one that the peer may have from nobody else.
        let own = self.rows.get_key_value(&self.own);
        for (node, held) in own.into_iter().chain(self.rows.iter().filter(|(node, _)| **node != self.own)) {
            let every = if *node == self.own { OTHERS_EVERY.min(OWN_EVERY * wire::parts_of(&held.row).into()) } else { OTHERS_EVERY };
            let due = told.get(node).is_none_or(|told| told.is_due(held.version, held.changed, (now, every)));
            if !due || !Self::is_for(peer, *node, held, now) {
                continue;
            }
            let parts = wire::parts(&held.row, held.head(*node, now));
            let all = parts.len();
            let begun = told.get(node).and_then(|told| told.begun_of(held.version)).unwrap_or(0);
            let written = parts.skip(begun).take_while(|(head, entries)| packet.add(head, entries)).count();
            if written == 0 {
                break;
            }
            told.entry(*node).or_default().sent(held.version, begun + written, all, now);
        }
        packet.into_bytes()
    }

    /// A session with this peer began or ended: it may know nothing of what we told it.
    pub fn forget(&mut self, peer: Node) {
        self.told.remove(&peer);
    }

    /// All rows that are not too old, ours among them, each with its age.
    pub fn rows(&self, now: Moment) -> impl Iterator<Item = (Node, &Row, Duration)> {
        let aged = self.rows.iter().map(move |(node, held)| (*node, &held.row, now.since(held.made)));
        aged.filter(|(_, _, age)| *age <= ROW_LIFE)
    }

    /// How often a row said something else of a link than the one before it: when this rises there is news.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// Whether the row may be told to this peer, and whether it has it from nobody nearer.
    fn is_for(peer: Node, maker: Node, held: &Held, now: Moment) -> bool {
        let alive = now.since(held.made) <= ROW_LIFE && held.hops < HOPS_LIMIT;
        // Whoever made it tells it to all whom it reaches.
        alive && maker != peer && (held.hops == 0 || !held.row.reaches(peer))
    }

    fn part(&mut self, now: Moment, from: Node, part: Part) {
        let Head { node, version, parts, .. } = part.head;
        if node == self.own || !self.members.contains(&node) {
            return;
        }
        let made = now - part.head.age;
        let old = self.rows.get(&node).filter(|held| now.since(held.made) <= ROW_LIFE && held.version >= version);
        if old.is_some() || now.since(made) > ROW_LIFE {
            // It has what we have, or less: the same version need not go back to where it came from.
            if old.is_some_and(|held| held.version == version) && parts == 1 {
                self.told.entry(from).or_default().entry(node).or_default().heard(version);
            }
            return;
        }
        let stale = |a: &Assembly| a.head.version < version || now.since(a.made) > ROW_LIFE || a.head.parts != parts;
        if self.assemblies.get(&node).is_none_or(stale) {
            self.assemblies.insert(node, Assembly { head: part.head, made, parts: BTreeMap::new() });
        }
        let Some(assembly) = self.assemblies.get_mut(&node).filter(|a| a.head.version == version) else { return };
        assembly.made = assembly.made.min(made);
        assembly.parts.insert(part.head.part, part.entries);
        if assembly.parts.len() < usize::from(parts) {
            return;
        }
        if let Some(Assembly { head, made, parts }) = self.assemblies.remove(&node) {
            let entries = parts.into_values().flatten().collect();
            self.take_up(from, head, made, Row { stalls: head.stalls, longest_stall: head.longest_stall, tells: head.tells, entries });
        }
    }

    fn take_up(&mut self, from: Node, head: Head, made: Moment, mut row: Row) {
        row.entries.retain(|entry| entry.peer != head.node && self.members.contains(&entry.peer));
        row.entries.sort_by_key(|entry| entry.peer);
        row.entries.dedup_by_key(|entry| entry.peer);
        row.entries.truncate(ENTRIES_LIMIT);
        let before = self.rows.get(&head.node);
        let changed = before.filter(|held| held.row.same_states(&row)).map_or(head.version, |held| held.changed);
        self.changes += u64::from(changed == head.version);
        self.rows.insert(head.node, Held { row, version: head.version, changed, made, hops: head.hops });
        if from != self.own {
            self.told.entry(from).or_default().entry(head.node).or_default().heard(head.version);
        }
    }
}

impl Held {
    /// What stands before each part of it when it leaves now.
    fn head(&self, node: Node, now: Moment) -> Head {
        let Row { stalls, longest_stall, tells, .. } = self.row;
        let hops = self.hops.saturating_add(1);
        Head { node, version: self.version, age: now.since(self.made), hops, stalls, longest_stall, tells, part: 0, parts: 0 }
    }
}

#[cfg(test)]
mod tests;
