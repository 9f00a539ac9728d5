//! The last sign of life of the other end.

use std::fmt;
use std::time::Duration;

use allswell_os::tcp_info::TcpInfo;

use crate::spell;

/// A sign of life, and how old it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Proof {
    /// How long ago it came.
    pub age: Duration,
    /// What it was.
    pub by: By,
}

/// What proved that the other end lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum By {
    /// An acknowledgement, also of a keepalive: the peer's kernel lives. A process that is stopped acknowledges all the same.
    Acknowledgement,
    /// Data: the peer's kernel lives, and its application did when it wrote them.
    Data,
    /// The answer to a heartbeat: its application lives.
    Pong,
}

impl Proof {
    /// The younger of acknowledgement and data; an acknowledgement that came with data is data.
    pub(crate) fn of(tcp: &TcpInfo) -> Self {
        if tcp.last_data_received <= tcp.last_ack_received && tcp.bytes_received != Some(0) {
            Self { age: tcp.last_data_received, by: By::Data }
        } else {
            Self { age: tcp.last_ack_received, by: By::Acknowledgement }
        }
    }
}

impl fmt::Display for Proof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let age = spell::duration(self.age);
        match self.by {
            By::Acknowledgement => write!(f, "acknowledged {age} ago"),
            By::Data => write!(f, "sent data {age} ago"),
            By::Pong => write!(f, "answered a heartbeat {age} ago"),
        }
    }
}
