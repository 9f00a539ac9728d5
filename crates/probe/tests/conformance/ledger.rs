//! Descriptors, threads and tasks before and after.

use std::time::{Duration, Instant};

use tokio::runtime::{Builder, Runtime};

/// What the process held when it was opened, and a runtime that must end as empty as it began.
pub(crate) struct Ledger {
    pub(crate) runtime: Runtime,
    descriptors: usize,
    threads: usize,
}

/// The far end of a connection is this process too; it is given this long to see that the probe has gone.
const SETTLE: Duration = Duration::from_secs(2);

impl Ledger {
    pub(crate) fn open() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, descriptors: count("/proc/self/fd"), threads: count("/proc/self/task") }
    }

    /// What is left over, if anything.
    pub(crate) fn balance(&self, of: &str) -> Option<String> {
        let deadline = Instant::now() + SETTLE;
        loop {
            // Gives cancelled tasks the turn in which they end.
            self.runtime.block_on(tokio::task::yield_now());
            let (descriptors, threads) = (count("/proc/self/fd"), count("/proc/self/task"));
            let tasks = self.runtime.metrics().num_alive_tasks();
            if descriptors <= self.descriptors && threads <= self.threads && tasks == 0 {
                return None;
            }
            if Instant::now() > deadline {
                let (before, early) = (self.descriptors, self.threads);
                return Some(format!(
                    "{of}: left behind: descriptors {before} -> {descriptors}, threads {early} -> {threads}, tasks 0 -> {tasks}"
                ));
            }
            std::thread::yield_now();
        }
    }
}

fn count(folder: &str) -> usize {
    std::fs::read_dir(folder).unwrap().count()
}
