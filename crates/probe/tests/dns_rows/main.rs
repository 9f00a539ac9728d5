//! What the kernel says of a DNS query's datagram, and what the probe and the resolver make of it.
//! Every situation is built in namespaces of its own; no packet leaves the machine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ask;
mod resolver;
mod server;
