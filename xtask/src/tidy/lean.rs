//! What a library for other people's services may pull in.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// A library, and how many crates it may consist of without its features, itself included.
const AT_MOST: &[(&str, usize)] = &[("allswell-liveness", 7)];

pub(super) fn breaches(root: &Path) -> Vec<String> {
    AT_MOST.iter().filter_map(|(library, at_most)| breach(root, library, *at_most)).collect()
}

fn breach(root: &Path, library: &str, at_most: usize) -> Option<String> {
    let output = Command::new(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()))
        .args(["tree", "--package", library, "--no-default-features", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root)
        .output();
    let text = match output {
        Ok(output) if output.status.success() => String::from_utf8_lossy(&output.stdout).into_owned(),
        Ok(output) => return Some(format!("lean: cargo tree of {library}: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => return Some(format!("lean: cargo tree did not run: {error}")),
    };
    let crates: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    (crates.len() > at_most).then(|| format!("lean: {library} consists of {} crates and may of {at_most}: {crates:?}", crates.len()))
}
