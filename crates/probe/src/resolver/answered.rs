//! What a server said of a name.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What a server said about a name and a type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) what: What,
    pub(crate) server: SocketAddr,
    /// For so long it may be kept.
    pub(crate) holds: Duration,
}

/// An answer, be it a "no".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum What {
    /// At least one.
    Addresses(Vec<IpAddr>),
    /// The name does not exist.
    NoName,
    /// The name exists, without an address of this type.
    NoAddress,
}

impl What {
    /// None for a "no".
    pub(crate) fn addresses(&self) -> &[IpAddr] {
        match self {
            Self::Addresses(addresses) => addresses,
            Self::NoName | Self::NoAddress => &[],
        }
    }
}
