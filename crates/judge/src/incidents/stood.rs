//! What is known of a target when it comes to be watched.

use std::collections::BTreeSet;

use allswell_model::{IncidentId, Mark, Status, Timestamp, Transition};

/// How a target stands when it comes to be watched.
#[derive(Debug, Clone, Copy)]
pub struct Stood<'a> {
    /// Judged from its results.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// What else is true of it.
    pub marks: &'a BTreeSet<Mark>,
    /// The incident that it was in when the program ended, as the store kept it with the standing.
    pub incident: Option<IncidentId>,
    /// What decided its status, where that is known.
    pub decided: Option<&'a Transition>,
}
