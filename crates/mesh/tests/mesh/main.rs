//! Nodes on real sockets: two on the loopback, more in namespaces.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod hosts;
mod impaired;
mod loopback;
mod node;
mod own;
mod reload;
mod telling;
