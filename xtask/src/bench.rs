//! `cargo xtask bench`: runs the benches that print the budgets of docs/benchmarks.md as ratios.

use std::process::{Command, ExitCode};

use crate::say;

/// Runs every bench, or those named.
pub(crate) fn run(which: &[&str]) -> ExitCode {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let status = Command::new(cargo).args(["bench", "--package", "allswell", "--bench", "budgets", "--"]).args(which).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("cargo bench did not run: {error}"));
            ExitCode::FAILURE
        }
    }
}
