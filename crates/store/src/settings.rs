//! Where the store is, whose, and for how long it keeps what.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::NodeId;

/// What a store is opened with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The one file; a lock file and SQLite's own stand beside it.
    pub path: PathBuf,
    /// Who writes.
    pub node: NodeId,
    /// The node's label for where it stands; may be empty.
    pub location: Arc<str>,
    /// For how long what is kept.
    pub retention: Retention,
}

/// For how long what is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Single results; three hours at least, for roll-ups are made of them.
    pub raw: Duration,
    /// Roll-ups of one minute.
    pub minutes: Duration,
    /// Roll-ups of one hour; two days at least, for days are made of them. Alerts and incidents that ended go at this age too.
    pub hours: Duration,
    /// Roll-ups of one day, and events.
    pub days: Duration,
    /// Never more bytes than this in the file: the oldest goes first, single results before roll-ups.
    pub at_most: Option<u64>,
}

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(86_400);

impl Retention {
    /// With the least that must be kept.
    pub(crate) fn workable(self) -> Self {
        Self { raw: self.raw.max(3 * HOUR), hours: self.hours.max(2 * DAY), ..self }
    }
}

impl Default for Retention {
    /// The figures of the reference configuration.
    fn default() -> Self {
        Self { raw: 7 * DAY, minutes: 30 * DAY, hours: 400 * DAY, days: 1825 * DAY, at_most: Some(2_000_000_000) }
    }
}
