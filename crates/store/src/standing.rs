//! How a target stands: what the judge hands in, and gets back after a restart.

use std::collections::BTreeSet;
use std::sync::Arc;

use allswell_model::{IncidentId, Mark, ProbeResult, Status, TargetId, Timestamp};

/// A target's status, as the judge says it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub target: TargetId,
    /// What.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// The marks upon it.
    pub marks: BTreeSet<Mark>,
    /// The incident that it is in.
    pub incident: Option<IncidentId>,
}

/// What the file knows of a target from before.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovered {
    /// As it was judged last.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// The marks upon it.
    pub marks: BTreeSet<Mark>,
    /// The incident that it was in.
    pub incident: Option<IncidentId>,
    /// Its newest results, the newest first; at most [`crate::RECENT`].
    pub tail: Vec<Arc<ProbeResult>>,
}

/// A status from the word that [`Status::word`] gave.
pub(crate) fn status(word: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.word() == word)
}
