//! An operator's mistake in the configuration, and all of those in all of its files.

use std::collections::BTreeSet;
use std::fmt;

use crate::paint::Paint;

use super::source::{Source, Sources};
use super::tree::Mark;
use super::watch::Watched;

/// Lines longer than this are shown around the mistake alone.
const SHOWN_WIDTH: usize = 140;

/// One mistake: where, what, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mistake {
    /// Where it stands.
    pub at: Mark,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

/// Mistakes while they are gathered: each once, in the order of the files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mistakes(BTreeSet<Mistake>);

impl Mistakes {
    pub(crate) fn add(&mut self, at: Mark, message: impl Into<String>) {
        self.0.insert(Mistake { at, message: message.into(), hint: None });
    }

    pub(crate) fn hinted(&mut self, at: Mark, message: impl Into<String>, hint: impl Into<String>) {
        let hint = Some(hint.into()).filter(|hint| !hint.is_empty());
        self.0.insert(Mistake { at, message: message.into(), hint });
    }

    pub(crate) fn append(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Adds those of another that stand where none stands yet.
    pub(crate) fn add_elsewhere(&mut self, others: Self) {
        let (known, mut new) = (&self.0, Vec::new());
        for other in others.0 {
            let least = Mistake { at: other.at, message: String::new(), hint: None };
            let taken = known.range(least..).next().is_some_and(|known| known.at == other.at);
            if !taken {
                new.push(other);
            }
        }
        self.0.extend(new);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same as those of the file of this number.
    pub(crate) fn of_file(self, file: usize) -> Self {
        Self(self.0.into_iter().map(|mistake| Mistake { at: Mark { file, ..mistake.at }, ..mistake }).collect())
    }

    /// Without their places, for what has none.
    pub(crate) fn into_sentences(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|mistake| match mistake.hint {
            Some(hint) => format!("{}: {hint}", mistake.message),
            None => mistake.message,
        })
    }

    pub(crate) fn into_report(self, sources: Sources, watched: Watched) -> Report {
        Report { sources, watched: Box::new(watched), mistakes: self.0.into_iter().collect() }
    }
}

/// All mistakes of a configuration, in the order of its files and their lines.
#[derive(Debug, Clone)]
pub struct Report {
    sources: Sources,
    mistakes: Vec<Mistake>,
    watched: Box<Watched>,
}

impl Report {
    /// The mistakes; never empty.
    #[must_use]
    pub fn mistakes(&self) -> &[Mistake] {
        &self.mistakes
    }

    /// What was looked at, so that somebody sees when it is mended.
    #[must_use]
    pub fn watched(&self) -> &Watched {
        &self.watched
    }

    /// What the file of a mistake is called.
    #[must_use]
    pub fn file(&self, mistake: &Mistake) -> &str {
        self.sources.name(mistake.at.file)
    }

    /// Where a mistake stands: the file's name, with line and column where it is about a line.
    #[must_use]
    pub fn place(&self, mistake: &Mistake) -> String {
        let Mark { file, line, column, .. } = mistake.at;
        let name = self.sources.name(file);
        if line == 0 { name.to_owned() } else { format!("{name}:{line}:{column}") }
    }

    /// How many mistakes there are, and where.
    #[must_use]
    pub fn summary(&self) -> String {
        let many = match self.mistakes.len() {
            1 => "1 mistake".to_owned(),
            n => format!("{n} mistakes"),
        };
        let files: BTreeSet<usize> = self.mistakes.iter().map(|mistake| mistake.at.file).collect();
        match files.first() {
            Some(file) if files.len() == 1 => format!("{many} in {}", visible(self.sources.name(*file))),
            _ => format!("{many} in {} files", files.len()),
        }
    }

    /// As people read it: each mistake with its line and a caret under the place.
    #[must_use]
    pub fn render(&self, paint: Paint) -> String {
        let mut text: String = self.mistakes.iter().map(|mistake| self.one(mistake, paint)).collect();
        text.push_str(&format!("{}\n", self.summary()));
        text
    }

    fn one(&self, mistake: &Mistake, paint: Paint) -> String {
        let mut text = format!("{}: {}\n", paint.bold(&visible(&self.place(mistake))), paint.bold(&visible(&mistake.message)));
        let hint = mistake.hint.as_deref().map(visible).unwrap_or_default();
        let line = self.sources.file(mistake.at.file).and_then(|source: &Source| source.shown(mistake.at.line));
        match line.filter(|line| !line.trim().is_empty()) {
            Some(source) => text.push_str(&shown(&source, mistake.at, &hint, paint)),
            None if hint.is_empty() => {}
            None => text.push_str(&format!("  {hint}\n")),
        }
        text.push('\n');
        text
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(Paint::Plain))
    }
}

impl std::error::Error for Report {}

/// The line with its number, and under it the caret with the hint.
fn shown(line: &str, at: Mark, hint: &str, paint: Paint) -> String {
    let number = at.line.to_string();
    let margin = " ".repeat(number.len());
    let skipped = if line.chars().count() > SHOWN_WIDTH { at.column.saturating_sub(SHOWN_WIDTH / 2) } else { 0 };
    let window: String = line.chars().skip(skipped).take(SHOWN_WIDTH).collect();
    let before = at.column.saturating_sub(1).saturating_sub(skipped);
    let room = window.chars().count().saturating_sub(before).max(1);
    let carets = "^".repeat(at.length.clamp(1, room));
    let edge = paint.faint("|");
    format!(
        "{margin} {edge}\n{} {edge} {window}\n{margin} {edge} {}{}{}{hint}\n",
        paint.faint(&number),
        " ".repeat(before),
        paint.bad(&carets),
        if hint.is_empty() { "" } else { " " },
    )
}

/// Text from a file, safe on a terminal: control characters stand as their codes.
pub(crate) fn visible(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if c.is_control() {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        shown
    })
}
