//! What the writer knows of each target, and what it has in hand for the next commit.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

use allswell_model::{EventBody, Incident, IncidentId, TargetId, Timestamp};

use crate::chunk::Encoder;
use crate::commit::Block;
use crate::index::Index;
use crate::keep::Keep;
use crate::seal;
use crate::standing::Standing;

/// What the writer knows of a target, beside the shared index.
#[derive(Debug)]
pub(crate) struct Slot {
    pub(crate) encoder: Encoder,
    pub(crate) keep: Keep,
    pub(crate) watched: bool,
    /// Its place on the board.
    pub(crate) row: Option<usize>,
    /// So many results make its next block.
    pub(crate) full: usize,
    /// It stands in the queue of those that are long enough to be sealed.
    pub(crate) ready: bool,
    /// The hours before it are rolled up.
    pub(crate) rolled: i64,
}

/// What shall be written with the next commit.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Slots that are new, or were or are no longer watched.
    pub(crate) targets: BTreeMap<usize, bool>,
    pub(crate) events: VecDeque<(Timestamp, EventBody)>,
    pub(crate) standings: BTreeMap<TargetId, Standing>,
    pub(crate) incidents: BTreeMap<IncidentId, Incident>,
}

impl Waiting {
    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.targets.is_empty() && self.events.is_empty() && self.standings.is_empty() && self.incidents.is_empty()
    }
}

/// One result of a batch, encoded.
pub(crate) struct Encoded {
    pub(crate) slot: usize,
    pub(crate) bytes: Range<usize>,
}

/// A chunk that becomes a block with this commit.
pub(crate) struct Sealed {
    pub(crate) slot: usize,
    pub(crate) block: Block,
}

impl Slot {
    pub(crate) fn new(id: &TargetId, watched: bool, rolled: i64) -> Self {
        Self { encoder: Encoder::default(), keep: Keep::default(), watched, row: None, full: seal::first_full(id), ready: false, rolled }
    }
}

/// Whether the chunk that was begun with this entry has not become a block.
pub(crate) fn still_open(index: &Index, first: u64, slot: usize) -> bool {
    index.entries.get(slot).is_some_and(|known| known.chunk.first() == Some(first))
}

/// The key of a target that the index knows.
pub(crate) fn key_of(index: &Index, target: Option<&TargetId>) -> Option<i64> {
    target.and_then(|target| index.find(target)).map(|known| known.key)
}
