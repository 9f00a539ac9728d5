//! Each numbered requirement of a page is named by a test, and no test names one that does not exist.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use super::sources::collect;

/// A page, the word before its numbers, and where its tests stand.
struct Numbered {
    page: &'static str,
    word: &'static str,
    within: &'static [&'static str],
}

const NUMBERED: &[Numbered] = &[Numbered { page: "docs/link-protocol.md", word: "LINK", within: &["crates/link", "crates/mesh"] }];

pub(super) fn breaches(root: &Path) -> Vec<String> {
    let of_page = |numbered: &Numbered| {
        let page = fs::read_to_string(root.join(numbered.page)).unwrap_or_default();
        compare(numbered, &page, &test_files(root, numbered.within))
    };
    NUMBERED.iter().flat_map(of_page).collect()
}

/// Test files, by what they are called, and what stands in them.
fn test_files(root: &Path, within: &[&str]) -> BTreeMap<String, String> {
    let mut files: Vec<PathBuf> = Vec::new();
    within.iter().for_each(|folder| collect(&root.join(folder), &mut files));
    let shown = |file: &PathBuf| file.strip_prefix(root).unwrap_or(file).display().to_string();
    let is_test = |file: &String| file.contains("/tests/") || file.ends_with("tests.rs");
    files.iter().map(shown).filter(is_test).map(|file| (file.clone(), fs::read_to_string(root.join(&file)).unwrap_or_default())).collect()
}

fn compare(Numbered { page, word, .. }: &Numbered, text: &str, tests: &BTreeMap<String, String>) -> Vec<String> {
    let demanded = numbers(text, &format!("**{word}-"), "**");
    if demanded.is_empty() {
        return vec![format!("requirements: {page} has no {word}-1")];
    }
    let mut missing = demanded.clone();
    let mut breaches = Vec::new();
    for (file, text) in tests {
        let in_words = numbers(text, &format!("{word}-"), "");
        let in_names = numbers(text, &format!("fn {}_", word.to_lowercase()), "_");
        for number in in_words.union(&in_names) {
            missing.remove(number);
            if !demanded.contains(number) {
                breaches.push(format!("{file}: {word}-{number} does not stand in {page}"));
            }
        }
    }
    breaches.extend(missing.iter().map(|number| format!("requirements: no test names {word}-{number} of {page}")));
    breaches
}

/// The numbers between these two.
fn numbers(text: &str, before: &str, after: &str) -> BTreeSet<u32> {
    let number = |(at, found): (usize, &str)| {
        let rest = text.get(at + found.len()..)?;
        let (digits, rest) = rest.split_at_checked(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()))?;
        rest.starts_with(after).then(|| digits.parse().ok())?
    };
    text.match_indices(before).filter_map(number).collect()
}

#[cfg(test)]
mod tests;
