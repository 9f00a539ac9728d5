//! A map read against settings that another crate declares: those of a channel, those of the heartbeat.

use allswell_probe::{Raw, SettingSpec, nearest};

use super::layer::File;
use super::mistake::Mistakes;
use super::section;
use super::tree::Entry;

/// What could be read of a map, and what could not.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    /// Each key with what was typed.
    pub(crate) typed: Vec<(String, Raw)>,
    /// The keys whose values are left out: what the other crate says of their lack is no mistake of the operator's.
    spoiled: Vec<String>,
}

/// Reads what was typed. A value that cannot be read leaves the others as they are.
pub(crate) fn typed(entries: &[&Entry], specs: &[SettingSpec], (what, file): (&str, File<'_>), mistakes: &mut Mistakes) -> Declared {
    let mut read = Declared::default();
    for entry in entries {
        match one(entry, specs, (what, file), mistakes) {
            Some(raw) => read.typed.push((entry.key.clone(), raw)),
            None => {
                // A key that is misspelt was meant to be there.
                read.spoiled.extend(nearest(&entry.key, specs.iter().map(|spec| spec.name)).map(str::to_owned));
                read.spoiled.push(entry.key.clone());
            }
        }
    }
    read
}

fn one(entry: &Entry, specs: &[SettingSpec], (what, file): (&str, File<'_>), mistakes: &mut Mistakes) -> Option<Raw> {
    let Some(spec) = specs.iter().find(|spec| spec.name == entry.key) else {
        section::unknown(entry, what, &specs.iter().map(|spec| spec.name).collect::<Vec<_>>(), mistakes);
        return None;
    };
    if entry.value.is_missing() {
        mistakes.hinted(entry.at, format!("`{}` has no value", spec.name), "give one, or leave the key out");
        return None;
    }
    let raw = file.located(spec, entry, mistakes)?;
    section::setting(spec, raw.clone(), entry, mistakes).map(|_| raw)
}

impl Declared {
    /// Notes what the other crate found, but for what a spoiled value made it find. What a body must look like depends on its type.
    pub(crate) fn note(&self, entry: &Entry, what: &str, wrong: Vec<allswell_probe::Mistake>, mistakes: &mut Mistakes) {
        let is_read = |key: &str| self.typed.iter().any(|(typed, _)| typed == key);
        let is_spoiled = |key: &str| !is_read(key) && self.spoiled.iter().any(|spoiled| spoiled == key);
        for mut mistake in wrong {
            let key = mistake.key.clone().unwrap_or_default();
            if is_spoiled(&key) || (key == "body" && is_spoiled("content_type")) {
                continue;
            }
            // Of several sections that have such a key, this one is meant.
            let named = format!("`{key}` ");
            if let Some(rest) = mistake.message.strip_prefix(&named) {
                mistake.message = format!("`{key}` of {what} {rest}");
            }
            note(entry, &mistake, mistakes);
        }
    }
}

/// A mistake that the other crate found, at the key that it names.
pub(crate) fn note(entry: &Entry, mistake: &allswell_probe::Mistake, mistakes: &mut Mistakes) {
    let node = &entry.value;
    let setting = mistake.key.as_deref().and_then(|key| node.key(key));
    let at = setting.map_or(entry.at, |setting| setting.value.at);
    let hint = mistake.hint.as_deref().map(|hint| node.discreet(hint)).unwrap_or_default();
    mistakes.hinted(at, node.discreet(&mistake.message), hint);
}
