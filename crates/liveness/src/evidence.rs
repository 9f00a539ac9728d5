//! What a verdict rests on.

use std::net::SocketAddr;

use allswell_os::error_queue::QueuedError;
use allswell_os::events::Events;
use allswell_os::tcp_info::TcpInfo;

/// What was seen when a verdict was given.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Evidence {
    /// The other end, when it was known before the connection ended; afterwards the kernel does not tell.
    pub peer: Option<SocketAddr>,
    /// What poll(2) said, before any error was taken.
    pub events: Events,
    /// `TCP_INFO`. Absent where an event alone had told enough.
    pub tcp: Option<TcpInfo>,
    /// The error that was taken from the socket: by this look, by an earlier one, or by a read or write that failed.
    pub error: Option<i32>,
    /// Who said so, from the error queue.
    pub said: Option<QueuedError>,
    /// Bytes that came and were not read yet. They stay readable, also after the end.
    pub unread: u64,
    /// Whether the handshake was ever completed.
    pub established: bool,
}
