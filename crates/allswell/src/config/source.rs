//! The text of a configuration file, by lines.

use super::tree::Mark;

/// A file as it was read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Source {
    /// As the operator named it.
    pub(crate) name: String,
    lines: Vec<String>,
    /// Secrets that were typed into the file.
    hidden: Vec<Mark>,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: name.to_owned(), lines: text.lines().map(str::to_owned).collect(), hidden: Vec::new() }
    }

    /// From now on this place is shown as stars.
    pub(crate) fn hide(&mut self, at: Mark) {
        self.hidden.push(at);
    }

    /// A line as it may be shown: control characters as blanks, secrets as stars.
    pub(crate) fn shown(&self, number: usize) -> Option<String> {
        let line = self.line(number)?;
        let hidden: Vec<Mark> = self.hidden.iter().filter(|at| at.line == number).copied().collect();
        let secret = |column: usize| hidden.iter().any(|at| (at.column..at.column.saturating_add(at.length)).contains(&column));
        let shown = |(index, c): (usize, char)| match c {
            _ if secret(index + 1) => '*',
            c if c.is_control() => ' ',
            c => c,
        };
        Some(line.chars().enumerate().map(shown).collect())
    }

    /// A line, counted from 1.
    pub(crate) fn line(&self, number: usize) -> Option<&str> {
        self.lines.get(number.checked_sub(1)?).map(String::as_str)
    }

    /// The rest of the line from a place on.
    pub(crate) fn from(&self, at: Mark) -> &str {
        let line = self.line(at.line).unwrap_or_default();
        let start = line.char_indices().nth(at.column.saturating_sub(1)).map_or(line.len(), |(byte, _)| byte);
        line.get(start..).unwrap_or_default()
    }

    /// The text that a place covers.
    pub(crate) fn at(&self, at: Mark) -> &str {
        let rest = self.from(at);
        let end = rest.char_indices().nth(at.length).map_or(rest.len(), |(byte, _)| byte);
        rest.get(..end).unwrap_or_default()
    }

    /// What follows it on its line.
    pub(crate) fn after(&self, at: Mark) -> &str {
        self.from(at).get(self.at(at).len()..).unwrap_or_default()
    }
}
