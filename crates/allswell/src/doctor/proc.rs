//! Figures of `/proc` and `/sys`, absent where this kernel or this sandbox does not show them.

use std::fs;
use std::path::{Path, PathBuf};

/// The text of a file, without the white space around it.
pub(crate) fn text(path: impl AsRef<Path>) -> Option<String> {
    fs::read_to_string(path).ok().map(|text| text.trim().to_owned())
}

/// A file that holds one number.
pub(crate) fn number(path: impl AsRef<Path>) -> Option<u64> {
    text(path)?.parse().ok()
}

/// A file that holds two numbers.
pub(crate) fn pair(path: impl AsRef<Path>) -> Option<(u64, u64)> {
    let text = text(path)?;
    let mut words = text.split_ascii_whitespace();
    Some((words.next()?.parse().ok()?, words.next()?.parse().ok()?))
}

/// The number behind a label, in a text of lines `label number ...` or `label: number ...`.
pub(crate) fn labelled(text: &str, label: &str) -> Option<u64> {
    text.lines().find_map(|line| {
        let (name, rest) = line.split_once([' ', ':', '\t'])?;
        (name == label).then(|| rest.trim_start().split_ascii_whitespace().next()?.parse().ok()).flatten()
    })
}

/// A sibling of a file, whose name goes on like this.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    path.with_file_name(name)
}
