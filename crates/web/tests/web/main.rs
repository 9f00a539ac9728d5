//! The pages and the API over real sockets, with a real store behind them.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod access;
mod api;
mod guard;
mod hostile;
mod house;
mod links;
mod logged;
#[path = "../../src/sample/mesh.rs"]
mod mesh;
mod metrics;
#[path = "../../src/sample/own.rs"]
mod own;
mod pages;
mod schema;
mod serving;
mod stream;
mod tls;
mod troubles;
