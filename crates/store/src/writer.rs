//! The one writer: takes batches, commits them, and then shows them.

use std::collections::VecDeque;
use std::sync::Arc;

use allswell_model::{Alert, Attempted, EventBody, Incident, ProbeResult, TargetId, Timestamp};
use rusqlite::{Connection, OptionalExtension};

use crate::chunk::Work;
use crate::cursor::Cursor;
use crate::error::WriteError;
use crate::identity::Identity;
use crate::index::NO_KEY;
use crate::lock::Ownership;
use crate::roll;
use crate::schema;
use crate::settings::Retention;
use crate::shared::Shared;
use crate::slot::{Encoded, Slot, Waiting};
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
    /// The standings that changed: status, since, marks or incident.
    pub standings: &'a [Standing],
    /// The incidents that changed, each whole.
    pub incidents: &'a [Incident],
    /// The alerts that were decided: from this commit on they wait to be sent.
    pub alerts: &'a [Alert],
    /// What became of attempts to send alerts.
    pub attempts: &'a [Attempted],
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
    /// How many incidents were written, as they are now.
    pub incidents: usize,
    /// How many alerts were written, as they are now.
    pub alerts: usize,
    /// Anything at all: else it tells nothing of the disk.
    pub(crate) wrote: bool,
}

/// The one way in. There is one in the process, and one process.
///
/// When the disk refuses a batch, its results are lost to the history and counted; its events, standings, incidents, alerts and
/// attempts wait for the next batch; the board and [`crate::Reader::waiting`] tell of them all the same; and the next call simply tries
/// again. What waits is bounded, and what then finds no place is counted ([`crate::Board::not_kept`]). Only a file that was deleted or replaced
/// stays given up until the next start: [`Writer::maintain`] notices.
pub struct Writer {
    pub(crate) connection: Connection,
    pub(crate) shared: Arc<Shared>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) waiting: Waiting,
    pub(crate) retention: Retention,
    pub(crate) next_seq: u64,
    /// The last key that was given to a target.
    last_key: i64,
    /// Slots of which it is not known yet whether the file has a key for them.
    keyless: Vec<usize>,
    /// Chunks in the order in which they were begun, as (first sequence number, slot); some may have been sealed since.
    pub(crate) begun: VecDeque<(u64, usize)>,
    /// Chunks that are long enough to be sealed.
    pub(crate) ready: VecDeque<usize>,
    /// Whose turn it was to be rolled up.
    pub(crate) turn: usize,
    /// The time by which retention tells what is old.
    pub(crate) aged: Timestamp,
    /// The key of the target whose turn it was to lose old roll-ups.
    pub(crate) pruned: i64,
    /// Whose turn it was to fall asleep.
    pub(crate) dozed: usize,
    work: Work,
    pub(crate) entries: Vec<u8>,
    pub(crate) tail: TailRow,
    pub(crate) sync: Syncer,
    /// The file as it was opened; `None` where that could not be told.
    pub(crate) identity: Option<Identity>,
    /// The same of its write-ahead log.
    pub(crate) log: Option<Identity>,
    pub(crate) opened: Timestamp,
    /// The file is no longer where it was: nothing that is written is kept, until the next start.
    pub(crate) gone: bool,
    // Last, so that it is let go last.
    ownership: Ownership,
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        shared: Arc<Shared>,
        (slots, last_key): (Vec<Slot>, i64),
        retention: Retention,
        ownership: Ownership,
    ) -> Self {
        let index = shared.index();
        let mut begun: Vec<_> = index.entries.iter().enumerate().filter_map(|(slot, entry)| Some((entry.chunk.first()?, slot))).collect();
        begun.sort_unstable();
        drop(index);
        Self {
            connection,
            slots,
            waiting: Waiting::default(),
            retention: retention.workable(),
            next_seq: shared.newest().0 + 1,
            last_key,
            keyless: Vec::new(),
            begun: begun.into(),
            ready: VecDeque::new(),
            turn: 0,
            aged: shared.boots.iter().rev().nth(1).or(shared.boots.last()).map_or(Timestamp(0), |boot| boot.last),
            pruned: i64::MIN,
            dozed: 0,
            work: Work::default(),
            entries: Vec::new(),
            tail: TailRow::default(),
            sync: Syncer::start(&shared.source.path),
            identity: Identity::of(&shared.source.path).ok(),
            log: Identity::of(&schema::log_of(&shared.source.path)).ok(),
            opened: shared.boots.last().map_or(Timestamp(0), |boot| boot.opened),
            gone: false,
            shared,
            ownership,
        }
    }

    /// Writes a batch in one commit, shows it on the board, and wakes the followers.
    ///
    /// A result of a target that is not watched (any more) is history, and not on the board.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses; see [`Writer`] for what is lost then, and what is not.
    pub fn append(&mut self, batch: Batch<'_>, now: Timestamp) -> Result<Committed, WriteError> {
        self.shared.hear(now);
        let targets: Vec<usize> = batch.results.iter().map(|result| self.slot_of(&result.target)).collect();
        self.take_in(&batch);
        let keyed = self.give_keys();
        let sealed = self.seal(batch.results.len(), now);
        let encoded = self.encode(batch.results, &targets, now);
        let outbox = self.shared.outbox_after(batch.alerts, batch.attempts, now);
        let first = self.next_seq;
        let written = keyed.and_then(|()| self.write((&sealed, &encoded), outbox.as_ref(), now));
        match &written {
            Ok(committed) => {
                self.publish(&sealed, &encoded, (first, now));
                self.shared.set_newest(committed.newest.seq);
                self.ownership.note(committed.newest.seq.0);
            }
            Err(_) => self.withdraw(&sealed, &encoded),
        }
        self.shared.renew_outbox(outbox, written.is_ok());
        self.show(&batch, &targets, &written);
        // Also when the disk refused: the board has changed, and alerts may have come to wait.
        self.shared.wakers.wake();
        written
    }

    /// The slot of a target, a new one where it has none.
    pub(crate) fn slot_of(&mut self, target: &TargetId) -> usize {
        if let Some(slot) = self.shared.index().slot(target) {
            return slot;
        }
        let slot = self.shared.index_mut().add(target, NO_KEY);
        let new = Slot::new(target, false, i64::MIN);
        match self.slots.get_mut(slot) {
            Some(place) => *place = new,
            None => self.slots.push(new),
        }
        self.keyless.push(slot);
        self.waiting.targets.insert(slot, false);
        slot
    }

    /// Finds the keys of targets that slept, and gives new ones to those that the file does not know.
    fn give_keys(&mut self) -> Result<(), WriteError> {
        while let Some(slot) = self.keyless.last().copied() {
            let mut index = self.shared.index_mut();
            if let Some(entry) = index.entries.get_mut(slot) {
                let mut query = self.connection.prepare_cached("SELECT key, rolled_us FROM targets WHERE id = ?1")?;
                let found = query.query_row([entry.id.as_str()], |row| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?))).optional()?;
                let (key, rolled) = found.unwrap_or((self.last_key + 1, None));
                entry.key = key;
                self.last_key = self.last_key.max(key);
                if let Some(own) = self.slots.get_mut(slot) {
                    own.rolled = rolled.unwrap_or(i64::MIN);
                }
            }
            self.keyless.pop();
        }
        Ok(())
    }

    fn take_in(&mut self, batch: &Batch<'_>) {
        for target in
            batch.events.iter().filter_map(|(_, body)| body.target()).chain(batch.standings.iter().map(|standing| &standing.target))
        {
            self.slot_of(target);
        }
        self.waiting.events.extend(batch.events.iter().cloned());
        self.waiting.standings.extend(batch.standings.iter().map(|standing| (standing.target.clone(), standing.clone())));
        self.waiting.incidents.extend(batch.incidents.iter().map(|incident| (incident.id, incident.clone())));
    }

    fn encode(&mut self, results: &[Arc<ProbeResult>], targets: &[usize], now: Timestamp) -> Vec<Encoded> {
        self.entries.clear();
        let latest = now - self.retention.raw / 2;
        let mut encoded = Vec::with_capacity(results.len());
        for (result, slot) in results.iter().zip(targets) {
            let Some(known) = self.slots.get_mut(*slot) else { continue };
            let kept = known.keep.hear(result);
            known.rolled = roll::after_late(known.rolled, result.started, latest);
            let from = self.entries.len();
            known.encoder.encode(result, &kept, &mut self.work, &mut self.entries);
            encoded.push(Encoded { slot: *slot, bytes: from..self.entries.len() });
        }
        encoded
    }
}

#[cfg(test)]
mod tests;
