//! Notes of attempts on their way to the outbox: they count from the moment they are made, also where they find no place yet.

use std::collections::BTreeMap;
use std::sync::Arc;

use allswell_model::{AlertKey, Attempted, Outbox, Pending, Sent};

/// The outbox, and what it has not taken yet: the last note of each alert, so that there are no more than alerts that wait. Only a crash
/// forgets them, and then the alert is sent again.
pub(crate) struct Notes {
    outbox: Arc<dyn Outbox>,
    unsaved: BTreeMap<AlertKey, Attempted>,
}

impl Notes {
    pub(crate) fn to(outbox: Arc<dyn Outbox>) -> Self {
        Self { outbox, unsaved: BTreeMap::new() }
    }

    /// Whether the outbox has taken all of them.
    pub(crate) fn are_saved(&self) -> bool {
        self.unsaved.is_empty()
    }

    /// Notes, at once where there is a place.
    pub(crate) fn add(&mut self, attempted: Attempted) {
        self.unsaved.insert(attempted.key.clone(), attempted);
        self.save();
    }

    /// Tries again to note what found no place.
    pub(crate) fn save(&mut self) {
        while let Some((key, attempted)) = self.unsaved.pop_first() {
            if let Err(back) = self.outbox.note(attempted) {
                self.unsaved.insert(key, back);
                return;
            }
        }
    }

    /// What waits, when these notes count.
    pub(crate) fn waiting(&self) -> Vec<Pending> {
        self.outbox.waiting().into_iter().filter_map(|pending| self.applied(pending)).collect()
    }

    fn applied(&self, mut pending: Pending) -> Option<Pending> {
        match self.unsaved.get(&pending.alert.key).map(|note| note.ended) {
            None => {}
            Some(Sent::Delivered | Sent::GivenUp) => return None,
            Some(Sent::Again(due)) => {
                pending.due = due;
                pending.attempts = pending.attempts.saturating_add(1);
            }
        }
        Some(pending)
    }
}
