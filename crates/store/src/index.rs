//! The targets that the memory holds, with their newest results.

use std::collections::HashMap;

use allswell_model::TargetId;

use crate::chunk::Chunk;

/// The targets that are awake: those that are watched, and others until their results are in blocks and rolled up. All others are found
/// in the file alone, so that ten thousand new ids a day do not fill the memory.
#[derive(Debug, Default)]
pub(crate) struct Index {
    slots: HashMap<TargetId, usize>,
    pub(crate) entries: Vec<Entry>,
    /// Places of targets that went to sleep, for the next ones.
    free: Vec<usize>,
}

/// Stands for the key of a target of which it is not known yet whether the file has one.
pub(crate) const NO_KEY: i64 = 0;

/// A target's place in the file and its results that no block holds yet.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) id: TargetId,
    pub(crate) key: i64,
    pub(crate) chunk: Chunk,
}

impl Index {
    pub(crate) fn slot(&self, id: &TargetId) -> Option<usize> {
        self.slots.get(id).copied()
    }

    pub(crate) fn find(&self, id: &TargetId) -> Option<&Entry> {
        self.entries.get(self.slot(id)?)
    }

    pub(crate) fn add(&mut self, id: &TargetId, key: i64) -> usize {
        let entry = Entry { id: id.clone(), key, chunk: Chunk::default() };
        let slot = match self.free.pop() {
            Some(free) => free,
            None => self.entries.len(),
        };
        match self.entries.get_mut(slot) {
            Some(place) => *place = entry,
            None => self.entries.push(entry),
        }
        self.slots.insert(id.clone(), slot);
        slot
    }

    /// Takes a target out; its place is given to the next one that comes.
    pub(crate) fn remove(&mut self, slot: usize) {
        if let Some(entry) = self.entries.get_mut(slot)
            && self.slots.remove(&entry.id).is_some()
        {
            entry.key = NO_KEY;
            entry.chunk.clear();
            self.free.push(slot);
        }
    }

    /// How many are awake.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.slots.len()
    }
}
