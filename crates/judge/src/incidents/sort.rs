//! What troubles must have in common to be one incident.

use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Alerting, ChannelName, Incident, Status};

use crate::incidents::watched::Why;

/// Which sort of trouble: who is to be told of it, and what it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Sort {
    pub(crate) channels: Arc<[ChannelName]>,
    pub(crate) remind: Option<Duration>,
    pub(crate) status: Status,
    pub(crate) stage: Option<String>,
    pub(crate) cause: Option<String>,
    pub(crate) said_by: Option<String>,
}

impl Sort {
    pub(crate) fn new(asks: &Alerting, status: Status, why: &Why) -> Self {
        Self {
            channels: Arc::clone(&asks.channels),
            remind: asks.remind,
            status,
            stage: why.stage.clone(),
            cause: why.cause.clone(),
            said_by: why.said_by.clone(),
        }
    }

    pub(crate) fn of(incident: &Incident) -> Self {
        Self {
            channels: Arc::clone(&incident.channels),
            remind: incident.remind,
            status: incident.status,
            stage: incident.stage.clone(),
            cause: incident.cause.clone(),
            said_by: incident.said_by.clone(),
        }
    }

    /// The same trouble, told to others.
    pub(crate) fn told_as(self, asks: &Alerting) -> Self {
        Self { channels: Arc::clone(&asks.channels), remind: asks.remind, ..self }
    }
}
