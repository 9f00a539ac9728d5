//! The alerts that wait to be sent: what a store keeps, and what a sender asks of it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::alert::Alert;
use crate::ids::AlertKey;
use crate::time::Timestamp;

/// An alert that was not delivered yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// What is to be sent.
    pub alert: Arc<Alert>,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before.
    pub due: Timestamp,
}

/// What became of one attempt to send an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempted {
    /// Which alert.
    pub key: AlertKey,
    /// When the attempt ended.
    #[serde(rename = "at_us")]
    pub at: Timestamp,
    /// What came of it.
    pub ended: Sent,
    /// One sentence: what the other side said, or why it failed. It holds no secret.
    pub detail: String,
}

/// What came of an attempt to send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sent {
    /// The other side took it.
    Delivered,
    /// It did not; it is tried again at this time.
    Again(Timestamp),
    /// It did not, and it is not tried again.
    GivenUp,
}

/// Where alerts wait until they are delivered. The store's side is durable; no call waits for a disk.
pub trait Outbox: Send + Sync {
    /// All that wait, in the order in which they were decided.
    fn waiting(&self) -> Vec<Pending>;

    /// Notes what became of an attempt; from then on [`Outbox::waiting`] tells so, though it may be stored a moment later.
    ///
    /// # Errors
    /// The note comes back when it finds no place: the alert then waits as before, and will be sent again.
    fn note(&self, attempted: Attempted) -> Result<(), Attempted>;

    /// Calls `wake` whenever something may have come to wait, until what is returned is dropped. It must not block.
    fn follow(&self, wake: Box<dyn Fn() + Send + Sync>) -> Box<dyn Send + Sync>;
}
