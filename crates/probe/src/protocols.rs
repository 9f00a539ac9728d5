//! One file a protocol.

pub(crate) mod tcp;
