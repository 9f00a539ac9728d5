//! What the kernel says of a TCP connection, row by row, and what the probe makes of it.
//! Every situation is built in namespaces of its own; no packet leaves the machine.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod ask;
mod limits;
mod neighbourhood;
mod rows;
