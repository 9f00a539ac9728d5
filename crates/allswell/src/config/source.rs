//! The texts of a configuration's files, by lines.

use super::tree::Mark;

/// All files of a configuration, in the order in which they are read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sources(Vec<Source>);

impl Sources {
    /// Takes the next file and gives its number.
    pub(crate) fn add(&mut self, source: Source) -> usize {
        self.0.push(source);
        self.0.len() - 1
    }

    /// How many files there are.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// The file of this number.
    pub(crate) fn file(&self, number: usize) -> Option<&Source> {
        self.0.get(number)
    }

    /// From now on this place is shown as stars.
    pub(crate) fn hide(&mut self, at: Mark) {
        if let Some(source) = self.0.get_mut(at.file) {
            source.hidden.push(at);
        }
    }

    /// What a file is called.
    pub(crate) fn name(&self, file: usize) -> &str {
        self.file(file).map(|source| source.name.as_str()).unwrap_or_default()
    }

    /// The rest of the line from a place on.
    pub(crate) fn from(&self, at: Mark) -> &str {
        self.file(at.file).map(|source| source.from(at)).unwrap_or_default()
    }

    /// The text that a place covers.
    pub(crate) fn at(&self, at: Mark) -> &str {
        self.file(at.file).map(|source| source.at(at)).unwrap_or_default()
    }

    /// What follows it on its line.
    pub(crate) fn after(&self, at: Mark) -> &str {
        self.file(at.file).map(|source| source.after(at)).unwrap_or_default()
    }

    /// A place as a sentence at another one calls it: the line, and the file where it is another.
    pub(crate) fn called(&self, at: Mark, seen_from: Mark) -> String {
        if at.file == seen_from.file { format!("line {}", at.line) } else { self.place(at) }
    }

    /// `file:line`, or the file alone.
    pub(crate) fn place(&self, at: Mark) -> String {
        let name = self.name(at.file);
        if at.line == 0 { name.to_owned() } else { format!("{name}:{}", at.line) }
    }
}

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
