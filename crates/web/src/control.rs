//! What the pages ask of the program that they run in; the program implements it over its engine.

use std::time::Duration;

use allswell_model::Timestamp;

/// The program behind the pages.
pub trait Control: Send + Sync {
    /// The time by the clock that stamps the results, so that ages are true when the wall clock jumps.
    fn now(&self) -> Timestamp;

    /// The program's version.
    fn version(&self) -> String;

    /// The engine's counters as they stand.
    fn counters(&self) -> Counters;

    /// Whether the watch itself is well.
    fn health(&self) -> Health;

    /// Reads the configuration again and applies it. May block.
    ///
    /// # Errors
    /// Every mistake of the new configuration, one sentence each; the old one stays in force.
    fn reload(&self) -> Result<(), Vec<String>>;
}

/// What the engine counted since it started, and what it holds now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Turns that came due.
    pub due: u64,
    /// Probes that were started.
    pub started: u64,
    /// Probes that started noticeably after they were due.
    pub late: u64,
    /// Turns passed over because the target's last probe still ran.
    pub skipped: u64,
    /// Overdue turns that were made one.
    pub collapsed: u64,
    /// Probes that run now.
    pub in_flight: u64,
    /// 99 of 100 probes started no later than this after they were due.
    pub lag_p99: Duration,
    /// Results that wait to be judged and stored.
    pub queue_depth: u64,
    /// Results from other sources that found no place in the queue.
    pub dropped: u64,
    /// Results that the store did not take.
    pub not_stored: u64,
}

/// Whether the watch itself is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It probes, judges and stores.
    Ok,
    /// It does not, for these reasons: one sentence each.
    Ailing(Vec<String>),
}
