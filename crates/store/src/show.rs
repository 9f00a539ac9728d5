//! The writer's side of the board.

use std::collections::BTreeSet;
use std::sync::Arc;

use allswell_model::{EventBody, Incident, ProbeResult, Target, TargetId, Timestamp};

use crate::board::{Board, Row, Series};
use crate::error::WriteError;
use crate::events;
use crate::history;
use crate::shared::Shared;
use crate::writer::{Batch, Committed, Writer};

impl Writer {
    /// Shows a batch, whether it was written or not: the page must stay true.
    pub(crate) fn show(&mut self, batch: &Batch<'_>, targets: &[usize], written: &Result<Committed, WriteError>) {
        let rows = |slot: usize| self.slots.get(slot).and_then(|slot| slot.row);
        let index = self.shared.index();
        self.shared.change_board(|board| {
            for (result, slot) in batch.results.iter().zip(targets) {
                if let Some(row) = rows(*slot) {
                    board.hear(row, result);
                }
            }
            for (_, event) in batch.events {
                if let EventBody::Transition(transition) = event
                    && let Some(row) = index.slot(&transition.target).and_then(rows).and_then(|row| board.rows.get_mut(row))
                {
                    Arc::make_mut(row).decided = Some(Arc::new(transition.clone()));
                }
            }
            for standing in batch.standings {
                if let Some(row) = index.slot(&standing.target).and_then(rows).and_then(|row| board.rows.get_mut(row)) {
                    let row = Arc::make_mut(row);
                    row.status = standing.status;
                    row.since = standing.since;
                    row.marks.clone_from(&standing.marks);
                    row.incident = standing.incident;
                }
            }
            board.note_incidents(batch.incidents);
            // After all of them: a status may have changed twice in one batch.
            for standing in batch.standings {
                if let Some(row) = index.slot(&standing.target).and_then(rows).and_then(|row| board.rows.get_mut(row)) {
                    Arc::make_mut(row).forget_what_decided_another();
                }
            }
            match written {
                Ok(committed) => {
                    board.kept.results += committed.results as u64;
                    board.kept.events += committed.events as u64;
                    board.kept.incidents += committed.incidents as u64;
                    board.kept.alerts += committed.alerts as u64;
                    board.unwritable = board.unwritable.take().filter(|_| !committed.wrote);
                }
                Err(error) => {
                    board.not_kept.results += batch.results.len() as u64;
                    board.unwritable = Some(error.to_string());
                }
            }
        });
    }

    /// From now on these targets are watched, and no others. The board changes at once; what is new and what is gone becomes events
    /// ([`EventBody::TargetAdded`], [`EventBody::TargetRemoved`]: nobody else writes these). The history of those that are gone stays.
    ///
    /// # Errors
    /// [`WriteError`] when the disk refuses: the events wait for the next batch.
    pub fn targets(&mut self, targets: &[Arc<Target>], now: Timestamp) -> Result<(), WriteError> {
        let wanted: BTreeSet<&TargetId> = targets.iter().map(|target| &target.id).collect();
        self.stop_watching(&wanted, now);
        for id in wanted {
            self.watch(id, now);
        }
        self.renew_board(targets, now);
        self.append(Batch::default(), now).map(drop)
    }

    fn stop_watching(&mut self, wanted: &BTreeSet<&TargetId>, now: Timestamp) {
        let index = self.shared.index();
        for (place, (slot, known)) in self.slots.iter_mut().zip(&index.entries).enumerate() {
            slot.row = None;
            if slot.watched && !wanted.contains(&known.id) {
                slot.watched = false;
                slot.keep.forget();
                self.waiting.targets.insert(place, false);
                self.waiting.standings.remove(&known.id);
                self.waiting.events.push_back((now, EventBody::TargetRemoved { target: known.id.clone() }));
            }
        }
    }

    fn watch(&mut self, id: &TargetId, now: Timestamp) {
        let slot = self.slot_of(id);
        if let Some(known) = self.slots.get_mut(slot)
            && !known.watched
        {
            known.watched = true;
            self.waiting.targets.insert(slot, true);
            self.waiting.events.push_back((now, EventBody::TargetAdded { target: id.clone() }));
        }
    }

    fn renew_board(&mut self, targets: &[Arc<Target>], now: Timestamp) {
        let before = self.shared.board();
        let mut sorted: Vec<&Arc<Target>> = targets.iter().collect();
        sorted.sort_by(|a, b| a.id.cmp(&b.id));
        sorted.dedup_by(|later, first| later.id == first.id);
        let rows: Vec<Arc<Row>> = sorted.into_iter().map(|target| Arc::new(renewed(&before, &self.shared, target, now))).collect();
        for (place, row) in rows.iter().enumerate() {
            if let Some(slot) = self.shared.index().slot(&row.target.id).and_then(|slot| self.slots.get_mut(slot)) {
                slot.row = Some(place);
            }
        }
        self.shared.change_board(|board| board.renew(rows));
    }
}

/// The row that a target had, else one made of what the file knows.
fn renewed(before: &Board, shared: &Shared, target: &Arc<Target>, now: Timestamp) -> Row {
    if let Some(row) = before.row(&target.id) {
        return Row { target: Arc::clone(target), ..row.clone() };
    }
    let mut row = Row::new(Arc::clone(target), now);
    match history::recovered(shared, &target.id) {
        Ok(Some(recovered)) => {
            row.status = recovered.status;
            row.since = recovered.since;
            row.marks = recovered.marks;
            row.incident = recovered.incident;
        }
        Ok(None) => {}
        Err(error) => tracing::warn!(target_id = %target.id, %error, "its standing could not be read"),
    }
    match events::decided(shared, &target.id) {
        Ok(decided) => row.decided = decided.map(Arc::new),
        Err(error) => tracing::warn!(target_id = %target.id, %error, "what decided its status could not be read"),
    }
    row.forget_what_decided_another();
    match history::glances(shared, &target.id) {
        Ok((glances, last)) => {
            glances.into_iter().for_each(|glance| row.recent.push(glance));
            row.last = last;
        }
        Err(error) => tracing::warn!(target_id = %target.id, %error, "its newest results could not be read"),
    }
    row
}

impl Board {
    /// Those that last are on it, those that ended are not.
    pub(crate) fn note_incidents(&mut self, incidents: &[Incident]) {
        for incident in incidents {
            if incident.is_open() {
                self.incidents.insert(incident.id, Arc::new(incident.clone()));
            } else {
                self.incidents.remove(&incident.id);
            }
        }
    }

    fn hear(&mut self, place: usize, result: &Arc<ProbeResult>) {
        let Some(row) = self.rows.get_mut(place) else { return };
        let row = Arc::make_mut(row);
        row.hear(result);
        let series = Series { protocol: row.target.protocol, group: Arc::clone(&row.target.name.group) };
        self.histograms.entry(series).or_default().add(result.duration);
        self.newest = self.newest.max(Some(result.started + result.duration));
    }

    /// Takes these rows, in the order of their ids, for all there are. Series without targets go.
    fn renew(&mut self, rows: Vec<Arc<Row>>) {
        self.places = Arc::new(rows.iter().enumerate().map(|(place, row)| (row.target.id.clone(), place)).collect());
        let series: BTreeSet<Series> =
            rows.iter().map(|row| Series { protocol: row.target.protocol, group: Arc::clone(&row.target.name.group) }).collect();
        self.histograms.retain(|known, _| series.contains(known));
        self.rows = rows;
    }
}
