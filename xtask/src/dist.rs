//! `cargo xtask dist`: the program as one static file, `target/dist/allswell`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::say;

mod elf;
mod toolchain;

use toolchain::Toolchain;

/// Builds it, proves that it is static, and says where it is.
pub(crate) fn run() -> ExitCode {
    match make() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            say(&format!("dist: {why}"));
            ExitCode::FAILURE
        }
    }
}

fn make() -> Result<(), String> {
    let toolchain = Toolchain::of_this_machine();
    say(&format!("dist: for {}{}", toolchain.target, toolchain.because()));
    build(&toolchain)?;
    let folder = target_folder()?;
    let built = folder.join(&toolchain.target).join("release/allswell");
    let bytes = fs::read(&built).map_err(|error| format!("{} cannot be read ({error})", built.display()))?;
    elf::linkage(&bytes).ok_or("what was built is no 64-bit ELF file")?.proven_static()?;
    let made = folder.join("dist/allswell");
    put(&built, &made).map_err(|error| format!("{} cannot be written ({error})", made.display()))?;
    #[expect(clippy::cast_precision_loss, reason = "a file of 2^53 bytes is not built here")]
    let megabytes = bytes.len() as f64 / 1e6;
    say(&format!("dist: {} ({megabytes:.1} MB, stripped, static: no interpreter, no shared library)", made.display()));
    Ok(())
}

/// The release profile, so that what the benches were built with is shared; the strip is the last step's alone.
fn build(toolchain: &Toolchain) -> Result<(), String> {
    let mut command = Command::new(cargo());
    command.args(["rustc", "--release", "--locked", "--package", "allswell", "--bin", "allswell", "--target", &toolchain.target]);
    command.args(["--", "-C", "strip=symbols"]);
    if let Some(flags) = toolchain.rust_flags() {
        command.env("RUSTFLAGS", flags);
    }
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("cargo rustc failed ({status})")),
        Err(error) => Err(format!("cargo did not run ({error})")),
    }
}

/// Where cargo puts what it builds, wherever its settings say that is.
fn target_folder() -> Result<PathBuf, String> {
    let output = Command::new(cargo()).args(["metadata", "--format-version=1", "--no-deps", "--offline"]).output();
    let output = output.map_err(|error| format!("cargo did not run ({error})"))?;
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).map_err(|error| format!("cargo metadata: {error}"))?;
    let folder = metadata.get("target_directory").and_then(serde_json::Value::as_str);
    folder.map(PathBuf::from).ok_or_else(|| "cargo metadata names no target folder".to_owned())
}

/// Whole or not at all: who starts the old one meanwhile gets the old one.
fn put(built: &Path, made: &Path) -> std::io::Result<()> {
    let unfinished = made.with_extension("new");
    if let Some(folder) = made.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::copy(built, &unfinished)?;
    fs::rename(&unfinished, made)
}

fn cargo() -> String {
    std::env::var("CARGO").unwrap_or_else(|_| "cargo".into())
}
