//! Links between nodes in memory: virtual time, seeded networks, restarts at any moment, attackers.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod article;
mod network;
mod sessions;
mod storms;
mod watch;
mod world;
