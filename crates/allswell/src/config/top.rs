//! The file's own keys: what listens, what is kept, and the way to the targets.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use allswell_engine::Plan;
use allswell_model::NodeId;
use allswell_probe::{PROTOCOLS, SettingKind};
use allswell_store::Retention;

use super::keys::{CHANNEL, FILE, HEARTBEAT, NODE, RETENTION};
use super::layer::{File, Layer};
use super::mistake::Mistakes;
use super::section::{self, Section};
use super::source::Source;
use super::target::{self, Context, Found, Taken};
use super::tree::{Entry, Mark, Node, Shape};
use super::{Configuration, Heartbeat, alert, each, hosts};
use crate::listen;

/// Less than this holds no history worth the name: an empty store alone takes a part of it.
const LEAST_STORE: u64 = 10_000_000;

/// Secrets that were typed into the file are stars wherever its lines are shown.
pub(crate) fn hide_secrets(node: &Node, source: &mut Source) {
    match &node.shape {
        Shape::Text(_) => {
            if let Some(password) = password(source.at(node.at), node.at) {
                source.hide(password);
            }
        }
        Shape::List(items) => items.iter().for_each(|item| hide_secrets(item, source)),
        Shape::Map(entries) => {
            for entry in entries {
                match &entry.value.shape {
                    Shape::Text(_) if is_secret(&entry.key) => source.hide(entry.value.at),
                    _ => hide_secrets(&entry.value, source),
                }
            }
        }
    }
}

/// Where in a URL its password stands; what was written `${NAME}` is none.
fn password(url: &str, at: Mark) -> Option<Mark> {
    let (scheme, rest) = url.split_once("://")?;
    let (credentials, _) = rest.split(['/', '?', '#']).next()?.rsplit_once('@')?;
    let (user, password) = credentials.split_once(':')?;
    let before = scheme.chars().count() + "://".len() + user.chars().count() + ":".len();
    let mark = Mark { line: at.line, column: at.column + before, length: password.chars().count() };
    (!password.starts_with("${")).then_some(mark)
}

fn is_secret(key: &str) -> bool {
    let specs = PROTOCOLS.iter().flat_map(|protocol| protocol.declaration().settings);
    specs.filter(|spec| spec.kind == SettingKind::Secret).any(|spec| spec.name == key)
}

/// Reads the tree. Where there are mistakes, what is returned lacks what they spoiled.
pub(crate) fn read(root: Option<&Node>, whole: bool, (source, folder): (&Source, &Path), mistakes: &mut Mistakes) -> Configuration {
    let file = File { source, folder };
    let section = root.map(|root| Section::read(root, "the configuration", FILE, mistakes)).unwrap_or_default();
    let sub = |name: &str, what: &str, keys, mistakes: &mut Mistakes| {
        section.entry(name).map(|entry| Section::read(&entry.value, what, keys, mistakes)).unwrap_or_default()
    };
    let node = sub("node", "`node`", NODE, mistakes);
    let retention = sub("retention", "`retention`", RETENTION, mistakes);
    let channels = channels(section.entry("channels"), mistakes);
    let heartbeat = section.entry("heartbeat").and_then(|entry| heartbeat(entry, mistakes));
    let defaults = section.entry("defaults").map(|entry| Layer::shared(&entry.value, "`defaults`", file, mistakes)).unwrap_or_default();
    let groups = groups(section.entry("groups"), file, mistakes);
    for layer in std::iter::once(&defaults).chain(groups.values()) {
        alert::check(layer, &channels, whole, mistakes);
    }
    let context = Context { file, whole, defaults, groups, channels };
    let targets = targets(section.entry("targets"), &context, mistakes);
    Configuration {
        listen: listen(&section, mistakes).unwrap_or(listen::DEFAULT),
        allowed_hosts: hosts::read(&section, mistakes),
        node: node_name(&node, mistakes),
        location: node.text("location").unwrap_or_default().into(),
        store: section.text("store").map(|path| folder.join(path)),
        retention: kept(&retention, mistakes),
        warnings: warnings(&section),
        heartbeat,
        targets,
    }
}

fn listen(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<SocketAddr> {
    let (text, entry) = section.text("listen").zip(section.entry("listen"))?;
    let refused = |why: listen::Refused| {
        let message = format!("`listen` takes an address, with or without a port, not `{text}`");
        mistakes.hinted(entry.value.at, entry.value.discreet(&message), entry.value.discreet(&why.hint));
    };
    listen::read(text).map_err(refused).ok()
}

fn node_name(node: &Section<'_>, mistakes: &mut Mistakes) -> Option<NodeId> {
    let (name, entry) = node.text("name").zip(node.entry("name"))?;
    NodeId::new(name).map_err(|why| mistakes.add(entry.value.at, why.to_string())).ok()
}

fn kept(section: &Section<'_>, mistakes: &mut Mistakes) -> Retention {
    let figure = |name| section.duration(name).or_else(|| section::default(RETENTION, name).duration(name)).unwrap_or_default();
    Retention {
        raw: figure("raw"),
        minutes: figure("minutes"),
        hours: figure("hours"),
        days: figure("days"),
        at_most: at_most(section, mistakes).or_else(|| section::default(RETENTION, "at_most").size("at_most")),
    }
}

fn at_most(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<u64> {
    let (size, entry) = section.size("at_most").zip(section.entry("at_most"))?;
    if size < LEAST_STORE {
        mistakes.hinted(entry.value.at, "`at_most` is too little to keep a history in", "at least 10MB; left out, it is 2GB");
    }
    Some(size)
}

fn heartbeat(entry: &Entry, mistakes: &mut Mistakes) -> Option<Heartbeat> {
    let section = Section::read(&entry.value, "`heartbeat`", HEARTBEAT, mistakes);
    let every = section.duration("every").or_else(|| section::default(HEARTBEAT, "every").duration("every"));
    let url = required_url(&section, entry, "heartbeat", mistakes)?;
    Some(Heartbeat { url, every: every.unwrap_or(Duration::from_secs(60)) })
}

fn required_url(section: &Section<'_>, entry: &Entry, what: &str, mistakes: &mut Mistakes) -> Option<String> {
    let Some((url, url_entry)) = section.text("url").zip(section.entry("url")) else {
        if !has_key(&entry.value, "url") {
            mistakes.add(entry.at, format!("`{what}` has no `url`"));
        }
        return None;
    };
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web {
        mistakes.add(url_entry.value.at, format!("the `url` of `{what}` begins with neither https:// nor http://"));
    }
    web.then(|| url.to_owned())
}

fn has_key(node: &Node, key: &str) -> bool {
    matches!(&node.shape, Shape::Map(entries) if entries.iter().any(|entry| entry.key == key))
}

/// Checks the channels and returns their names.
fn channels<'a>(entry: Option<&'a Entry>, mistakes: &mut Mistakes) -> Vec<&'a str> {
    let entries = entry.map(|entry| section::map(&entry.value, "`channels`", mistakes)).unwrap_or_default();
    for channel in entries {
        let what = format!("channel `{}`", channel.key);
        let section = Section::read(&channel.value, &what, CHANNEL, mistakes);
        if !has_key(&channel.value, "type") {
            mistakes.hinted(channel.at, format!("{what} has no `type`"), "type: webhook");
        }
        required_url(&section, channel, &channel.key, mistakes);
    }
    entries.iter().map(|channel| channel.key.as_str()).collect()
}

fn groups<'a>(entry: Option<&'a Entry>, file: File<'_>, mistakes: &mut Mistakes) -> BTreeMap<&'a str, Layer<'a>> {
    let entries = entry.map(|entry| section::map(&entry.value, "`groups`", mistakes)).unwrap_or_default();
    let mut groups = BTreeMap::new();
    for group in entries {
        if let Err(why) = allswell_model::TargetName::new(&group.key, "x") {
            mistakes.add(group.at, why.to_string());
        }
        groups.insert(group.key.as_str(), Layer::shared(&group.value, &format!("group `{}`", group.key), file, mistakes));
    }
    groups
}

fn targets(entry: Option<&Entry>, context: &Context<'_>, mistakes: &mut Mistakes) -> Vec<Arc<Plan>> {
    let Some(entry) = entry else { return Vec::new() };
    let Shape::List(items) = &entry.value.shape else {
        mistakes.hinted(entry.value.at, format!("`targets` takes a list, not {}", entry.value.described()), "each target begins with `- `");
        return Vec::new();
    };
    let mut taken = Taken::default();
    let mut plans = Vec::new();
    for item in items {
        let mut of_each = Mistakes::default();
        for copy in each::expand(item, &mut of_each) {
            let mut found = Found::default();
            plans.extend(target::read(&copy, context, &mut taken, &mut found));
            // The second copy's mistakes are those of the first; only what is new is told.
            of_each.add_elsewhere(found.own);
            mistakes.add_elsewhere(found.inherited);
        }
        mistakes.append(of_each);
    }
    plans
}

fn warnings(section: &Section<'_>) -> Vec<String> {
    ["heartbeat", "channels"]
        .into_iter()
        .filter(|key| section.entry(key).is_some())
        .map(|key| format!("`{key}` is read and checked, but not used yet: this version sends no alerts."))
        .collect()
}
