//! Whether a node's row tells of the past.

use std::time::Duration;

use allswell_model::Timestamp;
use allswell_model::link::MeshNode;

/// A row this old does: a node tells its row each few seconds.
const STALE: Duration = Duration::from_secs(30);

/// Whether the row was made long ago. Of a node that was never heard there is none.
pub(super) fn is_stale(node: &MeshNode, now: Timestamp) -> bool {
    node.heard.is_some_and(|heard| now.since(heard) > STALE)
}
