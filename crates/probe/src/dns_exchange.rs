//! One DNS question and its answer, over a datagram or a stream. The codec is hickory's; whom to trust is decided here.
//! Nothing here knows a deadline or a stage: callers have them, and dropping an exchange closes its socket.

mod answer;
mod datagram;
mod question;
mod stream;
mod trouble;

pub(crate) use answer::{Chain, negative_ttl, rcode};
pub(crate) use datagram::Asking;
pub(crate) use question::{Extension, Question};
pub(crate) use stream::Stream;
pub(crate) use trouble::Trouble;

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
