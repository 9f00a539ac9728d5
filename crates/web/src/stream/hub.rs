//! What the stream's clients share: the news of a commit, a bounded number of places, and the pulse of this second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use allswell_store::Reader;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::pulse::Pulse;
use crate::state::App;

/// So many clients listen at once. Each costs a connection and a look at the log with every commit.
pub(crate) const PLACES: usize = 64;
/// A pulse that is younger serves the next client too.
const FRESH: Duration = Duration::from_millis(500);

/// Shared by the stream's clients.
pub(crate) struct Hub {
    commits: watch::Sender<u64>,
    places: Arc<Semaphore>,
    pulse: Mutex<Option<(Instant, Arc<Pulse>)>>,
    _following: allswell_store::Subscription,
}

impl Hub {
    /// A hub that hears of every commit. Wake-ups merge: a client reads the log from its own cursor on.
    pub(crate) fn following(reader: &Reader) -> Self {
        let commits = watch::Sender::new(0_u64);
        let wake = commits.clone();
        let following = reader.on_commit(Box::new(move || wake.send_modify(|n| *n = n.wrapping_add(1))));
        Self { commits, places: Arc::new(Semaphore::new(PLACES)), pulse: Mutex::new(None), _following: following }
    }

    /// A place, while there is one.
    pub(super) fn place(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.places).try_acquire_owned().ok()
    }

    /// How many places are taken.
    pub(crate) fn clients(&self) -> usize {
        PLACES - self.places.available_permits()
    }

    /// Hears of commits from now on.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// The pulse of this moment.
    pub(super) fn pulse(&self, app: &App) -> Arc<Pulse> {
        // Held while the rows are counted, so that they are counted once for all clients.
        let mut known = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            Some((_, pulse)) => Arc::clone(pulse),
            None => {
                let pulse = Arc::new(Pulse::of(app));
                *known = Some((Instant::now(), Arc::clone(&pulse)));
                pulse
            }
        }
    }
}
