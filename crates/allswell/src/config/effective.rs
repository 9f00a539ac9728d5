//! What holds in the end, key by key, and where each comes from: what `config show` tells. Secrets are not in it.

use allswell_engine::tells_of_a_secret;
use allswell_model::{Target, TargetId};
use allswell_probe::{NETWORK_SETTINGS, PROTOCOLS, Raw, SettingKind, SettingSpec, shown_duration};

use super::channels;
use super::keys::{self, FILE, Key, Takes};
use super::layer::{Layers, Typed, TypedSettings};
use super::secrets;
use super::section::{self, Section};
use super::shown_url::without_password;
use super::source::Sources;
use super::substitution;
use super::tree::{Entry, Mark, Node, Shape};

/// Stands for what must not be shown.
const HIDDEN: &str = "***";

/// A configuration as it holds.
#[derive(Debug, Default)]
pub struct Explained {
    /// The files that it was read from, the first one first.
    pub files: Vec<String>,
    /// The keys of the files themselves, but for targets, and for groups and defaults, which are in the targets.
    pub keys: Vec<Held>,
    /// The targets, in the order of the files.
    pub targets: Vec<Effective>,
    /// Whether something secret is hidden in it.
    pub hides: bool,
}

/// A target as it holds.
#[derive(Debug)]
pub struct Effective {
    /// Known by this.
    pub id: TargetId,
    /// Called this: `group/name`.
    pub name: String,
    /// Its keys, in the order of the reference.
    pub keys: Vec<Held>,
}

/// A key that holds.
#[derive(Debug)]
pub struct Held {
    /// From the outermost to the innermost.
    pub path: Vec<String>,
    /// As it may be shown.
    pub value: Raw,
    /// Where it stands, `file:line`; `None`: nowhere, it is the default.
    pub from: Option<String>,
}

impl Explained {
    /// Takes the keys of the files themselves.
    pub(crate) fn files(&mut self, sections: &[Section<'_>], sources: &Sources) {
        self.files = (0..sources.count()).map(|file| sources.name(file).to_owned()).collect();
        for (part, section) in sections.iter().enumerate() {
            for key in FILE {
                match (key.takes, section.entry(key.name)) {
                    (Takes::Layer | Takes::Targets, _) => {}
                    (Takes::Texts, _) if key.name == "include" => {}
                    (Takes::Channels, Some(entry)) => self.each_key(&[key.name], entry, sources),
                    (Takes::Layers, Some(entry)) => self.groups(key.name, &entry.value, sources),
                    (Takes::Declared(specs), Some(entry)) => self.declared(key.name, specs, &entry.value, sources),
                    (Takes::Section(inner), entry) if part == 0 => self.section(key, inner, entry.map(|entry| &entry.value), sources),
                    (_, Some(entry)) => self.add(&[key.name], entry, sources),
                    (_, None) if part == 0 => self.by_default(&[key.name], key.default),
                    _ => {}
                }
            }
        }
    }

    fn section(&mut self, key: &Key, inner: &'static [Key], node: Option<&Node>, sources: &Sources) {
        // Nothing is there unless somebody wrote it.
        if node.is_none() && matches!(key.name, "tls" | "links") {
            return;
        }
        for inner in inner {
            match node.and_then(|node| node.key(inner.name)) {
                Some(entry) => self.add(&[key.name, inner.name], entry, sources),
                None => self.by_default(&[key.name, inner.name], inner.default),
            }
        }
    }

    fn declared(&mut self, name: &str, specs: &[SettingSpec], node: &Node, sources: &Sources) {
        for spec in specs {
            match node.key(spec.name) {
                Some(entry) => self.add(&[name, spec.name], entry, sources),
                None => self.by_default(&[name, spec.name], spec.default),
            }
        }
    }

    /// Everything below, as deep as maps go.
    fn each_key(&mut self, path: &[&str], entry: &Entry, sources: &Sources) {
        match &entry.value.shape {
            Shape::Map(entries) if path.len() < 3 => {
                for entry in entries {
                    let mut path = path.to_vec();
                    path.push(&entry.key);
                    self.each_key(&path, entry, sources);
                }
            }
            _ => self.add(path, entry, sources),
        }
    }

    /// What a group holds stands in its targets.
    fn groups(&mut self, name: &str, node: &Node, sources: &Sources) {
        let Shape::Map(entries) = &node.shape else { return };
        for entry in entries {
            let path = vec![name.to_owned(), entry.key.clone()];
            self.keys.push(Held { path, value: Raw::Map(Vec::new()), from: Some(sources.place(entry.at)) });
        }
    }

    fn add(&mut self, path: &[&str], entry: &Entry, sources: &Sources) {
        let node = &entry.value;
        let value = match path.first() {
            Some(&"heartbeat") => discreet(node, path.last().copied(), &|key| key == "url"),
            Some(&"channels") => discreet(node, path.last().copied(), &channels::is_secret),
            Some(&"links") => discreet(node, None, &secrets::is_link_secret),
            Some(&"access") => discreet(node, None, &secrets::is_credential),
            _ => discreet(node, None, &|_| false),
        };
        self.hides |= hides(&value);
        self.keys.push(Held { path: owned(path), value, from: Some(sources.place(entry.at)) });
    }

    fn by_default(&mut self, path: &[&str], default: Option<&str>) {
        if let Some(default) = default {
            self.keys.push(Held { path: owned(path), value: Raw::Scalar(default.to_owned()), from: None });
        }
    }

    /// Takes a target.
    pub(crate) fn target(&mut self, target: &Target, (node, layers): (&Node, &Layers<'_>), sources: &Sources) {
        let mut held = Holding { keys: Vec::new(), sources };
        held.own(target, node);
        for key in keys::SHARED {
            held.shared(key, target, layers);
        }
        held.settings(None, NETWORK_SETTINGS, &layers.network());
        if let Some(protocol) = PROTOCOLS.iter().map(|protocol| protocol.declaration()).find(|one| one.name == target.protocol) {
            held.settings(Some(protocol.name), protocol.settings, &layers.protocol(protocol.name));
        }
        let keys = held.keys;
        self.hides |= keys.iter().any(|key| hides(&key.value));
        self.targets.push(Effective { id: target.id.clone(), name: target.name.to_string(), keys });
    }
}

/// The keys of one target while they are gathered.
struct Holding<'a> {
    keys: Vec<Held>,
    sources: &'a Sources,
}

impl Holding<'_> {
    fn push(&mut self, path: &[&str], value: Raw, from: Option<Mark>) {
        self.keys.push(Held { path: owned(path), value, from: from.map(|at| self.sources.place(at)) });
    }

    fn own(&mut self, target: &Target, node: &Node) {
        for key in keys::TARGET.iter().filter(|key| key.name != "each") {
            let Some(entry) = node.key(key.name) else { continue };
            let value = if key.name == "url" { Raw::Scalar(target.url.clone()) } else { entry.value.written() };
            self.push(&[key.name], value, Some(entry.at));
        }
    }

    fn shared(&mut self, key: &'static Key, target: &Target, layers: &Layers<'_>) {
        if key.name == "labels" {
            for label in layers.label_entries() {
                self.push(&["labels", &label.key], label.value.written(), Some(label.at));
            }
            return;
        }
        let entry = layers.entry(key.name);
        let default = || section::default(keys::SHARED, key.name).duration(key.name);
        let value = match (key.name, entry) {
            // It is never longer than `every`, whatever was typed.
            ("recheck", _) if layers.set_duration("recheck").or_else(default) != Some(target.policy.recheck) => {
                Some(Raw::Scalar(shown_duration(target.policy.recheck)))
            }
            (_, Some(entry)) => Some(discreet(&entry.value, None, &|_| false)),
            (_, None) => key.default.map(|default| Raw::Scalar(default.to_owned())),
        };
        if let Some(value) = value {
            self.push(&[key.name], value, entry.map(|entry| entry.at));
        }
    }

    fn settings(&mut self, within: Option<&str>, specs: &[SettingSpec], typed: &TypedSettings<'_>) {
        for spec in specs {
            let path: Vec<&str> = within.into_iter().chain([spec.name]).collect();
            match typed.get(spec.name) {
                Some(Typed { raw, entry }) if spec.kind == SettingKind::File => self.push(&path, raw.clone(), Some(entry.at)),
                Some(Typed { entry, .. }) => {
                    let secret = spec.kind == SettingKind::Secret;
                    let value = discreet(&entry.value, Some(spec.name), &|_| secret);
                    self.push(&path, value, Some(entry.at));
                }
                None => {
                    if let Some(default) = spec.default {
                        self.push(&path, Raw::Scalar(default.to_owned()), None);
                    }
                }
            }
        }
    }
}

fn owned(path: &[&str]) -> Vec<String> {
    path.iter().map(|key| (*key).to_owned()).collect()
}

/// A value as it was typed, without what is secret: by its key, or because its name tells. What is filled in is a placeholder already.
fn discreet(node: &Node, key: Option<&str>, secret: &dyn Fn(&str) -> bool) -> Raw {
    let hidden = key.is_some_and(|key| secret(key) || tells_of_a_secret(key));
    // What is secret is so all the way down.
    let inner = |node: &Node, key: Option<&str>| discreet(node, key, &|key| hidden || secret(key));
    match &node.shape {
        Shape::Text(text) => {
            let written = text.written.as_ref().unwrap_or(&text.text);
            let shown = if hidden && !substitution::is_filled_in(written) { HIDDEN.to_owned() } else { without_password(written) };
            Raw::Scalar(shown)
        }
        Shape::List(items) => Raw::List(items.iter().map(|item| inner(item, key)).collect()),
        Shape::Map(entries) => Raw::Map(entries.iter().map(|entry| (entry.key.clone(), inner(&entry.value, Some(&entry.key)))).collect()),
    }
}

fn hides(value: &Raw) -> bool {
    match value {
        Raw::Scalar(text) => text.contains(HIDDEN),
        Raw::List(items) => items.iter().any(hides),
        Raw::Map(entries) => entries.iter().any(|(_, value)| hides(value)),
    }
}
