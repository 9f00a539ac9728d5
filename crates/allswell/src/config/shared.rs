//! What targets of the API have in common with those of the file: groups, channels and the first file's defaults.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use allswell_engine::Plan;
use allswell_model::TargetId;
use allswell_probe::Denied;
use serde_json::Value;

use super::include::Part;
use super::layer::{File, Layer};
use super::mistake::Mistakes;
use super::section::Section;
use super::source::Sources;
use super::substitution;
use super::taken::Taken;
use super::target::{self, Context, Found};
use super::tree::{Entry, Mark, Node, Shape, Text};
use super::watch::Watched;

/// Groups, channels and defaults of a configuration.
#[derive(Clone, Default)]
pub struct Shared {
    defaults: Option<Kept>,
    groups: Vec<Kept>,
    channels: BTreeSet<String>,
}

/// An entry and where its relative paths begin.
#[derive(Clone)]
struct Kept {
    entry: Entry,
    folder: PathBuf,
}

impl Kept {
    fn layer<'a>(&'a self, what: &str, file: File<'a>, mistakes: &mut Mistakes) -> Layer<'a> {
        Layer::shared(&self.entry.value, what, File { folder: Some(&self.folder), ..file }, mistakes)
    }
}

impl std::fmt::Debug for Shared {
    /// Without the settings: they may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let groups: Vec<&str> = self.groups.iter().map(|group| group.entry.key.as_str()).collect();
        f.debug_struct("Shared").field("groups", &groups).field("channels", &self.channels).finish_non_exhaustive()
    }
}

impl Shared {
    pub(crate) fn of(first: &Section<'_>, groups: &[(usize, &Entry)], channels: &BTreeSet<&str>, parts: &[Part]) -> Self {
        let kept = |(part, entry): (usize, &Entry)| {
            let folder = parts.get(part).map(|part| part.folder.clone()).unwrap_or_default();
            Kept { entry: entry.clone(), folder }
        };
        Self {
            defaults: first.entry("defaults").map(|entry| kept((0, entry))),
            groups: groups.iter().copied().map(kept).collect(),
            channels: channels.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// How many groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }
}

/// Reads a target that somebody sent over the API: a JSON object with the keys of a target. Its group, the defaults and the channels are
/// those of the configuration, but the settings of protocols are its own alone: a group's may hold a token. Nothing is filled in from
/// this host's environment, no file of it is named, and what is denied is not probed. With an `id` it is known by that; without one by
/// its name.
///
/// # Errors
/// All mistakes at once, a sentence without a full stop each.
pub fn read_target(id: Option<&TargetId>, json: &str, shared: &Shared, denied: &Arc<Denied>) -> Result<Arc<Plan>, Vec<String>> {
    let value: Value = serde_json::from_str(json).map_err(|error| vec![format!("the target is not JSON: {error}")])?;
    if !value.is_object() {
        return Err(vec!["a target is a JSON object, such as {\"url\": \"tcp://db1:5432\"}".to_owned()]);
    }
    let mut node = node(value);
    let mut mistakes = refused(&node);
    known_as(&mut node, id, &mut mistakes);
    let (read, found) = read(&node, shared, denied);
    mistakes.extend(found);
    match read {
        Some(plan) if mistakes.is_empty() => Ok(plan),
        _ if mistakes.is_empty() => Err(vec!["the target cannot be read".to_owned()]),
        _ => Err(mistakes),
    }
}

fn read(node: &Node, shared: &Shared, denied: &Arc<Denied>) -> (Option<Arc<Plan>>, Vec<String>) {
    let (sources, watched) = (Sources::default(), RefCell::new(Watched::default()));
    let file = File { sources: &sources, folder: None, watched: &watched };
    // Those of the file had no mistakes when it was read.
    let mut known = Mistakes::default();
    let defaults: Vec<Layer<'_>> = shared.defaults.iter().map(|kept| kept.layer("`defaults`", file, &mut known)).collect();
    let wanted = node.key("group").map(|group| &group.value.shape);
    let is_wanted = |name: &str| matches!(wanted, Some(Shape::Text(text)) if text.text == name);
    let mut groups = BTreeMap::new();
    for kept in &shared.groups {
        let name = kept.entry.key.as_str();
        groups.insert(name, if is_wanted(name) { kept.layer("the group", file, &mut known) } else { Layer::default() });
    }
    let channels = shared.channels.iter().map(String::as_str).collect();
    let context = Context {
        file,
        whole: true,
        defaults: &defaults.iter().collect::<Vec<_>>(),
        groups: &groups,
        channels: &channels,
        denied: Some(denied),
        explained: None,
    };
    let mut found = Found::default();
    let plan = target::read(node, &context, &mut Taken::default(), &mut found);
    (plan, [found.own, found.inherited].into_iter().flat_map(Mistakes::into_sentences).collect())
}

/// What a stranger may not make use of: the environment and the files of this host.
fn refused(node: &Node) -> Vec<String> {
    let mut refused = Vec::new();
    node.each_text(&mut |text| {
        if substitution::is_filled_in(&text.text) {
            refused.push(format!("`{}` is not filled in for a target of the API: write the value itself", text.text));
        }
    });
    if node.key("each").is_some() {
        refused.push("`each` makes several targets of one, and here one is asked for: leave it out".to_owned());
    }
    refused
}

/// A target that was sent to an id is known by it. Without a name it is called so, too.
fn known_as(node: &mut Node, id: Option<&TargetId>, mistakes: &mut Vec<String>) {
    let (Some(id), Shape::Map(entries)) = (id, &mut node.shape) else { return };
    let text_of = |entries: &[Entry], key: &str| {
        entries.iter().find(|entry| entry.key == key).and_then(|entry| match &entry.value.shape {
            Shape::Text(text) => Some(text.text.clone()),
            _ => None,
        })
    };
    if text_of(entries, "id").is_some_and(|own| own != id.as_str()) {
        mistakes.push(format!("its `id` is another than `{id}`, to which it was sent: leave it out"));
    }
    entries.retain(|entry| entry.key != "id");
    entries.push(entry("id", id.as_str()));
    if !entries.iter().any(|entry| entry.key == "name") {
        let group = text_of(entries, "group").map(|group| format!("{group}/")).unwrap_or_default();
        let name = id.as_str().strip_prefix(&group).filter(|name| !name.is_empty()).unwrap_or(id.as_str());
        entries.push(entry("name", name));
    }
}

fn entry(key: &str, value: &str) -> Entry {
    Entry { key: key.to_owned(), at: Mark::default(), value: text(value.to_owned(), false) }
}

/// JSON as the configuration's own tree: what a key takes decides how its text is read.
fn node(value: Value) -> Node {
    let shape = match value {
        Value::Null => return text(String::new(), true),
        Value::Bool(truth) => return text(truth.to_string(), false),
        Value::Number(number) => return text(number.to_string(), false),
        Value::String(string) => return text(string, false),
        Value::Array(items) => Shape::List(items.into_iter().map(node).collect()),
        Value::Object(entries) => {
            Shape::Map(entries.into_iter().map(|(key, value)| Entry { key, at: Mark::default(), value: node(value) }).collect())
        }
    };
    Node { at: Mark::default(), shape }
}

fn text(text: String, plain: bool) -> Node {
    Node { at: Mark::default(), shape: Shape::Text(Text { text, plain, ..Text::default() }) }
}

#[cfg(test)]
mod tests;
