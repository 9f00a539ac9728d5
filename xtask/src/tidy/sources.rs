//! What may stand in which source file.

use std::fs;
use std::path::{Path, PathBuf};

/// A rule: in these places these words must not stand, because.
struct Rule {
    within: &'static [&'static str],
    words: &'static [&'static str],
    because: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        within: &[
            "crates/model/src",
            "crates/judge/src",
            "crates/link/src",
            "crates/engine/src/schedule.rs",
            "crates/liveness/src/heartbeat",
        ],
        words: &["Instant::now", "SystemTime", "std::fs", "std::net::Tcp", "std::net::Udp", "std::thread", "std::process", "std::env"],
        because: "time is an argument here, and nothing is read (invariant 1)",
    },
    Rule {
        within: &["crates", "xtask"],
        words: &["#[allow(", "#![allow("],
        because: "a lint is silenced by #[expect(lint, reason = \"...\")]",
    },
    Rule {
        within: &["crates"],
        words: &["thread::sleep(", "tokio::time::sleep(Duration"],
        because: "wait for a condition with a deadline",
    },
];

/// Names that say nothing.
const EMPTY_NAMES: &[&str] = &["mod.rs", "utils.rs", "util.rs", "common.rs", "helpers.rs", "misc.rs"];

pub(super) fn breaches(root: &Path) -> Vec<String> {
    let mut files = Vec::new();
    collect(&root.join("crates"), &mut files);
    collect(&root.join("xtask"), &mut files);
    files.sort();
    files.iter().flat_map(|file| of_file(root, file)).collect()
}

pub(super) fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

fn of_file(root: &Path, file: &Path) -> Vec<String> {
    let shown = file.strip_prefix(root).unwrap_or(file).display().to_string();
    let Ok(text) = fs::read_to_string(file) else { return vec![format!("{shown}: not readable as UTF-8")] };
    let is_test = shown.contains("/tests/") || shown.ends_with("tests.rs");
    let mut breaches = Vec::new();
    if !text.starts_with("//!") && !is_test {
        breaches.push(format!("{shown}: must open with `//!`: what lives here"));
    }
    if EMPTY_NAMES.iter().any(|name| file.ends_with(name)) {
        breaches.push(format!("{shown}: the name says nothing of what lives here"));
    }
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        if has_unsafe(code) && !shown.starts_with("crates/os/") && !shown.starts_with("xtask/src/tidy") {
            breaches.push(format!("{shown}:{}: `unsafe` stands only in crates/os (invariant 6)", index + 1));
        }
        if shown.starts_with("xtask/src/tidy") || is_test {
            continue;
        }
        for rule in RULES.iter().filter(|rule| rule.within.iter().any(|within| shown.starts_with(within))) {
            for word in rule.words.iter().filter(|word| code.contains(**word)) {
                breaches.push(format!("{shown}:{}: `{word}`: {}", index + 1, rule.because));
            }
        }
    }
    breaches
}

fn has_unsafe(code: &str) -> bool {
    ["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"].iter().any(|form| code.contains(form))
}
