//! What a target, its group and `defaults` may hold in common, and how the nearest of them wins.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use allswell_probe::{Declaration, PROTOCOLS, Raw, SettingKind, SettingSpec};

use super::expectations::{self, Written};
use super::keys::{self, Key, LayerKey, Takes};
use super::mistake::Mistakes;
use super::section::{self, Section};
use super::shown_url;
use super::source::Sources;
use super::tree::{Entry, Mark, Node, Shape};
use super::watch::Watched;

/// A setting as it was typed, with its place.
#[derive(Debug, Clone)]
pub(crate) struct Typed<'a> {
    pub(crate) raw: Raw,
    pub(crate) entry: &'a Entry,
}

/// Settings by name.
pub(crate) type TypedSettings<'a> = BTreeMap<&'static str, Typed<'a>>;

/// One level of keys.
#[derive(Debug, Default)]
pub(crate) struct Layer<'a> {
    pub(crate) section: Section<'a>,
    network: TypedSettings<'a>,
    protocols: BTreeMap<&'static str, TypedSettings<'a>>,
    expectations: BTreeMap<&'static str, Vec<Written>>,
    /// Where the settings of each protocol begin.
    pub(crate) protocol_keys: Vec<(&'static Declaration, Mark)>,
}

/// What is the same for all layers of a file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'a> {
    pub(crate) sources: &'a Sources,
    /// Where relative paths begin; `None` where no files may be named.
    pub(crate) folder: Option<&'a Path>,
    /// What is looked at besides.
    pub(crate) watched: &'a RefCell<Watched>,
}

impl File<'_> {
    /// A setting's value as it was typed, the path of a file from where the configuration's begin; `None` where no file may be named.
    pub(crate) fn located(self, spec: &SettingSpec, entry: &Entry, mistakes: &mut Mistakes) -> Option<Raw> {
        let (SettingKind::File, Raw::Scalar(path)) = (spec.kind, entry.value.raw()) else { return Some(entry.value.raw()) };
        let Some(folder) = self.folder else {
            mistakes.add(entry.at, format!("`{}` names a file of this host, which a target of the API may not", spec.name));
            return None;
        };
        let path = folder.join(path);
        self.watched.borrow_mut().file_once(&path);
        Some(Raw::Scalar(path.display().to_string()))
    }
}

impl<'a> Layer<'a> {
    /// Reads `defaults` or a group.
    pub(crate) fn shared(node: &'a Node, what: &str, file: File<'_>, mistakes: &mut Mistakes) -> Self {
        let mut layer = Self::default();
        for entry in section::map(node, what, mistakes) {
            match keys::find(keys::shared_keys(), &entry.key) {
                Some(key) => layer.take(key, entry, file, mistakes),
                None if keys::TARGET.iter().any(|key| key.name == entry.key) => {
                    mistakes.hinted(entry.at, format!("`{}` belongs to a target, not to {what}", entry.key), "move it to `targets`");
                }
                None => unknown(entry, what, &keys::names(keys::shared_keys()), mistakes),
            }
        }
        layer
    }

    /// Reads a target.
    pub(crate) fn target(node: &'a Node, file: File<'_>, mistakes: &mut Mistakes) -> Self {
        let mut layer = Self::default();
        for entry in section::map(node, "a target", mistakes) {
            match keys::find(keys::target_keys(), &entry.key) {
                Some(key) => layer.take(key, entry, file, mistakes),
                None => unknown(entry, "a target", &keys::names(keys::target_keys()), mistakes),
            }
        }
        layer
    }

    fn take(&mut self, key: LayerKey, entry: &'a Entry, file: File<'_>, mistakes: &mut Mistakes) {
        match key {
            LayerKey::Own(key) => self.own(key, entry, file, mistakes),
            LayerKey::Network(spec) => take_setting(&mut self.network, spec, entry, (file, mistakes)),
            LayerKey::Protocol(declaration) => self.protocol(declaration, entry, file, mistakes),
        }
    }

    fn own(&mut self, key: &'static Key, entry: &'a Entry, file: File<'_>, mistakes: &mut Mistakes) {
        if key.name == "runbook" && !leads_somewhere(entry, mistakes) {
            return;
        }
        self.section.take(key, entry, mistakes);
        if matches!(key.takes, Takes::Expectations) && self.section.entry(key.name).is_some() {
            self.expectations.insert(key.name, expectations::read(entry, file.sources, mistakes));
        }
    }

    fn protocol(&mut self, declaration: &'static Declaration, entry: &'a Entry, file: File<'_>, mistakes: &mut Mistakes) {
        let what = format!("`{}`", declaration.name);
        let settings = self.protocols.entry(declaration.name).or_default();
        self.protocol_keys.push((declaration, entry.at));
        for entry in section::map(&entry.value, &what, mistakes) {
            match declaration.settings.iter().find(|spec| spec.name == entry.key) {
                Some(spec) => take_setting(settings, spec, entry, (file, mistakes)),
                None => {
                    let known: Vec<&'static str> = declaration.settings.iter().map(|spec| spec.name).collect();
                    section::unknown(entry, &what, &known, mistakes);
                }
            }
        }
    }
}

/// A page makes a link of a runbook, and an alert hands it on.
fn leads_somewhere(entry: &Entry, mistakes: &mut Mistakes) -> bool {
    match &entry.value.shape {
        Shape::Text(text) if !entry.value.is_missing() && !shown_url::is_for_browsers(&text.text) => {
            mistakes.hinted(entry.value.at, "`runbook` takes a URL of http or https", "such as https://wiki.example.com/api");
            false
        }
        _ => true,
    }
}

fn take_setting<'a>(settings: &mut TypedSettings<'a>, spec: &SettingSpec, entry: &'a Entry, (file, mistakes): (File<'_>, &mut Mistakes)) {
    if entry.value.is_missing() {
        mistakes.hinted(entry.at, format!("`{}` has no value", spec.name), "give one, or leave the key out");
        return;
    }
    let Some(raw) = file.located(spec, entry, mistakes) else { return };
    if section::setting(spec, raw.clone(), entry, mistakes).is_some() {
        settings.insert(spec.name, Typed { raw, entry });
    }
}

/// A key that is unknown at this level may be the setting of a protocol, one level too high.
fn unknown(entry: &Entry, what: &str, known: &[&'static str], mistakes: &mut Mistakes) {
    let owner = PROTOCOLS
        .iter()
        .map(|protocol| protocol.declaration())
        .find(|declaration| declaration.settings.iter().any(|spec| spec.name == entry.key));
    match owner {
        Some(owner) => mistakes.hinted(
            entry.at,
            format!("`{}` is not a key of {what}, but a setting of {}", entry.key, owner.name),
            format!("write {}: {{ {}: ... }}", owner.name, entry.key),
        ),
        None => section::unknown(entry, what, known, mistakes),
    }
}

/// The layers of one target, the nearest first: target, group, defaults.
#[derive(Debug, Clone)]
pub(crate) struct Layers<'a>(pub(crate) Vec<&'a Layer<'a>>);

impl<'a> Layers<'a> {
    fn nearest<T>(&self, look: impl Fn(&'a Section<'a>) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|layer| look(&layer.section))
    }

    pub(crate) fn duration(&self, name: &'static str) -> Duration {
        let default = || section::default(keys::SHARED, name).duration(name);
        self.nearest(|section| section.duration(name)).or_else(default).unwrap_or_default()
    }

    /// A duration that has no default.
    pub(crate) fn set_duration(&self, name: &str) -> Option<Duration> {
        self.nearest(|section| section.duration(name))
    }

    /// The nearest entry of a key.
    pub(crate) fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.nearest(|section| section.entry(name))
    }

    pub(crate) fn count(&self, name: &'static str) -> u32 {
        let default = || section::default(keys::SHARED, name).integer(name);
        let count = self.nearest(|section| section.integer(name)).or_else(default);
        count.and_then(|count| u32::try_from(count).ok()).unwrap_or(1)
    }

    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.nearest(|section| section.text(name)).map(str::to_owned)
    }

    /// Those of all layers; of one name the nearest.
    pub(crate) fn labels(&self) -> BTreeMap<String, String> {
        self.0.iter().rev().flat_map(|layer| layer.section.map("labels")).cloned().collect()
    }

    /// Where each of them comes from.
    pub(crate) fn label_entries(&self) -> impl Iterator<Item = &'a Entry> {
        let entries = self.0.iter().rev().filter_map(|layer| layer.section.entry("labels")).flat_map(|labels| match &labels.value.shape {
            Shape::Map(entries) => entries.as_slice(),
            _ => &[],
        });
        let nearest: BTreeMap<&str, &'a Entry> = entries.map(|entry| (entry.key.as_str(), entry)).collect();
        nearest.into_values()
    }

    pub(crate) fn expectations(&self, key: &str) -> &'a [Written] {
        self.0.iter().find_map(|layer| layer.expectations.get(key)).map(Vec::as_slice).unwrap_or_default()
    }

    /// Of each setting the nearest.
    pub(crate) fn network(&self) -> TypedSettings<'a> {
        self.0.iter().rev().flat_map(|layer| layer.network.clone()).collect()
    }

    /// Of each setting of this protocol the nearest.
    pub(crate) fn protocol(&self, name: &str) -> TypedSettings<'a> {
        self.0.iter().rev().filter_map(|layer| layer.protocols.get(name).cloned()).flatten().collect()
    }
}
