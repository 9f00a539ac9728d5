//! Waiting for the end of a stream: it is told on any executor, whenever it comes, and nothing is left behind.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::print_stdout, reason = "a test fails by panicking")]

mod alone;
mod executor;
mod foreign;
mod itself;
mod kept;
mod pair;
mod parts;
mod told;
mod urgent;
