//! Alerts in memory: those that wait to be sent, as they stand after the newest batch, and of others what the file does not hold yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_model::{Alert, AlertKey, Attempted, IncidentId, Pending, Sent, Timestamp};

pub(crate) mod rows;

/// So many alerts may wait to be sent; then the oldest is given up, and counted. An alert takes some kilobytes, and who did not hear
/// of two thousand is not helped by more.
pub(crate) const MOST_WAITING: usize = 2048;

/// So many that do not wait any more are remembered while the disk refuses to note it; then the oldest is forgotten, and counted.
const MOST_UNWRITTEN: usize = 2048;

/// The words upon an alert that found no place.
const TOO_MANY: &str = "too many alerts waited to be sent";

/// What became of an alert so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What was to be told.
    pub alert: Arc<Alert>,
    /// How often it was tried.
    pub attempts: u32,
    /// What came of the last attempt; `None` before the first.
    pub ended: Option<Sent>,
    /// When that was.
    pub at: Option<Timestamp>,
    /// What the other side said then, or why it failed; empty before the first.
    pub detail: String,
}

impl Told {
    fn new(alert: &Alert) -> Self {
        Self { alert: Arc::new(alert.clone()), attempts: 0, ended: None, at: None, detail: String::new() }
    }

    /// Whether it is still to be sent.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        !matches!(self.ended, Some(Sent::Delivered | Sent::GivenUp))
    }

    /// Not to be tried before.
    pub(crate) fn due(&self) -> Timestamp {
        match self.ended {
            Some(Sent::Again(due)) => due,
            _ => self.alert.decided,
        }
    }

    fn pending(&self) -> Pending {
        Pending { alert: Arc::clone(&self.alert), attempts: self.attempts, due: self.due() }
    }

    /// Whether more is known by `newer` of the same alert.
    pub(crate) fn is_older_than(&self, newer: &Self) -> bool {
        (self.attempts, !self.is_waiting()) < (newer.attempts, !newer.is_waiting())
    }

    fn hear(&mut self, attempted: &Attempted) {
        self.attempts = self.attempts.saturating_add(1);
        self.end(attempted.ended, attempted.at, &attempted.detail);
    }

    fn end(&mut self, ended: Sent, at: Timestamp, detail: &str) {
        self.ended = Some(ended);
        self.at = Some(at);
        detail.clone_into(&mut self.detail);
    }
}

/// Alerts by their places, which are those of their rows: in the order in which they were decided.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outbox {
    entries: BTreeMap<u64, Entry>,
    places: BTreeMap<AlertKey, u64>,
    /// The newest place that was given.
    newest: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    told: Told,
    /// The file holds it as it is.
    written: bool,
}

impl Outbox {
    /// With what the file holds; no place up to `newest` is given again.
    pub(crate) fn new(waiting: Vec<(u64, Told)>, newest: u64) -> Self {
        let places = waiting.iter().map(|(place, told)| (told.alert.key.clone(), *place)).collect();
        let entries = waiting.into_iter().map(|(place, told)| (place, Entry { told, written: true })).collect();
        Self { entries, places, newest }
    }

    /// All that wait, the oldest first.
    pub(crate) fn waiting(&self) -> Vec<Pending> {
        self.entries.values().filter(|entry| entry.told.is_waiting()).map(|entry| entry.told.pending()).collect()
    }

    /// How many wait.
    pub(crate) fn len(&self) -> usize {
        self.entries.values().filter(|entry| entry.told.is_waiting()).count()
    }

    /// What the file does not hold, or not as it is now.
    pub(crate) fn unwritten(&self) -> impl Iterator<Item = (u64, &Told)> {
        self.entries.iter().filter(|(_, entry)| !entry.written).map(|(place, entry)| (*place, &entry.told))
    }

    /// The same of one incident.
    pub(crate) fn unwritten_of(&self, incident: IncidentId) -> Vec<(u64, Told)> {
        self.unwritten().filter(|(_, told)| told.alert.incident == incident).map(|(place, told)| (place, told.clone())).collect()
    }

    /// Takes in what a batch brings. An alert that is known already is not taken a second time; an attempt at one that has ended says
    /// nothing new. Returns how many found no place.
    pub(crate) fn take(&mut self, alerts: &[Alert], attempts: &[Attempted], now: Timestamp) -> u64 {
        for alert in alerts {
            if !self.places.contains_key(&alert.key) {
                self.newest += 1;
                self.places.insert(alert.key.clone(), self.newest);
                self.entries.insert(self.newest, Entry { told: Told::new(alert), written: false });
            }
        }
        for attempted in attempts {
            let entry = self.places.get(&attempted.key).and_then(|place| self.entries.get_mut(place));
            if let Some(entry) = entry.filter(|entry| entry.told.is_waiting()) {
                entry.told.hear(attempted);
                entry.written = false;
            }
        }
        self.give_up(now) + self.forget()
    }

    /// The file holds all of it now: what has ended need not be remembered.
    pub(crate) fn written(&mut self) {
        self.entries.values_mut().for_each(|entry| entry.written = true);
        self.retain(|entry| entry.told.is_waiting());
    }

    /// Of too many that wait the oldest are given up. That nobody heard them is written like any other end.
    fn give_up(&mut self, now: Timestamp) -> u64 {
        let excess = self.len().saturating_sub(MOST_WAITING);
        for entry in self.entries.values_mut().filter(|entry| entry.told.is_waiting()).take(excess) {
            entry.told.end(Sent::GivenUp, now, TOO_MANY);
            entry.written = false;
        }
        excess as u64
    }

    fn forget(&mut self) -> u64 {
        let excess = (self.entries.len() - self.len()).saturating_sub(MOST_UNWRITTEN);
        let mut left = excess;
        self.retain(|entry| {
            let goes = left > 0 && !entry.told.is_waiting();
            left -= usize::from(goes);
            !goes
        });
        excess as u64
    }

    fn retain(&mut self, mut stays: impl FnMut(&Entry) -> bool) {
        let Self { entries, places, .. } = self;
        entries.retain(|_, entry| {
            let stays = stays(entry);
            if !stays {
                places.remove(&entry.told.alert.key);
            }
            stays
        });
    }
}

#[cfg(test)]
mod tests;
