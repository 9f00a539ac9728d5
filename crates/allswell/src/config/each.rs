//! `each: {host: [db1, db2]}`: one target becomes several, with `{host}` replaced in its keys.

use allswell_probe::nearest;

use super::mistake::Mistakes;
use super::section;
use super::tree::{Entry, Mark, Node, Shape};

/// One entry of `each` must not fill the memory.
const COPIES_LIMIT: usize = 100_000;

/// A name of `each` and its values.
struct Variable<'a> {
    name: &'a str,
    at: Mark,
    values: Vec<&'a str>,
}

/// The targets that one entry of `targets` stands for.
pub(crate) fn expand(target: &Node, mistakes: &mut Mistakes) -> Vec<Node> {
    let Shape::Map(entries) = &target.shape else { return vec![target.clone()] };
    let variables = entries.iter().find(|entry| entry.key == "each").map(|entry| read(entry, mistakes)).unwrap_or_default();
    note_unknown(entries, &variables, mistakes);
    note_unused(entries, &variables, mistakes);
    let copies = variables.iter().try_fold(1_usize, |product, variable| product.checked_mul(variable.values.len()));
    if copies.is_none_or(|copies| copies > COPIES_LIMIT) {
        mistakes.add(target.at, format!("`each` makes more than {COPIES_LIMIT} targets of this one"));
        return Vec::new();
    }
    // The values themselves would be copied into every copy.
    let bare = Node { at: target.at, shape: Shape::Map(entries.iter().filter(|entry| entry.key != "each").cloned().collect()) };
    variables.iter().fold(vec![bare], |targets, variable| {
        targets.iter().flat_map(|target| variable.values.iter().map(|value| with(target, variable.name, value))).collect()
    })
}

fn read<'a>(each: &'a Entry, mistakes: &mut Mistakes) -> Vec<Variable<'a>> {
    if each.value.is_missing() {
        mistakes.hinted(each.at, "`each` has no value", "such as each: { host: [a, b] }");
    }
    let entries = section::map(&each.value, "`each`", mistakes);
    entries
        .iter()
        .filter_map(|entry| {
            let values = texts(&entry.value);
            if values.is_none() {
                mistakes.hinted(entry.value.at, format!("`{}` takes a list of texts", entry.key), format!("{}: [a, b]", entry.key));
            }
            values.map(|values| Variable { name: &entry.key, at: entry.at, values })
        })
        .collect()
}

fn texts(node: &Node) -> Option<Vec<&str>> {
    match &node.shape {
        Shape::List(items) if !items.is_empty() => items
            .iter()
            .map(|item| match &item.shape {
                Shape::Text(text) if !item.is_missing() => Some(text.text.as_str()),
                _ => None,
            })
            .collect(),
        _ => None,
    }
}

fn with(target: &Node, name: &str, value: &str) -> Node {
    let mut copy = target.clone();
    let pattern = format!("{{{name}}}");
    let Shape::Map(entries) = &mut copy.shape else { return copy };
    for entry in entries.iter_mut() {
        entry.value.each_text_mut(&mut |_, text| {
            if text.text.contains(&pattern) {
                text.text = text.text.replace(&pattern, value);
            }
            if let Some(written) = &mut text.written {
                *written = written.replace(&pattern, value);
            }
        });
    }
    copy
}

/// A name in braces that `each` lacks, where nothing else in braces makes sense.
fn note_unknown(entries: &[Entry], variables: &[Variable<'_>], mistakes: &mut Mistakes) {
    for entry in entries.iter().filter(|entry| matches!(entry.key.as_str(), "url" | "name" | "id")) {
        let Shape::Text(text) = &entry.value.shape else { continue };
        for name in names(text.written.as_ref().unwrap_or(&text.text)) {
            if variables.iter().any(|variable| variable.name == name) {
                continue;
            }
            let hint = match nearest(name, variables.iter().map(|variable| variable.name)) {
                Some(near) => format!("did you mean {{{near}}}?"),
                None => format!("give its values: each: {{ {name}: [a, b] }}"),
            };
            mistakes.hinted(entry.value.at, format!("`{{{name}}}` has no values"), hint);
        }
    }
}

/// The names in braces, those of `${NAME}` left out.
fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices('{').filter_map(move |(at, _)| {
        let before = text.get(..at)?;
        let (inside, _) = text.get(at + 1..)?.split_once('}')?;
        let name = !inside.is_empty() && inside.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        (name && !before.ends_with('$')).then_some(inside)
    })
}

fn note_unused(entries: &[Entry], variables: &[Variable<'_>], mistakes: &mut Mistakes) {
    for variable in variables {
        let pattern = format!("{{{}}}", variable.name);
        let mut used = false;
        for entry in entries.iter().filter(|entry| entry.key != "each") {
            entry.value.each_text(&mut |text| used |= text.text.contains(&pattern));
        }
        if !used {
            mistakes.hinted(
                variable.at,
                format!("`{}` is used nowhere in this target", variable.name),
                format!("write {pattern} where it belongs"),
            );
        }
    }
}

#[cfg(test)]
mod tests;
