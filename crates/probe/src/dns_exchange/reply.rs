//! An answer that is ours.

use std::time::Duration;

use hickory_proto::op::Message;

/// An answer to the question that was asked, from the server that was asked.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Header and records.
    pub(crate) message: Message,
    /// From the query that it answers to its last byte.
    pub(crate) rtt: Duration,
}
