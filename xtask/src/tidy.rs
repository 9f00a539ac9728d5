//! The guards that the compiler does not give: layering, what a library may pull in, where `unsafe` and clocks may
//! stand, how files are laid out, and that each numbered requirement has a test.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::say;

mod layers;
mod lean;
mod requirements;
mod sources;

/// Prints every breach; fails when there is one.
pub(crate) fn run() -> ExitCode {
    let root = root();
    let mut breaches = layers::breaches(&root);
    breaches.extend(lean::breaches(&root));
    breaches.extend(sources::breaches(&root));
    breaches.extend(requirements::breaches(&root));
    breaches.iter().for_each(|breach| say(breach));
    if breaches.is_empty() {
        say("tidy: the house stands as ARCHITECTURE.md says");
        return ExitCode::SUCCESS;
    }
    say(&format!("tidy: {} breaches", breaches.len()));
    ExitCode::FAILURE
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}
