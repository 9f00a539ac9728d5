//! The documentation, as a reader uses it: configurations are read, commands are typed, links are followed, words are looked up.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod blocks;
mod commands;
mod configurations;
mod links;
mod typed;
mod words;

use std::path::{Path, PathBuf};

/// The pages that people read, by their path in the repository. The reference is generated, and has tests of its own.
const PAGES: &[&str] = &[
    "README.md",
    "docs/README.md",
    "docs/first-minutes.md",
    "docs/configuration.md",
    "docs/alerts.md",
    "docs/running.md",
    "docs/links.md",
    "docs/reading-a-page-at-3am.md",
    "docs/limits.md",
    "docs/comparison.md",
];

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn no_page_is_forgotten() {
    let files = std::fs::read_dir(repository("docs")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    let elsewhere = ["benchmarks.md", "dependencies.md", "link-protocol.md"];
    for file in files.filter(|file| file.ends_with(".md") && !elsewhere.contains(&file.as_str())) {
        assert!(PAGES.contains(&format!("docs/{file}").as_str()), "docs/{file} is looked at by no test");
    }
}
