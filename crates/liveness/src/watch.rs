//! The one thread that hears of ends, for all streams of the process. It touches no socket: it marks, wakes, and waits again.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use allswell_os::events::Events;
use allswell_os::watcher::Watcher;

/// Who is told of the events of a descriptor.
pub(crate) trait Hears: Send + Sync {
    /// On the watching thread: it must be brief.
    fn hear(&self, events: Events);
}

/// The watching thread, as long as anybody holds this.
pub(crate) struct Watch {
    shared: Arc<Shared>,
}

struct Shared {
    watcher: Watcher,
    watched: Mutex<HashMap<u64, Weak<dyn Hears>>>,
    next: AtomicU64,
}

/// The process's one, while it is needed.
static CURRENT: Mutex<Weak<Watch>> = Mutex::new(Weak::new());

impl Watch {
    /// The process's one; it is started by the first who asks, and ends with the last who holds it.
    pub(crate) fn of_this_process() -> io::Result<Arc<Self>> {
        let mut current = lock(&CURRENT);
        if let Some(watch) = current.upgrade() {
            return Ok(watch);
        }
        let shared = Arc::new(Shared { watcher: Watcher::new()?, watched: Mutex::default(), next: AtomicU64::new(0) });
        let watching = Arc::clone(&shared);
        thread::Builder::new().name("liveness".into()).spawn(move || watching.run())?;
        let watch = Arc::new(Self { shared });
        *current = Arc::downgrade(&watch);
        Ok(watch)
    }

    /// Tells `hears` of the ends and errors of `fd`, those that happened before included. Returns what ends that.
    pub(crate) fn add(&self, fd: impl AsFd, hears: Weak<dyn Hears>) -> io::Result<u64> {
        let token = self.shared.next.fetch_add(1, Ordering::Relaxed);
        lock(&self.shared.watched).insert(token, hears);
        self.shared.watcher.add(fd, token).inspect_err(|_| self.forget(token))?;
        Ok(token)
    }

    /// Ends the telling.
    pub(crate) fn remove(&self, fd: impl AsFd, token: u64) {
        self.forget(token);
        // It is watched, so that it can be removed; should it not be, nobody is told any more all the same.
        let _ = self.shared.watcher.remove(fd);
    }

    fn forget(&self, token: u64) {
        lock(&self.shared.watched).remove(&token);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.watcher.stop();
    }
}

impl Shared {
    fn run(&self) {
        // It is stopped by the last holder. Should the kernel refuse to wait, whoever asks still gets a true answer; only nobody is woken.
        while matches!(self.watcher.wait(&mut |token, events| self.tell(token, events)), Ok(true)) {}
    }

    fn tell(&self, token: u64, events: Events) {
        let hears = lock(&self.watched).get(&token).and_then(Weak::upgrade);
        if let Some(hears) = hears {
            hears.hear(events);
        }
    }
}

/// Nothing in here panics while it holds a lock; should it have, what it guards is whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
