//! `expect` and `warn`: texts in CEL, of which YAML may have eaten some. What they mean is checked with the plan.

use super::mistake::Mistakes;
use super::repair::without_comment;
use super::source::Sources;
use super::tree::{Entry, Mark, Node, Shape, Text};
use super::yaml::quoted;

/// One expectation as it stands in the file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub(crate) source: String,
    at: Mark,
    /// Where the text itself begins; `None` where escapes or several lines make columns unequal.
    text_at: Option<Mark>,
}

impl Written {
    /// The place of a column within the expectation, both from 1.
    pub(crate) fn place(&self, column: Option<usize>) -> Mark {
        match (column, self.text_at) {
            (Some(column), Some(at)) => Mark { column: at.column + column.saturating_sub(1), length: 1, ..at },
            _ => self.at,
        }
    }
}

/// Reads one expectation or a list of them.
pub(crate) fn read(entry: &Entry, sources: &Sources, mistakes: &mut Mistakes) -> Vec<Written> {
    match &entry.value.shape {
        Shape::List(items) => items.iter().filter_map(|item| one(item, sources, mistakes)).collect(),
        _ => one(&entry.value, sources, mistakes).into_iter().collect(),
    }
}

fn one(node: &Node, sources: &Sources, mistakes: &mut Mistakes) -> Option<Written> {
    let Shape::Text(text) = &node.shape else {
        not_text(node, sources, mistakes);
        return None;
    };
    if node.is_missing() {
        mistakes.hinted(node.at, "an expectation is missing here", "write one, such as status == 200");
        return None;
    }
    let rest = sources.from(node.at);
    if text.anchored && rest.starts_with('&') {
        let whole = meant(rest);
        mistakes.hinted(
            node.at,
            "YAML takes the `&` that this expectation begins with for its own",
            format!("quote this: {}", quoted(whole)),
        );
        return None;
    }
    let after = sources.after(node.at);
    if text.plain && after.trim_start().starts_with('#') && is_cut(&text.text) {
        let whole = format!("{}{after}", sources.at(node.at));
        mistakes.hinted(
            node.at,
            "YAML takes the rest of this expectation, from ` #` on, for a comment",
            format!("quote this: {}", quoted(meant(&whole))),
        );
        return None;
    }
    Some(Written { source: text.text.clone(), at: node.at, text_at: text_at(text, node.at, rest) })
}

fn not_text(node: &Node, sources: &Sources, mistakes: &mut Mistakes) {
    let whole = meant(sources.from(node.at));
    let message = match &node.shape {
        Shape::Map(_) if whole.starts_with('{') => "an expectation is text; YAML takes what begins with `{` for a map".to_owned(),
        Shape::Map(_) => "an expectation is text; YAML takes what holds `: ` for a map".to_owned(),
        _ => format!("an expectation is text, not {}", node.described()),
    };
    mistakes.hinted(node.at, message, format!("quote this: {}", quoted(whole)));
}

/// What is to be quoted: without the comment behind it, unless that would end within quotes or brackets again.
fn meant(whole: &str) -> &str {
    let bare = without_comment(whole);
    if is_cut(bare) { whole.trim_end() } else { bare }
}

/// Whether a text ends within quotes or brackets: then the ` #` behind it was no comment.
fn is_cut(text: &str) -> bool {
    let mut quote = None;
    let mut depth = 0_i32;
    for c in text.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
    }
    quote.is_some() || depth > 0
}

fn text_at(text: &Text, at: Mark, rest: &str) -> Option<Mark> {
    let quotes = usize::from(rest.starts_with(['"', '\'']) && !rest.starts_with(&text.text));
    rest.get(quotes..).filter(|rest| rest.starts_with(&text.text)).map(|_| Mark { column: at.column + quotes, ..at })
}

#[cfg(test)]
mod tests;
