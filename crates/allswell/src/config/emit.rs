//! A configuration as it holds, written down: as YAML that reads back to the same, and as JSON.

use allswell_probe::Raw;
use serde_json::{Map, Value, json};

use super::effective::{Effective, Explained, Held};
use super::yaml::quoted;

/// Where places are written, unless a line is longer.
const PLACES_AT: usize = 44;

/// A key with what stands below it.
enum Branch<'a> {
    Leaf(&'a Held),
    Keys(Vec<(&'a str, Branch<'a>)>),
}

/// The keys as a tree, in their order.
fn branches(held: &[Held]) -> Vec<(&str, Branch<'_>)> {
    let mut root = Vec::new();
    for one in held {
        grow(&mut root, &one.path, one);
    }
    root
}

fn grow<'a>(level: &mut Vec<(&'a str, Branch<'a>)>, path: &'a [String], held: &'a Held) {
    match path {
        [] => {}
        [last] => level.push((last, Branch::Leaf(held))),
        [first, rest @ ..] => {
            let at = level.iter().position(|(name, branch)| name == first && matches!(branch, Branch::Keys(_)));
            let at = at.unwrap_or_else(|| {
                level.push((first, Branch::Keys(Vec::new())));
                level.len() - 1
            });
            if let Some((_, Branch::Keys(inner))) = level.get_mut(at) {
                grow(inner, rest, held);
            }
        }
    }
}

/// All of it as one file of YAML. What holds by default is a comment.
#[must_use]
pub fn yaml(explained: &Explained) -> String {
    let files: Vec<String> = explained.files.iter().map(|file| super::visible(file)).collect();
    let mut text = format!("# Read from {}.\n", files.join(", "));
    if explained.hides {
        text.push_str("# Secrets that were typed are ***: this does not read back to the same.\n");
    }
    lines(&branches(&explained.keys), 0, &mut text);
    if !explained.targets.is_empty() {
        text.push_str("targets:\n");
    }
    explained.targets.iter().for_each(|target| text.push_str(&item(target)));
    text
}

/// One target as YAML.
#[must_use]
pub fn item(target: &Effective) -> String {
    let mut text = String::new();
    lines(&branches(&target.keys), 4, &mut text);
    // The first key of a target is its URL, which it has.
    text.replacen("    ", "  - ", 1)
}

fn lines(level: &[(&str, Branch<'_>)], indent: usize, text: &mut String) {
    for (name, branch) in level {
        let margin = " ".repeat(indent);
        match branch {
            Branch::Leaf(held) => leaf(&margin, name, held, text),
            Branch::Keys(inner) if is_typed(inner) => {
                text.push_str(&format!("{margin}{}:\n", word(name)));
                lines(inner, indent + 2, text);
            }
            Branch::Keys(inner) => {
                for (inner, branch) in inner {
                    if let Branch::Leaf(held) = branch {
                        let whole = Raw::Map(vec![((*inner).to_owned(), held.value.clone())]);
                        by_default(&margin, name, &whole, text);
                    }
                }
            }
        }
    }
}

/// Whether somebody wrote any of it.
fn is_typed(level: &[(&str, Branch<'_>)]) -> bool {
    level.iter().any(|(_, branch)| match branch {
        Branch::Leaf(held) => held.from.is_some(),
        Branch::Keys(inner) => is_typed(inner),
    })
}

fn leaf(margin: &str, name: &str, held: &Held, text: &mut String) {
    match &held.from {
        None => by_default(margin, name, &held.value, text),
        Some(place) => {
            let line = format!("{margin}{}: {}", word(name), flow(&held.value));
            text.push_str(&format!("{line:<PLACES_AT$} # {}\n", super::visible(place)));
        }
    }
}

fn by_default(margin: &str, name: &str, value: &Raw, text: &mut String) {
    let line = format!("{margin}# {}: {}", word(name), flow(value));
    text.push_str(&format!("{line:<PLACES_AT$}   by default\n"));
}

/// In YAML's short form, on one line.
fn flow(raw: &Raw) -> String {
    match raw {
        Raw::Scalar(text) => word(text),
        Raw::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Raw::Map(entries) if entries.is_empty() => "{}".to_owned(),
        Raw::Map(entries) => {
            let entries: Vec<String> = entries.iter().map(|(name, raw)| format!("{}: {}", word(name), flow(raw))).collect();
            format!("{{ {} }}", entries.join(", "))
        }
    }
}

/// A text that YAML reads as itself, wherever it stands.
fn word(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/' | '.' | '-');
    let first = text.starts_with(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '/'));
    if first && text != "null" && text.chars().all(plain) {
        return text.to_owned();
    }
    if text.chars().any(char::is_control) { escaped(text) } else { quoted(text) }
}

/// Between double quotes, as YAML 1.2 escapes what a line cannot hold.
fn escaped(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// All of it as JSON: the `files` it was read from, and each key with its `value` and its `from`, `file:line` or null for a default.
#[must_use]
pub fn json(explained: &Explained) -> Value {
    let targets: Vec<Value> = explained.targets.iter().map(target_json).collect();
    json!({ "files": explained.files, "keys": keys_json(&branches(&explained.keys)), "targets": targets })
}

/// One target as JSON.
#[must_use]
pub fn target_json(target: &Effective) -> Value {
    json!({ "id": target.id, "name": target.name, "keys": keys_json(&branches(&target.keys)) })
}

fn keys_json(level: &[(&str, Branch<'_>)]) -> Value {
    let entries = level.iter().map(|(name, branch)| {
        let value = match branch {
            Branch::Leaf(held) => json!({ "value": value_json(&held.value), "from": held.from }),
            Branch::Keys(inner) => keys_json(inner),
        };
        ((*name).to_owned(), value)
    });
    Value::Object(entries.collect::<Map<_, _>>())
}

fn value_json(raw: &Raw) -> Value {
    match raw {
        Raw::Scalar(text) => Value::String(text.clone()),
        Raw::List(items) => Value::Array(items.iter().map(value_json).collect()),
        Raw::Map(entries) => Value::Object(entries.iter().map(|(name, raw)| (name.clone(), value_json(raw))).collect()),
    }
}

#[cfg(test)]
mod tests;
