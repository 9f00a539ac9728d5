//! What an echo socket hears, taken apart and not yet believed.

use std::net::IpAddr;
use std::time::Duration;

use crate::error_queue::QueuedError;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard<'a> {
    /// An echo reply.
    Reply(Reply<'a>),
    /// An ICMP error that quotes an echo request.
    Complaint(Complaint<'a>),
}

/// An echo reply, whoever sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Who claims to have sent it.
    pub from: IpAddr,
    /// Its identifier.
    pub id: u16,
    /// Its sequence number.
    pub sequence: u16,
    /// The beginning of its payload.
    pub payload: &'a [u8],
    /// The hop limit (TTL) with which it arrived.
    pub hop_limit: Option<u8>,
    /// When the kernel received it, by the wall clock since 1970.
    pub received: Option<Duration>,
}

/// An ICMP error about an echo request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint<'a> {
    /// The type, the code, and who sent it. Errors read from packets have no error number (0).
    pub said: QueuedError,
    /// The largest packet that would have passed, where the error is about size.
    pub mtu: u32,
    /// Where the quoted request was going.
    pub to: IpAddr,
    /// The quoted identifier.
    pub id: u16,
    /// The quoted sequence number.
    pub sequence: u16,
    /// What is quoted of the payload; old routers quote none.
    pub payload: &'a [u8],
}
