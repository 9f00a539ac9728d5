//! Waiting for the end of a stream: it is told on any executor, whenever it comes, and nothing is left behind.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod alone;
mod executor;
mod kept;
mod pair;
mod told;
