//! The one writer: takes batches, commits them, and then shows them.

use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;
use std::sync::Arc;

use allswell_model::{EventBody, ProbeResult, TargetId, Timestamp};
use rusqlite::Connection;

use crate::chunk::{Encoder, Work};
use crate::commit::{self, Block, Commit, Tail};
use crate::cursor::Cursor;
use crate::error::WriteError;
use crate::keep::Keep;
use crate::lock::Ownership;
use crate::seal;
use crate::settings::Retention;
use crate::shared::{Index, Shared};
use crate::standing::Standing;
use crate::sync::Syncer;
use crate::tail::TailRow;

/// What is written together: it stands in the history whole or not at all.
#[derive(Debug, Clone, Copy, Default)]
pub struct Batch<'a> {
    /// Results, in the order in which they shall be numbered.
    pub results: &'a [Arc<ProbeResult>],
    /// What happened, and when; numbered after the results.
    pub events: &'a [(Timestamp, EventBody)],
    /// The standings that changed: status, since or marks.
    pub standings: &'a [Standing],
}

/// A batch was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// The newest entry now.
    pub newest: Cursor,
    /// How many results were written.
    pub results: usize,
    /// How many events were written; more than were handed in when earlier ones had to wait for room on the disk.
    pub events: usize,
}

/// Events that the disk refused wait in memory for the next commit. So many may wait; then the oldest is given up, and counted.
const MOST_WAITING: usize = 10_000;

/// The one way in. There is one in the process, and one process.
///
/// When the disk refuses a batch, its results are lost to the history and counted, its events and standings wait for the
/// next batch, the board shows them all the same, and the next call simply tries again.
pub struct Writer {
    pub(crate) connection: Connection,
    pub(crate) shared: Arc<Shared>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) waiting: Waiting,
    pub(crate) retention: Retention,
    next_seq: u64,
    next_key: i64,
    /// Chunks in the order in which they were begun, as (first sequence number, slot); some may have been sealed since.
    pub(crate) begun: VecDeque<(u64, usize)>,
    /// Chunks that are long enough to be sealed.
    pub(crate) ready: VecDeque<usize>,
    work: Work,
    entries: Vec<u8>,
    tail: TailRow,
    sync: Syncer,
    // Last, so that it is let go last.
    _ownership: Ownership,
}

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
}

/// What shall be written with the next commit.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    /// Slots that are new, or were or are no longer watched.
    pub(crate) targets: BTreeMap<usize, bool>,
    pub(crate) events: VecDeque<(Timestamp, EventBody)>,
    pub(crate) standings: BTreeMap<TargetId, Standing>,
}

/// One result of a batch, encoded.
struct Encoded {
    slot: usize,
    bytes: Range<usize>,
}

/// A chunk that becomes a block with this commit.
pub(crate) struct Sealed {
    pub(crate) slot: usize,
    pub(crate) block: Block,
}

impl Writer {
    pub(crate) fn new(connection: Connection, shared: Arc<Shared>, watched: Vec<bool>, retention: Retention, ownership: Ownership) -> Self {
        let index = shared.index();
        let slots = index.entries.iter().zip(watched).map(|(entry, watched)| Slot::new(&entry.id, watched)).collect();
        let mut begun: Vec<_> = index.entries.iter().enumerate().filter_map(|(slot, entry)| Some((entry.chunk.first()?, slot))).collect();
        begun.sort_unstable();
        let next_key = index.entries.iter().map(|entry| entry.key).max().unwrap_or(0) + 1;
        drop(index);
        Self {
            connection,
            slots,
            waiting: Waiting::default(),
            retention,
            next_seq: shared.newest().0 + 1,
            next_key,
            begun: begun.into(),
            ready: VecDeque::new(),
            work: Work::default(),
            entries: Vec::new(),
            tail: TailRow::default(),
            sync: Syncer::start(&shared.path),
            shared,
            _ownership: ownership,
        }
    }

    /// Writes a batch in one commit, shows it on the board, and wakes the followers.
    ///
    /// A result of a target that is not watched (any more) is history, and not on the board.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses; see [`Writer`] for what is lost then, and what is not.
    pub fn append(&mut self, batch: Batch<'_>, now: Timestamp) -> Result<Committed, WriteError> {
        let targets: Vec<usize> = batch.results.iter().map(|result| self.slot_of(&result.target)).collect();
        self.take_in(&batch);
        let sealed = self.seal(batch.results.len(), now);
        let encoded = self.encode(batch.results, &targets);
        let first = self.next_seq;
        let written = self.write(&sealed, &encoded, now);
        match &written {
            Ok(committed) => {
                self.publish(&sealed, &encoded, (first, now));
                self.shared.set_newest(committed.newest.seq);
            }
            Err(_) => self.withdraw(&sealed, &encoded),
        }
        self.show(&batch, &targets, &written);
        if written.is_ok() {
            self.shared.wakers.wake();
        }
        written
    }

    /// The slot of a target, a new one where it has none.
    pub(crate) fn slot_of(&mut self, target: &TargetId) -> usize {
        if let Some(slot) = self.shared.index().slot(target) {
            return slot;
        }
        let slot = self.shared.index_mut().add(target, self.next_key);
        self.next_key += 1;
        self.slots.push(Slot::new(target, false));
        self.waiting.targets.insert(slot, false);
        slot
    }

    fn take_in(&mut self, batch: &Batch<'_>) {
        for target in batch.events.iter().filter_map(|(_, body)| body.target()).chain(batch.standings.iter().map(|standing| &standing.target)) {
            self.slot_of(target);
        }
        self.waiting.events.extend(batch.events.iter().cloned());
        self.waiting.standings.extend(batch.standings.iter().map(|standing| (standing.target.clone(), standing.clone())));
    }

    fn encode(&mut self, results: &[Arc<ProbeResult>], targets: &[usize]) -> Vec<Encoded> {
        self.entries.clear();
        let mut encoded = Vec::with_capacity(results.len());
        for (result, slot) in results.iter().zip(targets) {
            let Some(known) = self.slots.get_mut(*slot) else { continue };
            let kept = known.keep.hear(result);
            let from = self.entries.len();
            known.encoder.encode(result, kept.whole, kept.amends.as_deref(), &mut self.work, &mut self.entries);
            encoded.push(Encoded { slot: *slot, bytes: from..self.entries.len() });
        }
        encoded
    }

    fn write(&mut self, sealed: &[Sealed], encoded: &[Encoded], now: Timestamp) -> Result<Committed, WriteError> {
        let index = self.shared.index();
        self.tail.begin();
        for one in encoded {
            let entry = self.entries.get(one.bytes.clone()).unwrap_or_default();
            self.tail.push(index.entries.get(one.slot).map_or(0, |known| known.key), entry);
        }
        let first = self.next_seq;
        let first_event = first + encoded.len() as u64;
        let tail = (!encoded.is_empty()).then(|| Tail { first, last: first_event - 1, at: now, data: self.tail.finish() });
        let oldest = self.begun.iter().find(|(first, slot)| still_open(&index, *first, *slot) && !sealed.iter().any(|sealed| sealed.slot == *slot));
        let commit = Commit {
            targets: self
                .waiting
                .targets
                .iter()
                .filter_map(|(slot, watched)| index.entries.get(*slot).map(|known| (known.key, known.id.as_str(), *watched)))
                .collect(),
            blocks: sealed.iter().map(|sealed| &sealed.block).collect(),
            tail,
            sealed: oldest.map_or(first, |(first, _)| *first),
            events: self.waiting.events.iter().zip(first_event..).map(|(event, seq)| (seq, key_of(&index, event.1.target()), event)).collect(),
            standings: self.waiting.standings.values().filter_map(|standing| Some((key_of(&index, Some(&standing.target))?, standing))).collect(),
        };
        let events = commit.events.len();
        if !commit.is_empty() {
            commit::write(&mut self.connection, &commit)?;
            self.sync.committed(commit.size());
        }
        drop(index);
        self.waiting = Waiting::default();
        self.next_seq = first_event + events as u64;
        Ok(Committed { newest: self.shared.cursor(self.next_seq - 1), results: encoded.len(), events })
    }

    /// The commit stands: the chunks take the new entries.
    fn publish(&mut self, sealed: &[Sealed], encoded: &[Encoded], (first, now): (u64, Timestamp)) {
        let mut index = self.shared.index_mut();
        for one in sealed {
            if let Some(known) = index.entries.get_mut(one.slot) {
                known.chunk.clear();
            }
        }
        for (seq, one) in (first..).zip(encoded) {
            let (Some(known), Some(slot)) = (index.entries.get_mut(one.slot), self.slots.get_mut(one.slot)) else { continue };
            known.chunk.push(seq, self.entries.get(one.bytes.clone()).unwrap_or_default(), now);
            if known.chunk.len() == 1 {
                self.begun.push_back((seq, one.slot));
            }
            if (known.chunk.len() >= slot.full || known.chunk.size() >= seal::LARGE) && !slot.ready {
                slot.ready = true;
                self.ready.push_back(one.slot);
            }
        }
        while self.begun.front().is_some_and(|(first, slot)| !still_open(&index, *first, *slot)) {
            self.begun.pop_front();
        }
    }

    /// The commit does not stand: what comes next must not refer to it.
    fn withdraw(&mut self, sealed: &[Sealed], encoded: &[Encoded]) {
        for slot in sealed.iter().map(|one| one.slot).chain(encoded.iter().map(|one| one.slot)) {
            if let Some(known) = self.slots.get_mut(slot) {
                known.encoder.reset();
                known.keep.forget();
            }
        }
        for one in sealed {
            if let Some(known) = self.slots.get_mut(one.slot)
                && !known.ready
            {
                known.ready = true;
                self.ready.push_front(one.slot);
            }
        }
        let too_many = self.waiting.events.len().saturating_sub(MOST_WAITING);
        if too_many > 0 {
            self.waiting.events.drain(..too_many);
            self.shared.change_board(|board| board.not_kept.events += too_many as u64);
        }
    }
}

impl Slot {
    fn new(id: &TargetId, watched: bool) -> Self {
        Self { encoder: Encoder::default(), keep: Keep::default(), watched, row: None, full: seal::first_full(id), ready: false }
    }
}

/// Whether the chunk that was begun with this entry has not become a block.
pub(crate) fn still_open(index: &Index, first: u64, slot: usize) -> bool {
    index.entries.get(slot).is_some_and(|known| known.chunk.first() == Some(first))
}

fn key_of(index: &Index, target: Option<&TargetId>) -> Option<i64> {
    target.and_then(|target| index.find(target)).map(|known| known.key)
}

#[cfg(test)]
mod tests;
