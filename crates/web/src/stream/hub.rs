//! What the stream's clients share: the news of events, the log as it was read for all, and the pulse of this second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use allswell_store::{Cursor, Reader};
use bytes::Bytes;
use tokio::sync::watch;

use super::frame;
use super::pulse::Pulse;
use super::shared::{Shared, Told};
use crate::problem::Problem;
use crate::state::App;

/// A pulse that is younger serves the next client too.
const FRESH: Duration = Duration::from_millis(500);

/// Shared by the stream's clients.
pub(crate) struct Hub {
    commits: watch::Sender<u64>,
    shared: Shared,
    pulse: Mutex<Option<(Instant, Bytes)>>,
    /// Each client holds a copy.
    listening: Arc<()>,
    _following: allswell_store::Subscription,
}

impl Hub {
    /// A hub that hears of every commit that brought events; most bring results alone. Wake-ups merge: a client reads the log
    /// from its own cursor on.
    pub(crate) fn following(reader: &Reader) -> Self {
        let events = |reader: &Reader| reader.board(|board| board.kept.events);
        let commits = watch::Sender::new(events(reader));
        let (wake, board) = (commits.clone(), reader.clone());
        let following = reader.on_commit(Box::new(move || {
            let now = events(&board);
            wake.send_if_modified(|known| std::mem::replace(known, now) != now);
        }));
        Self { commits, shared: Shared::new(), pulse: Mutex::new(None), listening: Arc::new(()), _following: following }
    }

    /// Counts its holder among the clients.
    pub(super) fn listener(&self) -> Arc<()> {
        Arc::clone(&self.listening)
    }

    /// How many clients there are.
    pub(crate) fn clients(&self) -> usize {
        Arc::strong_count(&self.listening) - 1
    }

    /// Hears of events from now on, by their number.
    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// What the log holds after this cursor, for one that has heard of this commit.
    pub(super) async fn read(&self, app: &App, after: Cursor, commit: u64) -> Result<Told, Problem> {
        self.shared.read(app, after, commit).await
    }

    /// The pulse of this moment, as it is sent.
    pub(super) fn pulse(&self, app: &App) -> Bytes {
        // Held while the rows are counted, so that they are counted once for all clients.
        let mut known = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        match known.as_ref().filter(|(at, _)| at.elapsed() < FRESH) {
            Some((_, pulse)) => pulse.clone(),
            None => {
                let pulse = frame::of("pulse", &Pulse::of(app));
                *known = Some((Instant::now(), pulse.clone()));
                pulse
            }
        }
    }
}
