//! The log as it is read for all clients at once: those who stand at the same place after the same commit share one reading.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use allswell_store::{Cursor, EventPage};
use bytes::Bytes;
use tokio::sync::{OnceCell, Semaphore};

use super::frame;
use crate::problem::Problem;
use crate::state::App;

/// So many events are read from the log at once.
const PAGE: usize = 100;
/// A page of the log is cut after so many bytes: all that is ever held for a client that does not keep up, but for the last
/// event of it.
const PAGE_BYTES: usize = 16 * 1024;
/// So many readings are remembered; the oldest goes. Clients that keep up need one or two.
const REMEMBERED: usize = 8;
/// So many readings go on at once. The next ones wait for them, as long as one reading may take (see [`App::read`]).
const READINGS: usize = 2;
/// What is said when the cursor is older than what is kept.
const GAP: &str = "events after this cursor are no longer kept; those that are follow";

/// A page of the log, as it is sent.
#[derive(Debug, Clone)]
pub(super) struct Told {
    /// The events; may be empty.
    pub(super) text: Bytes,
    /// Where to go on.
    pub(super) next: Cursor,
    /// Whether there is more now.
    pub(super) more: bool,
}

/// One reading: from where, and after which commit.
struct Reading {
    after: Cursor,
    commit: u64,
    told: OnceCell<Told>,
}

/// The readings of all clients.
pub(super) struct Shared {
    recent: Mutex<VecDeque<Arc<Reading>>>,
    under_way: Semaphore,
}

impl Shared {
    pub(super) fn new() -> Self {
        Self { recent: Mutex::default(), under_way: Semaphore::new(READINGS) }
    }

    /// What the log holds after this cursor. `commit` is the newest one that the client has heard of: what it reads holds that.
    pub(super) async fn read(&self, app: &App, after: Cursor, commit: u64) -> Result<Told, Problem> {
        let reading = self.reading(after, commit);
        let told = reading.told.get_or_try_init(|| async {
            // It is never closed.
            let _turn = self.under_way.acquire().await;
            let page = app.read(move |reader| reader.events(after, PAGE)).await?;
            Ok(tell(app, &page))
        });
        told.await.cloned()
    }

    fn reading(&self, after: Cursor, commit: u64) -> Arc<Reading> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = recent.iter().find(|known| known.after == after && known.commit == commit) {
            return Arc::clone(known);
        }
        let reading = Arc::new(Reading { after, commit, told: OnceCell::new() });
        recent.push_back(Arc::clone(&reading));
        if recent.len() > REMEMBERED {
            recent.pop_front();
        }
        reading
    }
}

fn tell(app: &App, page: &EventPage) -> Told {
    let mut text = String::new();
    if page.gap {
        text.push_str(&String::from_utf8_lossy(&frame::reason("gap", GAP)));
    }
    for (told, event) in (1..).zip(&page.events) {
        let after = app.reader.cursor_of(&event.stamp);
        frame::log(&mut text, event, after);
        if text.len() >= PAGE_BYTES && told < page.events.len() {
            return Told { text: text.into(), next: after, more: true };
        }
    }
    Told { text: text.into(), next: page.next, more: page.more }
}
