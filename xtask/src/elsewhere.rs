//! `cargo xtask elsewhere`: the library that other people's services take is compiled for systems that are not Linux.

use std::process::{Command, ExitCode};

use crate::say;

/// macOS, FreeBSD, Windows. To check needs Rust's library for each, and no linker.
const SYSTEMS: &[&str] = &["x86_64-apple-darwin", "x86_64-unknown-freebsd", "x86_64-pc-windows-gnu"];

/// Fails when it does not compile without a warning; where Rust's library for a system cannot be had, says so.
pub(crate) fn run() -> ExitCode {
    let mut failed = false;
    for system in SYSTEMS {
        if !succeeds(Command::new("rustup").args(["--quiet", "target", "add", system])) {
            say(&format!("elsewhere: {system}: NOT CHECKED, because `rustup target add {system}` failed"));
            continue;
        }
        let good = succeeds(
            Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
                .args(["check", "--quiet", "--locked", "--package", "allswell-liveness", "--target", system])
                .env("RUSTFLAGS", "-D warnings"),
        );
        say(&format!("elsewhere: {system}: {}", if good { "compiles" } else { "does NOT compile" }));
        failed |= !good;
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn succeeds(command: &mut Command) -> bool {
    command.status().is_ok_and(|status| status.success())
}
