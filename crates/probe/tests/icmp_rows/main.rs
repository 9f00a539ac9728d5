//! What comes of an echo in every situation of the network and of our own permissions.
//! Every situation is built in namespaces of its own; no packet leaves the machine.

#![expect(clippy::panic, clippy::unwrap_used, reason = "a test fails by panicking")]

mod answers;
mod ask;
mod many;
mod ours;
mod permission;
mod way;
