//! The pages as people see them: the real program with a real configuration, in a real browser.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod live;
mod look;
mod post;
#[path = "../run/program.rs"]
#[expect(dead_code, reason = "shared with the tests of `run`, which use more of it")]
mod program;
mod ways;
mod without;
