//! Where links are kept, and found by the peer or by the identity of a session.

use std::collections::{BTreeMap, HashMap};

use crate::bucket::Bucket;
use crate::ids::{Node, SessionId};
use crate::machine::Link;

/// A link, and what guards it.
pub(super) struct Slot {
    pub(super) link: Link,
    /// For handshakes from where the peer lives.
    pub(super) at_home: Bucket,
    /// For those from anywhere else, which may be recordings.
    pub(super) elsewhere: Bucket,
    /// Under which identities the link is known.
    known: [Option<SessionId>; 2],
}

/// All links. Each keeps its index for as long as it is there.
#[derive(Default)]
pub(super) struct Slots {
    slots: Vec<Option<Slot>>,
    by_node: BTreeMap<Node, usize>,
    by_session: HashMap<SessionId, usize>,
}

impl Slots {
    /// Adds a link to a peer to whom there is none.
    pub(super) fn insert(&mut self, link: Link) {
        let peer = link.peer();
        let slot = Slot { link, at_home: Bucket::default(), elsewhere: Bucket::default(), known: [None, None] };
        let index = self.slots.iter().position(Option::is_none).unwrap_or(self.slots.len());
        match self.slots.get_mut(index) {
            Some(free) => *free = Some(slot),
            None => self.slots.push(Some(slot)),
        }
        self.by_node.insert(peer, index);
    }

    /// Takes a link away; says which index is free now.
    pub(super) fn remove(&mut self, peer: Node) -> Option<usize> {
        let index = self.by_node.remove(&peer)?;
        let slot = self.slots.get_mut(index).and_then(Option::take);
        for id in slot.iter().flat_map(|slot| slot.known).flatten() {
            self.by_session.remove(&id);
        }
        Some(index)
    }

    pub(super) fn len(&self) -> usize {
        self.by_node.len()
    }

    /// By the number of the peer.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Slot> {
        self.by_node.values().filter_map(|index| self.slots.get(*index)?.as_ref())
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Slot> {
        self.slots.iter_mut().flatten()
    }

    pub(super) fn get(&self, index: usize) -> Option<&Slot> {
        self.slots.get(index)?.as_ref()
    }

    pub(super) fn get_mut(&mut self, index: usize) -> Option<&mut Slot> {
        self.slots.get_mut(index)?.as_mut()
    }

    pub(super) fn index_of(&self, peer: Node) -> Option<usize> {
        self.by_node.get(&peer).copied()
    }

    pub(super) fn of(&self, peer: Node) -> Option<&Slot> {
        self.get(self.index_of(peer)?)
    }

    pub(super) fn of_mut(&mut self, peer: Node) -> Option<&mut Slot> {
        self.get_mut(self.index_of(peer)?)
    }

    /// Whose session that is.
    pub(super) fn index_of_session(&self, id: SessionId) -> Option<usize> {
        self.by_session.get(&id).copied()
    }

    /// Finds the link by the identities that it has now, and no longer by those that it had.
    pub(super) fn know(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index).and_then(Option::as_mut) else { return };
        let ids = slot.link.ids();
        if ids != slot.known {
            for gone in std::mem::replace(&mut slot.known, ids).into_iter().flatten() {
                self.by_session.remove(&gone);
            }
            self.by_session.extend(ids.into_iter().flatten().map(|id| (id, index)));
        }
    }
}
