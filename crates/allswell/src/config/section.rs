//! A map read against a table of keys: unknown keys, missing values and wrong kinds are noted where they stand.

use std::collections::BTreeMap;
use std::time::Duration;

use allswell_probe::{Raw, SettingKind, SettingSpec, Settings, nearest};

use super::keys::{Key, Takes};
use super::mistake::Mistakes;
use super::tree::{Entry, Mark, Node, Shape};

/// The keys of one map that could be read.
#[derive(Debug, Default)]
pub(crate) struct Section<'a> {
    values: BTreeMap<&'static str, Settings>,
    entries: BTreeMap<&'static str, &'a Entry>,
}

impl<'a> Section<'a> {
    /// Reads a map; `what` it belongs to is for sentences ("`retention`").
    pub(crate) fn read(node: &'a Node, what: &str, keys: &'static [Key], mistakes: &mut Mistakes) -> Self {
        let mut section = Self::default();
        for entry in map(node, what, mistakes) {
            match keys.iter().find(|key| key.name == entry.key) {
                Some(key) => section.take(key, entry, mistakes),
                None => unknown(entry, what, &keys.iter().map(|key| key.name).collect::<Vec<_>>(), mistakes),
            }
        }
        section
    }

    /// The text of a key that must be given.
    pub(crate) fn required(&self, name: &'static str, (node, what): (&Node, &str), mistakes: &mut Mistakes) -> Option<(&str, &'a Entry)> {
        let found = self.text(name).zip(self.entry(name));
        if found.is_none() {
            self.demand(name, (node, what), mistakes);
        }
        found
    }

    /// Notes a key that must be given and is not; one that is misspelt or cannot be read was noted already.
    pub(crate) fn demand(&self, name: &'static str, (node, what): (&Node, &str), mistakes: &mut Mistakes) {
        if matches!(node.shape, Shape::Map(_)) && node.key(name).is_none() {
            mistakes.add(Mark { length: 1, ..node.at }, format!("{what} has no `{name}`"));
        }
    }

    /// Takes one entry under its key.
    pub(crate) fn take(&mut self, key: &'static Key, entry: &'a Entry, mistakes: &mut Mistakes) {
        if entry.value.is_missing() {
            mistakes.hinted(entry.at, format!("`{}` has no value", key.name), "give one, or leave the key out");
            return;
        }
        if let Takes::Value(kind) = key.takes {
            let spec = SettingSpec { name: key.name, kind, default: None, doc: key.doc };
            let Some(value) = setting(&spec, entry.value.raw(), entry, mistakes) else { return };
            self.values.insert(key.name, value);
        }
        if let Takes::Words(known) = key.takes
            && !words(key.name, known, entry, mistakes)
        {
            return;
        }
        self.entries.insert(key.name, entry);
    }

    /// The entry of a key that is there and was read.
    pub(crate) fn entry(&self, name: &str) -> Option<&'a Entry> {
        self.entries.get(name).copied()
    }

    pub(crate) fn duration(&self, name: &str) -> Option<Duration> {
        self.values.get(name)?.duration(name)
    }

    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        self.values.get(name)?.integer(name)
    }

    pub(crate) fn size(&self, name: &str) -> Option<u64> {
        self.values.get(name)?.size(name)
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.text(name)
    }

    pub(crate) fn map(&self, name: &str) -> &[(String, String)] {
        self.values.get(name).map(|value| value.map(name)).unwrap_or_default()
    }
}

/// Whether all that stands there is one of the words, and something does.
fn words(name: &str, known: &[&str], entry: &Entry, mistakes: &mut Mistakes) -> bool {
    let takes = format!("`{name}` takes one or several of {}", known.join(", "));
    let wrong = |item: &&Node| !matches!(&item.shape, Shape::Text(text) if known.contains(&text.text.as_str()));
    let items = entry.value.items();
    let mut right = !items.is_empty();
    if items.is_empty() {
        mistakes.add(entry.value.at, format!("{takes}, not none of them"));
    }
    for item in items.iter().filter(wrong) {
        right = false;
        match &item.shape {
            Shape::Text(text) => {
                let hint = nearest(&text.text, known.iter().copied()).map(|near| format!("did you mean `{near}`?")).unwrap_or_default();
                mistakes.hinted(item.at, item.discreet(&format!("{takes}, not `{}`", text.text)), hint);
            }
            _ => mistakes.add(item.at, format!("{takes}, not {}", item.described())),
        }
    }
    right
}

/// Reads one value as a declared setting.
pub(crate) fn setting(spec: &SettingSpec, raw: Raw, entry: &Entry, mistakes: &mut Mistakes) -> Option<Settings> {
    let read = Settings::read(std::slice::from_ref(spec), &[(spec.name.to_owned(), raw)]);
    let wrong = read.as_ref().err().into_iter().flatten();
    for mistake in wrong {
        let message = if spec.kind == SettingKind::Secret {
            format!("`{}` takes text, not {}", spec.name, entry.value.described())
        } else {
            entry.value.discreet(&mistake.message)
        };
        match &mistake.hint {
            Some(hint) => mistakes.hinted(entry.value.at, message, entry.value.discreet(hint)),
            None => mistakes.add(entry.value.at, message),
        }
    }
    read.ok()
}

/// A default of a table, read as if it had been typed.
pub(crate) fn default(keys: &'static [Key], name: &str) -> Settings {
    spec(keys, name).and_then(|spec| Settings::read(&[spec], &[]).ok()).unwrap_or_default()
}

/// One value of a table, typed elsewhere than in a file.
///
/// # Errors
/// One sentence without a full stop.
pub(crate) fn typed(keys: &'static [Key], name: &str, text: &str) -> Result<Settings, String> {
    let specs: Vec<SettingSpec> = spec(keys, name).into_iter().collect();
    let read = Settings::read(&specs, &[(name.to_owned(), Raw::Scalar(text.to_owned()))]);
    read.map_err(|wrong| wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

fn spec(keys: &'static [Key], name: &str) -> Option<SettingSpec> {
    let key = keys.iter().find(|key| key.name == name)?;
    match key.takes {
        Takes::Value(kind) => Some(SettingSpec { name: key.name, kind, default: key.default, doc: key.doc }),
        _ => None,
    }
}

/// The entries of a map; anything else is noted and has none.
pub(crate) fn map<'a>(node: &'a Node, what: &str, mistakes: &mut Mistakes) -> &'a [Entry] {
    match &node.shape {
        Shape::Map(entries) => entries,
        _ if node.is_missing() => &[],
        _ => {
            mistakes.add(node.at, format!("{what} takes keys with values, not {}", node.described()));
            &[]
        }
    }
}

/// Notes a key that nobody knows, with the one that was most likely meant.
pub(crate) fn unknown(entry: &Entry, what: &str, known: &[&'static str], mistakes: &mut Mistakes) {
    let hint = match nearest(&entry.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("known are {}", known.join(", ")),
    };
    mistakes.hinted(entry.at, format!("`{}` is not a key of {what}", entry.key), hint);
}

/// Notes a word that none of the known ones is.
pub(crate) fn unknown_word(word: &Entry, what: &str, known: &[&str], mistakes: &mut Mistakes) {
    let hint = match nearest(&word.key, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None if known.is_empty() => format!("{what} is empty"),
        None => format!("known are {}", known.join(", ")),
    };
    mistakes.hinted(word.at, format!("{what} has no `{}`", word.key), hint);
}
