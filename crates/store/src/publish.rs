//! One commit of the writer: written, then made visible, or else taken back.

use allswell_model::Timestamp;

use crate::commit::{self, Commit, Tail};
use crate::error::WriteError;
use crate::incidents;
use crate::outbox::Outbox;
use crate::seal;
use crate::slot::{Encoded, Sealed, Waiting, key_of, still_open};
use crate::writer::{Committed, Writer};

/// Events that the disk refused wait in memory for the next commit. So many may wait; then the oldest is given up, and counted.
const MOST_WAITING: usize = 10_000;

impl Writer {
    /// Writes what is sealed, encoded and waiting in one commit, and the outbox where it changed.
    pub(crate) fn write(
        &mut self,
        (sealed, encoded): (&[Sealed], &[Encoded]),
        outbox: Option<&Outbox>,
        now: Timestamp,
    ) -> Result<Committed, WriteError> {
        self.still_there()?;
        let index = self.shared.index();
        self.tail.begin();
        for one in encoded {
            let entry = self.entries.get(one.bytes.clone()).unwrap_or_default();
            self.tail.push(index.entries.get(one.slot).map_or(0, |known| known.key), entry);
        }
        let first = self.next_seq;
        let first_event = first + encoded.len() as u64;
        let tail = (!encoded.is_empty()).then(|| Tail { first, last: first_event - 1, at: now, data: self.tail.finish() });
        let oldest =
            self.begun.iter().find(|(first, slot)| still_open(&index, *first, *slot) && !sealed.iter().any(|sealed| sealed.slot == *slot));
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
            events: self
                .waiting
                .events
                .iter()
                .zip(first_event..)
                .map(|(event, seq)| (seq, key_of(&index, event.1.target()), event))
                .collect(),
            standings: self
                .waiting
                .standings
                .values()
                .filter_map(|standing| Some((key_of(&index, Some(&standing.target))?, standing)))
                .collect(),
            incidents: &self.waiting.incidents,
            alerts: outbox.map(|outbox| outbox.unwritten().collect()).unwrap_or_default(),
        };
        let (events, incidents, alerts) = (commit.events.len(), commit.incidents.len(), commit.alerts.len());
        let wrote = !commit.is_empty();
        if wrote {
            commit::write(&mut self.connection, &commit)?;
            self.sync.committed(commit.size());
        }
        drop(index);
        self.waiting = Waiting::default();
        self.next_seq = first_event + events as u64;
        let newest = self.shared.cursor(self.next_seq - 1);
        Ok(Committed { newest, results: encoded.len(), events, incidents, alerts, wrote })
    }

    /// The commit stands: the chunks take the new entries.
    pub(crate) fn publish(&mut self, sealed: &[Sealed], encoded: &[Encoded], (first, now): (u64, Timestamp)) {
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
    pub(crate) fn withdraw(&mut self, sealed: &[Sealed], encoded: &[Encoded]) {
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
        let events = self.waiting.events.len().saturating_sub(MOST_WAITING);
        self.waiting.events.drain(..events);
        let incidents = incidents::give_up(&mut self.waiting.incidents);
        if events as u64 + incidents > 0 {
            self.shared.change_board(|board| {
                board.not_kept.events += events as u64;
                board.not_kept.incidents += incidents;
            });
        }
    }
}
