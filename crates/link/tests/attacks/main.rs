//! Attacks on links: packets held, repeated, swapped, changed and forged. Each is dropped for its reason, answered by nothing beyond what is
//! allowed, and leaves what stands as it was.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod amplification;
mod arena;
mod damaged;
mod floods;
mod forge;
mod handshakes;
mod held;
mod insiders;
mod replays;
