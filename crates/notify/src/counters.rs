//! What was sent and what was not, for metrics and pages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use allswell_model::{Attempted, ChannelName, Sent, Timestamp};

use crate::channel::Refusal;

/// Counted since [`crate::start`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters {
    /// Of each channel that is configured.
    pub channels: BTreeMap<ChannelName, ChannelCounters>,
    /// Alerts given up because their channel is no longer configured.
    pub orphaned: u64,
    /// Alerts that wait to be delivered, of all channels.
    pub waiting: u64,
    /// Of the heartbeat, where one is configured.
    pub heartbeat: Option<HeartbeatCounters>,
}

/// Of one channel. They stay when its settings change, and go with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChannelCounters {
    /// The kind's name.
    pub kind: &'static str,
    /// Alerts that were taken.
    pub delivered: u64,
    /// Attempts that failed.
    pub failed: u64,
    /// Those of them that will hardly ever succeed before somebody changes something.
    pub refused: u64,
    /// Alerts that are not tried again.
    pub given_up: u64,
    /// Alerts that wait, those under way included.
    pub waiting: u64,
    /// Attempts under way.
    pub under_way: u64,
    /// Why the last failed attempt failed, in one sentence without secrets; `None` once an alert was taken.
    pub last_error: Option<String>,
    /// When an attempt last failed.
    pub last_failed: Option<Timestamp>,
    /// When an alert was last taken.
    pub last_delivered: Option<Timestamp>,
}

impl ChannelCounters {
    /// Counts an attempt, and says so once where that is a change.
    pub(crate) fn count(&mut self, attempted: &Attempted, refusal: Option<&Refusal>, name: &ChannelName) {
        let detail = &attempted.detail;
        let Some(refusal) = refusal else {
            if self.last_error.take().is_some() {
                tracing::info!(channel = %name, "alerts are taken again: {detail}");
            }
            self.delivered += 1;
            self.last_delivered = Some(attempted.at);
            return;
        };
        self.failed += 1;
        self.refused += u64::from(refusal.permanent);
        if self.last_error.is_none() {
            tracing::warn!(channel = %name, "an alert was not taken, and is tried again: {detail}");
        }
        self.last_error = Some(refusal.sentence.clone());
        self.last_failed = Some(attempted.at);
        if attempted.ended == Sent::GivenUp {
            self.given_up += 1;
            tracing::error!(channel = %name, alert = %attempted.key, "{detail}");
        }
    }
}

/// Of the heartbeat.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeartbeatCounters {
    /// Beats that were taken.
    pub sent: u64,
    /// Beats that were not.
    pub failed: u64,
    /// Beats that were left out because the watch was not well.
    pub withheld: u64,
    /// When a beat was last taken.
    pub last_ok: Option<Timestamp>,
    /// Why the last one was not taken, or left out; `None` once one was taken.
    pub last_error: Option<String>,
}

/// The counters, shared between those who count and those who look.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger(Arc<Mutex<Counters>>);

impl Ledger {
    pub(crate) fn open(&self) -> MutexGuard<'_, Counters> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts for a channel, if it is still configured.
    pub(crate) fn channel(&self, name: &ChannelName, count: impl FnOnce(&mut ChannelCounters)) {
        if let Some(counters) = self.open().channels.get_mut(name) {
            count(counters);
        }
    }

    /// Counts for the heartbeat, if there still is one.
    pub(crate) fn heartbeat(&self, count: impl FnOnce(&mut HeartbeatCounters)) {
        if let Some(counters) = self.open().heartbeat.as_mut() {
            count(counters);
        }
    }
}
