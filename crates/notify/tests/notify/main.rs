//! Alerts on their way over real sockets and processes, from an outbox that can crash.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

mod crash;
mod exec;
mod failing;
mod heartbeat;
mod memory;
mod order;
mod reload;
mod secrets;
mod watch;
mod webhook;
