//! The program `allswell`: configuration, wiring and command line. What it does stands in the crates below.

mod backup;
mod check;
mod cli;
pub mod config;
mod config_command;
mod discover;
mod doctor;
mod exit;
mod export;
mod hash;
mod link;
mod listen;
mod log;
mod out;
pub mod paint;
mod protocols;
mod reference;
mod run;

use std::process::ExitCode;

/// Reads the command line, does what it says, and answers with the exit code.
#[must_use]
pub fn main() -> ExitCode {
    cli::run(std::env::args_os()).into()
}
