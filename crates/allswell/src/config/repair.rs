//! What YAML cannot read is quoted and read again, so that one odd line does not hide the mistakes of all others.

use super::mistake::Mistakes;
use super::source::Source;
use super::tree::{Mark, Node, Shape};
use super::yaml::{self, Ended, quoted};

/// After so many repairs the file is hardly YAML.
const REPAIR_LIMIT: usize = 50;

/// The tree of a file, as far as it could be read.
pub(crate) struct Tree {
    pub(crate) root: Option<Node>,
    /// Whether the end of the file was reached; where it was not, nothing is missed that may come later.
    pub(crate) whole: bool,
}

/// Reads a file; what YAML cannot read is noted, quoted and read again.
pub(crate) fn read(text: &str, source: &Source, mistakes: &mut Mistakes) -> Tree {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let tabs = note_tabs(&lines, mistakes);
    lines.truncate(tabs.unwrap_or(lines.len()));
    let mut repaired: Vec<usize> = Vec::new();
    loop {
        let text: String = lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect();
        let mut found = Mistakes::default();
        let read = yaml::read(&text, &Source::new(&source.name, &text), &mut found);
        let Some(ended) = read.ended else {
            mistakes.append(found);
            let root = if tabs.is_some() { read.root.map(without_last) } else { read.root };
            return Tree { root, whole: tabs.is_none() };
        };
        let repair =
            (ended.syntax && repaired.len() < REPAIR_LIMIT && !repaired.contains(&ended.at.line)).then(|| repair(&lines, &ended)).flatten();
        let Some(repair) = repair else {
            mistakes.append(found);
            note_end(&lines, ended, mistakes);
            return Tree { root: read.root, whole: false };
        };
        mistakes.hinted(repair.at, repair.message, format!("quote this: {}", repair.quoted));
        repaired.push(ended.at.line);
        if let Some(line) = lines.get_mut(ended.at.line - 1) {
            *line = repair.line;
        }
    }
}

/// Notes every line that a tab indents, and returns how many lines stand before the first.
fn note_tabs(lines: &[String], mistakes: &mut Mistakes) -> Option<usize> {
    let indented = |line: &String| line.starts_with('\t') && !line.trim().is_empty();
    for (index, _) in lines.iter().enumerate().filter(|(_, line)| indented(line)) {
        mistakes.hinted(place(index + 1, 1, 1), "a tab indents this line", "indent with spaces");
    }
    lines.iter().position(indented)
}

/// What stands last before the place where the file was cut may lack what came later: it is not judged.
fn without_last(mut root: Node) -> Node {
    if let Shape::Map(entries) = &mut root.shape
        && let Some(last) = entries.last_mut()
    {
        match &mut last.value.shape {
            Shape::List(items) => drop(items.pop()),
            _ => drop(entries.pop()),
        }
    }
    root
}

fn place(line: usize, column: usize, length: usize) -> Mark {
    Mark { line, column, length, ..Mark::default() }
}

struct Repair {
    at: Mark,
    message: String,
    quoted: String,
    line: String,
}

/// Quotes the value of the line where reading ended, if it looks like text that was meant as it stands.
fn repair(lines: &[String], ended: &Ended) -> Option<Repair> {
    let line = lines.get(ended.at.line.checked_sub(1)?)?;
    let start = value_start(line);
    let (head, value) = line.split_at_checked(start)?;
    let value = without_comment(value);
    let first = value.chars().next()?;
    let expectation = is_expectation(lines, ended.at.line);
    let flow = matches!(first, '[' | '{');
    if !(flow || "\"'!&*%@`|>?".contains(first)) || (flow && (!expectation || value.ends_with([']', '}']))) {
        return None;
    }
    let message =
        if expectation { format!("YAML takes the `{first}` that this expectation begins with for its own") } else { ended.message.clone() };
    let at = place(ended.at.line, head.chars().count() + 1, value.chars().count());
    let quoted = quoted(value);
    Some(Repair { at, message, line: format!("{head}{quoted}"), quoted })
}

/// Where the value begins, after any dashes and a key.
fn value_start(line: &str) -> usize {
    let indent = line.len() - line.trim_start_matches(' ').len();
    let rest = line.get(indent..).unwrap_or_default();
    if let Some(item) = rest.strip_prefix("- ") {
        return indent + 2 + value_start(item);
    }
    let word = rest.find(|c: char| !(c.is_alphanumeric() || "_-./".contains(c))).unwrap_or(rest.len());
    match rest.get(word..).and_then(|tail| tail.strip_prefix(':')) {
        Some(tail) if word > 0 && tail.starts_with(' ') => indent + word + 1 + tail.len() - tail.trim_start().len(),
        _ => indent,
    }
}

/// A ` #` begins a comment unless it stands within quotes.
pub(super) fn without_comment(value: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, c) in value.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '#' && before == ' ' && at > 0 => return value.get(..at).unwrap_or(value).trim_end(),
            _ => {}
        }
        before = c;
    }
    value.trim_end()
}

/// Whether a line holds an expectation: it is an item below `expect` or `warn`, or follows one of them.
fn is_expectation(lines: &[String], number: usize) -> bool {
    let Some(own) = number.checked_sub(1).and_then(|index| lines.get(index)) else { return false };
    let mut above = lines.iter().take(number - 1).rev().filter(|line| !line.trim().is_empty());
    let keyed = |line: &str| {
        let line = line.trim_start_matches([' ', '-']);
        line.starts_with("expect:") || line.starts_with("warn:")
    };
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let item = own.trim_start().starts_with("- ");
    keyed(own) || (item && above.find(|line| keyed(line) || indent(line) < indent(own)).is_some_and(|line| keyed(line)))
}

/// Notes why reading ended, with what usually leads there.
fn note_end(lines: &[String], ended: Ended, mistakes: &mut Mistakes) {
    let line = |number: usize| number.checked_sub(1).and_then(|index| lines.get(index)).map(String::as_str).unwrap_or_default();
    let tab = |line: &str| line.chars().take_while(|c| c.is_whitespace()).position(|c| c == '\t');
    // YAML notices a tab only after it has looked at the line above.
    for number in [ended.at.line, ended.at.line + 1] {
        if let Some(column) = tab(line(number)) {
            mistakes.hinted(place(number, column + 1, 1), "a tab indents this line", "indent with spaces");
            return;
        }
    }
    let text = line(ended.at.line);
    if text.contains("${") && text.contains('{') && !text.contains("\"${") {
        mistakes.hinted(ended.at, ended.message, "within `{ }` quote it: \"${NAME}\"");
    } else if text.contains('{') && text.contains("://{") {
        mistakes.hinted(ended.at, ended.message, "within `{ }` quote the URL");
    } else if ended.message.contains("mapping values are not allowed") || ended.message.contains("expected key") {
        mistakes.hinted(ended.at, ended.message, "look at the indentation, and quote text that holds `: `");
    } else if is_expectation(lines, ended.at.line) {
        mistakes.hinted(ended.at, ended.message, "quote the expectation: '...'");
    } else {
        mistakes.add(ended.at, ended.message);
    }
}

#[cfg(test)]
mod tests;
