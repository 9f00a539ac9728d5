//! The thread that sends, and the handle by which it is told what to do.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;

use allswell_model::{Outbox, Timestamp};
use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::counters::{Counters, Ledger};
use crate::heartbeat::{self, Beating, Heartbeat};
use crate::notes::Notes;
use crate::sender::{Orders, Sender};
use crate::set::Channels;

/// The time, from a clock anchored to the monotonic one.
pub type Wall = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why nothing can be sent.
#[derive(Debug)]
pub struct StartError(io::Error);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "alerts cannot be sent: no thread of our own ({})", self.0)
    }
}

impl std::error::Error for StartError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.0)
    }
}

/// Begins to follow the outbox. Nothing is sent before [`Notifier::channels`] has told how.
///
/// `page` is where the pages are found (`https://watch.example.com`), for links in alerts.
///
/// # Errors
/// When the system gives no thread or no descriptors.
pub fn start(outbox: Arc<dyn Outbox>, wall: Wall, page: Option<String>) -> Result<Notifier, StartError> {
    let runtime = Builder::new_current_thread().enable_all().build().map_err(StartError)?;
    let ledger = Ledger::default();
    let (channels, told_channels) = watch::channel(None);
    let (beat, told_beat) = watch::channel(None);
    let (stop, stopped) = watch::channel(());
    let page = page.map(|page| Arc::from(page.trim_end_matches('/')));
    let orders = Orders { channels: told_channels, stop: stopped.clone() };
    let sender = Sender::new(Notes::to(Arc::clone(&outbox)), Arc::clone(&wall), page, ledger.clone(), orders);
    let beating = heartbeat::run(told_beat, stopped, wall, ledger.clone());
    let body = move || {
        // The heartbeat stands beside the sender: no channel delays it.
        runtime.block_on(async { tokio::join!(sender.run(outbox), beating) });
    };
    let thread = std::thread::Builder::new().name("notify".into()).spawn(body).map_err(StartError)?;
    Ok(Notifier { channels, beat, ledger, stop: Some(stop), thread: Some(thread) })
}

/// The thread that sends. Dropping it ends it, as [`Notifier::stop`] does.
pub struct Notifier {
    channels: watch::Sender<Option<Channels>>,
    beat: watch::Sender<Option<Beating>>,
    ledger: Ledger,
    stop: Option<watch::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Notifier {
    /// The channels from now on. One that did not change goes on as it was; what is under way ends as it began. What waits for a channel
    /// that changed is tried at once.
    pub fn channels(&self, channels: Channels) {
        self.channels.send_replace(Some(channels));
    }

    /// The heartbeat from now on. It is sent while `healthy` says true; that must not block. The same one again keeps its rhythm.
    pub fn heartbeat(&self, heartbeat: Option<Heartbeat>, healthy: Arc<dyn Fn() -> bool + Send + Sync>) {
        self.beat.send_replace(heartbeat.map(|heartbeat| Beating { heartbeat, healthy }));
    }

    /// What was sent and what was not.
    #[must_use]
    pub fn counters(&self) -> Counters {
        self.ledger.open().clone()
    }

    /// Whether the thread lives. It ends only by [`Notifier::stop`], or by a bug.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        self.thread.as_ref().is_some_and(|thread| !thread.is_finished())
    }

    /// Ends it. What is under way gets a second to end in order, and is noted; the rest is sent again after the next start. The outbox
    /// must outlive this call for that.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            // Its panic has been printed, and it ends all the same.
            let _ = thread.join();
        }
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Notifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notifier").field("is_alive", &self.is_alive()).finish_non_exhaustive()
    }
}
