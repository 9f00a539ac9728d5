//! Whom to tell of a target's troubles, and what is told.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::ids::{AlertKey, ChannelName, IncidentId, NodeId, TargetId};
use crate::status::Status;
use crate::target::Target;
use crate::time::Timestamp;

/// Whom to tell of a target's troubles.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alerting {
    /// By these ways, each once; none: nobody is told.
    pub channels: Arc<[ChannelName]>,
    /// Of these statuses: down, degraded, unknown.
    pub on: Arc<[Status]>,
    /// Again after so long while it lasts; `None`: once.
    pub remind: Option<Duration>,
    /// Down or degraded for less than this wakes nobody, unless it was so shortly before as well.
    pub after: Duration,
}

impl Default for Alerting {
    /// Nobody is told; where somebody is, of down and unknown.
    fn default() -> Self {
        Self { channels: Arc::new([]), on: Arc::new([Status::Down, Status::Unknown]), remind: None, after: Duration::ZERO }
    }
}

/// What an alert is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// An incident began.
    Firing,
    /// More targets are in it than was told.
    Update,
    /// It still lasts.
    Reminder,
    /// It has ended.
    Resolved,
}

impl AlertKind {
    /// The kind as a word.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Firing => "firing",
            Self::Update => "update",
            Self::Reminder => "reminder",
            Self::Resolved => "resolved",
        }
    }
}

/// One message about one incident by one channel. It was decided, and stored, together with what it is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// The same for each attempt to send it: who receives it twice can tell.
    pub key: AlertKey,
    /// The way it is sent.
    pub channel: ChannelName,
    /// What it is about.
    pub kind: AlertKind,
    /// Which incident: all its alerts have this in common.
    pub incident: IncidentId,
    /// Its place among the alerts of the incident, from 0.
    pub number: u32,
    /// When it was decided.
    #[serde(rename = "decided_us")]
    pub decided: Timestamp,
    /// When the incident began.
    #[serde(rename = "began_us")]
    pub began: Timestamp,
    /// When it ended, where it has.
    #[serde(rename = "ended_us")]
    pub ended: Option<Timestamp>,
    /// Who says so.
    pub node: NodeId,
    /// The node's label for where it stands; may be empty.
    pub location: Arc<str>,
    /// What the targets have in common.
    pub status: Status,
    /// The stage at which they fail, where they do.
    pub stage: Option<String>,
    /// Why.
    pub cause: Option<String>,
    /// All of it in one sentence.
    pub summary: String,
    /// The incident's first target.
    pub first: TargetId,
    /// How many targets the incident has; those of one that ended: had at most.
    pub total: u64,
    /// Those of them that came first, at most [`AFFECTED_AT_MOST`].
    pub targets: Vec<Affected>,
}

/// An alert names no more targets than somebody reads at night; the page has them all.
pub const AFFECTED_AT_MOST: usize = 20;

/// A target as an alert tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    /// Which.
    pub target: TargetId,
    /// What people call it, without its group.
    pub name: Arc<str>,
    /// Its group; may be empty.
    pub group: Arc<str>,
    /// Its URL, secrets hidden.
    pub url: String,
    /// Its labels, the group's under its own.
    pub labels: BTreeMap<String, String>,
    /// How it is.
    pub status: Status,
    /// Since when.
    #[serde(rename = "since_us")]
    pub since: Timestamp,
    /// Why, in one sentence.
    pub reason: String,
    /// Where to read what to do.
    pub runbook: Option<String>,
}

impl Affected {
    /// A target and how it stands.
    #[must_use]
    pub fn of(target: &Target, status: Status, since: Timestamp, reason: &str) -> Self {
        Self {
            target: target.id.clone(),
            name: Arc::clone(&target.name.name),
            group: Arc::clone(&target.name.group),
            url: target.url.clone(),
            labels: target.labels.clone(),
            status,
            since,
            reason: reason.to_owned(),
            runbook: target.runbook.clone(),
        }
    }
}
