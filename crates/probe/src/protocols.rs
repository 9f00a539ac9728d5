//! One file a protocol.

pub(crate) mod dns;
pub(crate) mod http;
pub(crate) mod icmp;
pub(crate) mod tcp;
pub(crate) mod tls;
