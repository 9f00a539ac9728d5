//! What one settling decided.

use allswell_model::{Alert, EventBody, Incident, TargetId};

/// What is to be stored, all in one transaction, before anybody is told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decided {
    /// The incidents that changed, each to be stored whole.
    pub incidents: Vec<Incident>,
    /// The alerts that somebody is to get, in the order in which they are to be sent.
    pub alerts: Vec<Alert>,
    /// Which incidents began, and which ended.
    pub events: Vec<EventBody>,
    /// The targets whose incident changed: their standing is to be stored with what [`crate::Incidents::of`] says.
    pub moved: Vec<TargetId>,
}

impl Decided {
    /// Whether there is nothing to store.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.incidents.is_empty() && self.alerts.is_empty() && self.events.is_empty() && self.moved.is_empty()
    }
}
