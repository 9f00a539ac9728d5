//! Which slot is due first: a heap in which each slot stands at most once and knows its place.
//!
//! So a timer that is set anew moves instead of leaving a stale one behind, one that is cancelled is gone, and nothing grows
//! however often that happens. It allocates only when it holds more slots than ever before.

use std::time::Instant;

/// Children of a node. Four make the heap half as deep as two, and lie in one or two cache lines.
const CHILDREN: usize = 4;

/// The place of a slot that is not armed.
const NOWHERE: usize = usize::MAX;

type Entry = (Instant, usize);

/// Slots by when they are due; equal times by slot, so that the order is always the same.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    heap: Vec<Entry>,
    places: Vec<usize>,
}

impl Queue {
    /// The slot that is due first.
    pub(crate) fn first(&self) -> Option<(Instant, usize)> {
        self.heap.first().copied()
    }

    /// Arms a slot, or moves it.
    pub(crate) fn set(&mut self, slot: usize, at: Instant) {
        if self.places.len() <= slot {
            self.places.resize(slot + 1, NOWHERE);
        }
        let place = self.place(slot).unwrap_or(self.heap.len());
        match self.heap.get_mut(place) {
            Some(entry) => *entry = (at, slot),
            None => self.heap.push((at, slot)),
        }
        self.settle(place);
    }

    /// Disarms a slot.
    pub(crate) fn unset(&mut self, slot: usize) {
        let Some(place) = self.place(slot) else { return };
        self.heap.swap_remove(place);
        self.note(slot, NOWHERE);
        self.settle(place);
    }

    fn place(&self, slot: usize) -> Option<usize> {
        self.places.get(slot).copied().filter(|place| *place != NOWHERE)
    }

    /// Moves the entry at this place to where it belongs.
    fn settle(&mut self, place: usize) {
        let Some(entry) = self.heap.get(place).copied() else { return };
        let risen = self.rise(place, entry);
        self.sink(risen, entry);
    }

    /// Lets later parents down into the gap at this place; gives where the gap comes to be.
    fn rise(&mut self, mut gap: usize, entry: Entry) -> usize {
        while let Some(parent) = gap.checked_sub(1).map(|before| before / CHILDREN) {
            match self.heap.get(parent).copied() {
                Some(above) if entry < above => self.put(gap, above),
                _ => break,
            }
            gap = parent;
        }
        gap
    }

    /// Lets earlier children up into the gap, and puts the entry where it comes to be.
    fn sink(&mut self, mut gap: usize, entry: Entry) {
        while let Some((child, below)) = self.least_child(gap).filter(|(_, below)| *below < entry) {
            self.put(gap, below);
            gap = child;
        }
        self.put(gap, entry);
    }

    fn least_child(&self, place: usize) -> Option<(usize, Entry)> {
        let first = place * CHILDREN + 1;
        let children = self.heap.get(first..self.heap.len().min(first + CHILDREN))?;
        let (nth, least) = children.iter().enumerate().min_by_key(|(_, child)| **child)?;
        Some((first + nth, *least))
    }

    fn put(&mut self, place: usize, entry: Entry) {
        if let Some(there) = self.heap.get_mut(place) {
            *there = entry;
            self.note(entry.1, place);
        }
    }

    fn note(&mut self, slot: usize, place: usize) {
        if let Some(noted) = self.places.get_mut(slot) {
            *noted = place;
        }
    }
}

#[cfg(test)]
mod tests;
