//! The one thread that hears of ends, for all streams of the process. It touches no socket: it marks, wakes, and waits again.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;
use std::process;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;

use allswell_os::events::Events;
use allswell_os::watcher::Watcher;

/// Who is told of the events of a descriptor.
pub(crate) trait Hears: Send + Sync {
    /// On the watching thread: it must be brief.
    fn hear(&self, events: Events);
}

/// The watching thread, as long as anybody holds one of these.
pub(crate) struct Watch {
    shared: Arc<Shared>,
}

struct Shared {
    /// Whose it is. A process that forks leaves its child a copy without the thread, and the very same epoll instance.
    process: u32,
    watcher: Watcher,
    watched: Mutex<HashMap<u64, Weak<dyn Hears>>>,
    next: AtomicU64,
    /// How many hold it; changed under the lock of `CURRENT` alone.
    holders: AtomicUsize,
}

/// The process's one, from its start to its end: whoever comes when it has been stopped and has not ended yet takes it over. Streams
/// that come and go one at a time would otherwise start a thread each, faster than the threads end.
static CURRENT: Mutex<Option<Arc<Shared>>> = Mutex::new(None);

impl Watch {
    /// The process's one; it is started by the first who asks, and ends with the last who holds it.
    pub(crate) fn of_this_process() -> io::Result<Self> {
        let mut current = lock(&CURRENT);
        let shared = Shared::of_process(&mut current, process::id())?;
        shared.holders.fetch_add(1, Ordering::Relaxed);
        Ok(Self { shared })
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
        if self.shared.process != process::id() {
            return; // The parent still watches it.
        }
        // It is watched, so that it can be removed; should it not be, nobody is told any more all the same.
        let _ = self.shared.watcher.remove(fd);
    }

    fn forget(&self, token: u64) {
        lock(&self.shared.watched).remove(&token);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _current = lock(&CURRENT);
        if self.shared.holders.fetch_sub(1, Ordering::Relaxed) == 1 && self.shared.process == process::id() {
            self.shared.watcher.stop();
        }
    }
}

impl Shared {
    fn of_process(current: &mut Option<Arc<Self>>, process: u32) -> io::Result<Arc<Self>> {
        Ok(match current {
            Some(shared) if shared.process == process => Arc::clone(shared),
            _ => Arc::clone(current.insert(Self::start(process)?)),
        })
    }

    fn start(process: u32) -> io::Result<Arc<Self>> {
        let (watched, next, holders) = (Mutex::default(), AtomicU64::new(0), AtomicUsize::new(0));
        let shared = Arc::new(Self { process, watcher: Watcher::new()?, watched, next, holders });
        let watching = Arc::clone(&shared);
        thread::Builder::new().name("liveness".into()).spawn(move || watching.run())?;
        Ok(shared)
    }

    fn run(&self) {
        loop {
            let waited = self.watcher.wait(&mut |token, events| self.tell(token, events));
            if matches!(waited, Ok(true)) {
                continue;
            }
            let mut current = lock(&CURRENT);
            // Should the kernel refuse to wait, whoever asks still gets a true answer; only nobody is woken, and the next has another.
            if waited.is_err() || self.holders.load(Ordering::Relaxed) == 0 {
                current.take_if(|current| std::ptr::eq(&**current, self));
                return;
            }
            self.watcher.go_on();
        }
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
