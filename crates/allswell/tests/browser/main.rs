//! The pages as people see them: the real program with a real configuration, in a real browser.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "a test fails by panicking")]

mod access;
mod chart;
mod everybody;
mod live;
mod look;
mod many;
mod mesh;
mod post;
#[path = "../run/program.rs"]
#[expect(dead_code, reason = "shared with the tests of `run`, which use more of it")]
mod program;
mod taker;
mod ways;
mod without;
