//! What is under way, and what the network does to it.

use std::net::SocketAddr;
use std::time::Duration;

use allswell_link::ids::Node;

/// A packet under way, or a kernel's answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Under {
    Packet { from: SocketAddr, bytes: Vec<u8> },
    Answer(Node),
}

/// What the network does to packets.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Network {
    pub(crate) delay: Duration,
    pub(crate) jitter: Duration,
    pub(crate) loss_percent: u64,
    pub(crate) twice_percent: u64,
}

impl Network {
    pub(crate) const CALM: Self = Self { delay: Duration::from_micros(100), jitter: Duration::ZERO, loss_percent: 0, twice_percent: 0 };
}
