//! The sender's side of the outbox: what the store says waits, corrected by what was noted and is not stored yet.

use std::collections::BTreeMap;
use std::sync::Mutex;

use allswell_model::{AlertKey, Attempted, Outbox, Pending, Sent};
use allswell_store::Reader;
use tokio::sync::mpsc;

use crate::pipe::Input;
use crate::runner::locked;

/// Alerts as the store has them, and notes into the pipe. It does not keep the pipeline alive.
pub(crate) struct Post {
    reader: Reader,
    pipe: mpsc::WeakSender<Input>,
    /// Noted, but perhaps not stored yet: at most one for each alert that waits.
    noted: Mutex<BTreeMap<AlertKey, Noted>>,
}

struct Noted {
    attempted: Attempted,
    /// How often it had been tried before.
    attempts: u32,
}

impl Post {
    pub(crate) fn new(reader: Reader, pipe: mpsc::WeakSender<Input>) -> Self {
        Self { reader, pipe, noted: Mutex::default() }
    }
}

impl Outbox for Post {
    fn waiting(&self) -> Vec<Pending> {
        let mut noted = locked(&self.noted);
        // Read under the lock: what was noted before it is taken into account, and what the store has meanwhile is forgotten.
        let mut waiting = self.reader.waiting();
        let stored = std::mem::take(&mut *noted);
        waiting.retain_mut(|pending| {
            let Some(note) = stored.get(&pending.alert.key).filter(|note| note.attempts >= pending.attempts) else { return true };
            noted.insert(pending.alert.key.clone(), Noted { attempted: note.attempted.clone(), attempts: note.attempts });
            correct(pending, note)
        });
        waiting
    }

    fn note(&self, attempted: Attempted) -> Result<(), Attempted> {
        let pipe = self.pipe.upgrade();
        let Some(place) = pipe.as_ref().and_then(|pipe| pipe.try_reserve().ok()) else { return Err(attempted) };
        let mut noted = locked(&self.noted);
        let before = self.reader.waiting().into_iter().find(|pending| pending.alert.key == attempted.key);
        let attempts = noted.get(&attempted.key).map_or(0, |note| note.attempts + 1).max(before.map_or(0, |pending| pending.attempts));
        noted.insert(attempted.key.clone(), Noted { attempted: attempted.clone(), attempts });
        drop(noted);
        place.send(Input::Attempted(attempted));
        Ok(())
    }

    fn follow(&self, wake: Box<dyn Fn() + Send + Sync>) -> Box<dyn Send + Sync> {
        Box::new(self.reader.on_commit(wake))
    }
}

/// Whether it waits still, and until when.
fn correct(pending: &mut Pending, note: &Noted) -> bool {
    let Sent::Again(due) = note.attempted.ended else { return false };
    pending.due = due;
    pending.attempts = note.attempts + 1;
    true
}
