//! Our BFD against FRR's, each in a network of its own, and against packets that nobody should heed.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it was skipped"
)]

mod frr;
mod ours;
mod pair;
mod sessions;
mod strangers;
mod trouble;
