//! What the pages ask of the program that they run in; the program implements it over its engine.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::link::Links;
use allswell_model::{ChannelName, TargetId, Timestamp};

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

    /// Probes this target once: a JSON object with the keys of a target, as it was sent. May block, as long as the target's
    /// own deadline allows. What is answered is the result as JSON, just as `allswell check --json` prints it.
    ///
    /// # Errors
    /// Every mistake of the target, one sentence each; nothing was probed.
    fn check(&self, target: &str) -> Result<String, Vec<String>>;

    /// Watches a target from now on, or watches it differently: a JSON object with the keys of a target, as it was sent. May
    /// block. It answers whether the target is new.
    ///
    /// # Errors
    /// Every mistake of the target, one sentence each; nothing has changed.
    fn put_target(&self, id: &TargetId, target: &str) -> Result<bool, Vec<String>>;

    /// Ends the watch of a target that came by [`Control::put_target`]. May block. It answers whether there was one.
    ///
    /// # Errors
    /// Why it stays, one sentence each.
    fn remove_target(&self, id: &TargetId) -> Result<bool, Vec<String>>;

    /// What became of the alerts since the program began.
    fn alerts(&self) -> Alerts;

    /// What is known of the links between nodes, as it stands; `None` where none are configured. It is asked by every page and
    /// each second besides, and must not block.
    fn links(&self) -> Option<Arc<Links>> {
        None
    }
}

/// What became of the alerts since the program began, and what waits.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Alerts {
    /// Of each channel that is configured.
    pub channels: BTreeMap<ChannelName, Sending>,
    /// Alerts that wait to be delivered.
    pub waiting: u64,
    /// Of the heartbeat, where one is configured.
    pub heartbeat: Option<Heartbeat>,
}

/// What one channel did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sending {
    /// Alerts that the other side took.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Alerts that were given up.
    pub given_up: u64,
    /// Why the last attempt failed, in one sentence that holds no secret; `None` when it did not.
    pub last_error: Option<String>,
}

/// What the heartbeat did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Heartbeat {
    /// Beats that the other side took.
    pub sent: u64,
    /// Beats that it did not take.
    pub failed: u64,
    /// When it last took one.
    pub last_ok: Option<Timestamp>,
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
