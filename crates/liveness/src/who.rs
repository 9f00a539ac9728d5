//! Who said that a connection cannot be.

use std::fmt;
use std::net::IpAddr;

use allswell_os::error_queue::{QueuedError, Said};

/// Who said so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Who {
    /// The peer's kernel, by a RST.
    Peer,
    /// A host on the way, or the peer's own, by an ICMP message.
    Icmp {
        /// The host that sent it.
        from: IpAddr,
        /// The message's type (ICMPv6 when `from` is IPv6).
        kind: u8,
        /// The message's code.
        code: u8,
    },
    /// Our own kernel: no route, a neighbour that does not answer, a rule of our own, or we reached ourselves.
    OurHost,
    /// The kernel did not keep who it was. For IPv6 it must be asked to (`IPV6_RECVERR`); of an established connection it never does,
    /// whatever is asked.
    Unknown,
}

impl Who {
    /// From the entry of the error queue, if there was one. An offender with our own address is our own kernel.
    pub(crate) fn of(entry: Option<&QueuedError>, local: Option<IpAddr>) -> Self {
        match entry {
            Some(QueuedError { said: Said::Icmp | Said::Icmp6, offender: Some(from), kind, code, .. }) if Some(*from) != local => {
                Self::Icmp { from: *from, kind: *kind, code: *code }
            }
            Some(QueuedError { said: Said::Icmp | Said::Icmp6 | Said::Local, .. }) => Self::OurHost,
            _ => Self::Unknown,
        }
    }

    /// Whether it is a rule that somebody made, which stands until somebody changes it.
    pub(crate) fn prohibits(self) -> bool {
        match self {
            Self::Icmp { from: IpAddr::V4(_), kind: 3, code } => matches!(code, 9 | 10 | 13),
            Self::Icmp { from: IpAddr::V6(_), kind: 1, code } => matches!(code, 1 | 5 | 6),
            _ => false,
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Peer => f.write_str("the peer (RST)"),
            Self::Icmp { from, kind, code } => write!(f, "{from} (ICMP{} {kind}/{code})", if from.is_ipv6() { "v6" } else { "" }),
            Self::OurHost => f.write_str("our own host"),
            Self::Unknown => f.write_str("somebody unknown"),
        }
    }
}

/// An error that does not end a connection: the kernel notes it and goes on (RFC 1122, 4.2.3.9; RFC 5461).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Soft {
    /// The system's error number.
    pub errno: i32,
    /// Who said so.
    pub who: Who,
}

#[cfg(test)]
mod tests;
