//! `cargo xtask bench`: prints the budgets of docs/benchmarks.md as ratios. `cargo xtask soak`: watches long, and tells what grew.

use std::process::{Command, ExitCode};

use crate::say;

/// Runs every budget, or those named.
pub(crate) fn budgets(which: &[&str]) -> ExitCode {
    run("budgets", which)
}

/// Watches two thousand faulty targets for half an hour, or as many minutes as are named.
pub(crate) fn soak(minutes: &[&str]) -> ExitCode {
    run("soak", minutes)
}

/// What the library of that name costs, and how soon it knows.
pub(crate) fn liveness() -> ExitCode {
    run_of("allswell-liveness", "liveness", &[])
}

/// What links between nodes cost, and how soon a cut is told, beside FRR; or only those parts that are named: `detection`, `flood`, `stalls`,
/// `stamps`, `many`.
pub(crate) fn link(which: &[&str]) -> ExitCode {
    run_of("allswell-mesh", "link", which)
}

fn run(bench: &str, words: &[&str]) -> ExitCode {
    run_of("allswell", bench, words)
}

fn run_of(package: &str, bench: &str, words: &[&str]) -> ExitCode {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let status = Command::new(cargo).args(["bench", "--package", package, "--bench", bench, "--"]).args(words).status();
    match status {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("cargo bench did not run: {error}"));
            ExitCode::FAILURE
        }
    }
}
