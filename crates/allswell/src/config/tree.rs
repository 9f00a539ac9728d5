//! A configuration as a tree in which every node knows where in the file it stands.

use allswell_probe::Raw;

/// A place in one of the files: line and column from 1, in characters, and how many characters of that line it covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Mark {
    /// Which file, in the order in which they are read; 0 is the first.
    pub file: usize,
    /// From 1; 0 where it is about the whole file.
    pub line: usize,
    /// From 1.
    pub column: usize,
    /// At least 1.
    pub length: usize,
}

/// A value and where it stands.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    pub(crate) at: Mark,
    pub(crate) shape: Shape,
}

/// What a value is.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Shape {
    Text(Text),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A single value. YAML's own types are not used: what a key takes decides how its text is read.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Neither quoted nor a block: YAML may have taken a part of it for something else.
    pub(crate) plain: bool,
    /// It began with `&name`, which YAML took away.
    pub(crate) anchored: bool,
    /// The text as it was typed, where something was filled in.
    pub(crate) written: Option<String>,
    /// What was filled in from the environment or a file.
    pub(crate) filled: Vec<Filled>,
}

/// A value from outside the file, and what stands for it wherever it would be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Filled {
    pub(crate) value: String,
    pub(crate) placeholder: String,
}

/// A key with its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub(crate) key: String,
    pub(crate) at: Mark,
    pub(crate) value: Node,
}

impl Node {
    /// Whether it was left out, or is YAML's null.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(&self.shape, Shape::Text(text) if text.plain && matches!(text.text.as_str(), "" | "~" | "null"))
    }

    /// As it stands after "not".
    pub(crate) fn described(&self) -> &'static str {
        match &self.shape {
            Shape::Text(_) => "a single value",
            Shape::List(_) => "a list",
            Shape::Map(_) => "a map",
        }
    }

    /// The value as the probe's settings are read from it.
    pub(crate) fn raw(&self) -> Raw {
        match &self.shape {
            Shape::Text(text) => Raw::Scalar(text.text.clone()),
            Shape::List(items) => Raw::List(items.iter().map(Self::raw).collect()),
            Shape::Map(entries) => Raw::Map(entries.iter().map(|entry| (entry.key.clone(), entry.value.raw())).collect()),
        }
    }

    /// The same as it was typed, before anything was filled in.
    pub(crate) fn written(&self) -> Raw {
        match &self.shape {
            Shape::Text(text) => Raw::Scalar(text.written.as_ref().unwrap_or(&text.text).clone()),
            Shape::List(items) => Raw::List(items.iter().map(Self::written).collect()),
            Shape::Map(entries) => Raw::Map(entries.iter().map(|entry| (entry.key.clone(), entry.value.written())).collect()),
        }
    }

    /// Says of which file it is; a reader of one file knows of no others.
    pub(crate) fn belongs_to(&mut self, file: usize) {
        self.at.file = file;
        match &mut self.shape {
            Shape::Text(_) => {}
            Shape::List(items) => items.iter_mut().for_each(|item| item.belongs_to(file)),
            Shape::Map(entries) => {
                for entry in entries {
                    entry.at.file = file;
                    entry.value.belongs_to(file);
                }
            }
        }
    }

    /// The last line on which something of it begins.
    pub(crate) fn last_line(&self) -> usize {
        let below = match &self.shape {
            Shape::Text(_) => None,
            Shape::List(items) => items.iter().map(Self::last_line).max(),
            Shape::Map(entries) => entries.iter().map(|entry| entry.value.last_line()).max(),
        };
        below.unwrap_or_default().max(self.at.line)
    }

    /// The value of a key, where it is a map that has it.
    pub(crate) fn key(&self, name: &str) -> Option<&Entry> {
        match &self.shape {
            Shape::Map(entries) => entries.iter().find(|entry| entry.key == name),
            _ => None,
        }
    }

    /// The items of a list; anything else is a list of itself.
    pub(crate) fn items(&self) -> &[Self] {
        match &self.shape {
            Shape::List(items) => items,
            _ => std::slice::from_ref(self),
        }
    }

    /// How many nodes it is made of, itself included.
    pub(crate) fn count(&self) -> usize {
        1 + match &self.shape {
            Shape::Text(_) => 0,
            Shape::List(items) => items.iter().map(Self::count).sum(),
            Shape::Map(entries) => entries.iter().map(|entry| entry.value.count()).sum(),
        }
    }

    /// Calls a function on every text in it.
    pub(crate) fn each_text<'a>(&'a self, visit: &mut dyn FnMut(&'a Text)) {
        match &self.shape {
            Shape::Text(text) => visit(text),
            Shape::List(items) => items.iter().for_each(|item| item.each_text(visit)),
            Shape::Map(entries) => entries.iter().for_each(|entry| entry.value.each_text(visit)),
        }
    }

    /// Calls a function on every text in it, with the place where it stands.
    pub(crate) fn each_text_mut(&mut self, visit: &mut dyn FnMut(Mark, &mut Text)) {
        match &mut self.shape {
            Shape::Text(text) => visit(self.at, text),
            Shape::List(items) => items.iter_mut().for_each(|item| item.each_text_mut(visit)),
            Shape::Map(entries) => entries.iter_mut().for_each(|entry| entry.value.each_text_mut(visit)),
        }
    }

    /// A sentence about this node with every filled-in value replaced by what stands for it.
    pub(crate) fn discreet(&self, sentence: &str) -> String {
        let mut filled: Vec<&Filled> = Vec::new();
        self.each_text(&mut |text| filled.extend(&text.filled));
        filled.iter().fold(sentence.to_owned(), |sentence, filled| replaced(&sentence, filled))
    }
}

/// Letters count as equal whatever their case: hosts are lower-cased before they are shown.
fn replaced(sentence: &str, filled: &Filled) -> String {
    let value = filled.value.trim().to_ascii_lowercase();
    if value.is_empty() {
        return sentence.to_owned();
    }
    // Lower-casing ASCII alone keeps every byte offset.
    let lowered = sentence.to_ascii_lowercase();
    let mut result = String::new();
    let mut from = 0;
    for (at, found) in lowered.match_indices(&value) {
        result.push_str(sentence.get(from..at).unwrap_or_default());
        result.push_str(&filled.placeholder);
        from = at + found.len();
    }
    result.push_str(sentence.get(from..).unwrap_or_default());
    result
}
