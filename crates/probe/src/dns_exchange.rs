//! One DNS question and its answer, over a datagram or a stream. The codec is hickory's; whom to trust is decided here.
//! Nothing here knows a deadline or a stage: callers have them, and dropping an exchange closes its socket.

mod answer;
mod datagram;
mod question;
mod reply;
mod stream;
mod trouble;

pub(crate) use answer::{Chain, negative_ttl, rcode};
pub(crate) use datagram::Asking;
pub(crate) use question::{Extension, Question, Stranger};
pub(crate) use reply::Reply;
pub(crate) use stream::Stream;
pub(crate) use trouble::Trouble;
