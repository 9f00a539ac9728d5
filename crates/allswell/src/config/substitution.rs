//! `${NAME}` from the environment and `${file:PATH}` from a file. What is filled in is never shown.

use std::path::{Path, PathBuf};

use super::mistake::Mistakes;
use super::tree::{Filled, Mark, Node, Shape, Text};
use super::watch::Watched;

/// A secret is a line or a key, not a disk.
const FILE_LIMIT: usize = 64 * 1024;

/// What a configuration may look at besides itself.
pub struct Surroundings<'a> {
    /// The value of a variable of the environment, where it is set.
    pub variable: &'a dyn Fn(&str) -> Option<String>,
    /// Where relative paths begin: the folder of the file.
    pub folder: PathBuf,
}

/// What it takes to fill in the texts of one file.
pub(crate) struct Filling<'a> {
    pub(crate) variable: &'a dyn Fn(&str) -> Option<String>,
    /// Where relative paths begin: the folder of this file.
    pub(crate) folder: &'a Path,
    pub(crate) watched: &'a mut Watched,
}

impl Filling<'_> {
    /// Fills in every text but expectations, which are shown wherever a result is.
    pub(crate) fn fill(&mut self, node: &mut Node, mistakes: &mut Mistakes) {
        match &mut node.shape {
            Shape::Text(text) => self.fill_text(node.at, text, mistakes),
            Shape::List(items) => items.iter_mut().for_each(|item| self.fill(item, mistakes)),
            Shape::Map(entries) => {
                for entry in entries {
                    if matches!(entry.key.as_str(), "expect" | "warn") && !matches!(entry.value.shape, Shape::Map(_)) {
                        entry.value.each_text_mut(&mut |at, text| refuse(at, text, mistakes));
                    } else {
                        self.fill(&mut entry.value, mistakes);
                    }
                }
            }
        }
    }

    fn fill_text(&mut self, at: Mark, text: &mut Text, mistakes: &mut Mistakes) {
        if next(&text.text).is_none() {
            return;
        }
        let written = std::mem::take(&mut text.text);
        let mut rest = written.as_str();
        while let Some((before, inside, after)) = next(rest) {
            text.text.push_str(before);
            match self.value(inside) {
                Ok(value) => {
                    text.text.push_str(&value);
                    text.filled.push(Filled { value, placeholder: format!("${{{inside}}}") });
                }
                Err((message, hint)) => mistakes.hinted(at, message, hint),
            }
            rest = after;
        }
        text.text.push_str(rest);
        text.written = Some(written);
    }

    fn value(&mut self, inside: &str) -> Result<String, (String, String)> {
        match inside.strip_prefix("file:") {
            Some(path) => {
                let path = self.folder.join(path);
                self.watched.file(&path);
                file(&path).map_err(|why| (format!("`${{{inside}}}` cannot be filled in: {why}"), String::new()))
            }
            None => (self.variable)(inside)
                .ok_or_else(|| (format!("the environment has no `{inside}`"), format!("set it: {inside}=... allswell run"))),
        }
    }
}

/// Whether something would be filled in.
pub(crate) fn is_filled_in(text: &str) -> bool {
    next(text).is_some()
}

fn refuse(at: Mark, text: &Text, mistakes: &mut Mistakes) {
    if let Some((_, inside, _)) = next(&text.text) {
        let message = format!("`${{{inside}}}` is not filled in here: what it stands for is never shown, and expectations are");
        mistakes.hinted(at, message, "write the value itself");
    }
}

/// The text before the next `${...}`, what stands within, and the text after it.
fn next(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("${")?;
    match rest.split_once('}') {
        Some((inside, after)) if is_variable(inside) || inside.starts_with("file:") => Some((before, inside, after)),
        // Something else in braces, such as a regular expression's: it stays, and the search goes on behind it.
        _ => {
            let (skipped, inside, after) = next(rest)?;
            let before = text.get(..before.len() + 2 + skipped.len())?;
            Some((before, inside, after))
        }
    }
}

fn is_variable(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The text of a file without its last line break.
fn file(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let mut text = String::new();
    let limit = u64::try_from(FILE_LIMIT).unwrap_or(u64::MAX) + 1;
    // A pipe would keep us waiting, perhaps for ever.
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Err(format!("{} is not a regular file", path.display()));
    }
    std::fs::File::open(path)
        .and_then(|file| file.take(limit).read_to_string(&mut text))
        .map_err(|error| format!("{} cannot be read ({error})", path.display()))?;
    if text.len() > FILE_LIMIT {
        return Err(format!("{} holds more than {FILE_LIMIT} bytes", path.display()));
    }
    let line_end = if text.ends_with("\r\n") { 2 } else { usize::from(text.ends_with('\n')) };
    text.truncate(text.len() - line_end);
    Ok(text)
}

#[cfg(test)]
mod tests;
