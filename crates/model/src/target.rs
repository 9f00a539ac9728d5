//! A target as the configuration means it: checked, with every default filled in.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::alert::Alerting;
use crate::ids::{TargetId, TargetName};

/// What is probed, how often, and how its results are judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Known by this for ever.
    pub id: TargetId,
    /// Called this by people.
    pub name: TargetName,
    /// As the operator wrote it, secrets hidden.
    pub url: String,
    /// The protocol's name.
    pub protocol: &'static str,
    /// The `allswell check` command that repeats a probe of it, secrets as placeholders; empty until the engine planned it.
    pub repeat: String,
    /// The group's labels under the target's own.
    pub labels: BTreeMap<String, String>,
    /// How results become a status.
    pub policy: Policy,
    /// Whom to tell of its troubles.
    pub alerting: Alerting,
    /// Where to read what to do when it is down.
    pub runbook: Option<String>,
    /// Who asked for it.
    pub origin: Origin,
}

/// The timing of probes and of judgement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// From one probe's start to the next one's.
    pub every: Duration,
    /// One deadline over a whole probe.
    pub timeout: Duration,
    /// Failures in a row before the status turns; at least 1.
    pub down_after: u32,
    /// Successes in a row before it turns back; at least 1.
    pub up_after: u32,
    /// The interval while the target is suspect; never longer than `every`.
    pub recheck: Duration,
}

impl Policy {
    /// After this long without a result the status is unknown.
    #[must_use]
    pub fn stale_after(&self) -> Duration {
        self.every * 3 + self.timeout
    }
}

impl Default for Policy {
    /// The figures of the reference configuration.
    fn default() -> Self {
        Self {
            every: Duration::from_secs(15),
            timeout: Duration::from_secs(5),
            down_after: 2,
            up_after: 2,
            recheck: Duration::from_secs(2),
        }
    }
}

/// Which of a name's addresses are probed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressPolicy {
    /// The resolver's first; the others are not tried.
    #[default]
    First,
    /// Up when any of them is.
    Any,
    /// Up when each of them is.
    All,
}

/// Who asked for a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A configuration file, at this line (from 1).
    File {
        /// The file as it was named.
        path: String,
        /// The line of the target's first key.
        line: usize,
    },
    /// The command line.
    Argument,
    /// An operator, over the API.
    Api,
    /// Found on this host; counts only after it answered once.
    Discovered,
}
