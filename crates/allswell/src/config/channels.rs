//! `channels`: ways to send alerts. What each kind takes is declared in `notify`, one file a kind.

use allswell_model::ChannelName;
use allswell_notify::{CHANNELS, Channels, Declaration, kind_of};
use allswell_probe::{SettingKind, SettingSpec};

use super::declared;
use super::layer::File;
use super::mistake::Mistakes;
use super::section;
use super::tree::{Entry, Shape};

/// The kinds of channels.
pub(crate) fn kinds() -> impl Iterator<Item = &'static Declaration> {
    CHANNELS.iter().map(|kind| kind.declaration())
}

/// Whether a key of a channel holds a secret, whatever the channel's kind.
pub(crate) fn is_secret(key: &str) -> bool {
    let declared = |kind: &Declaration| kind.settings.iter().any(|spec| spec.name == key && spec.kind == SettingKind::Secret);
    kinds().any(|kind| kind.secret.contains(&key) || declared(kind))
}

/// Reads one channel into those of all files.
pub(crate) fn read(entry: &Entry, file: File<'_>, channels: &mut Channels, mistakes: &mut Mistakes) {
    let what = format!("channel `{}`", entry.key);
    let name = ChannelName::new(&entry.key).map_err(|why| mistakes.add(entry.at, why.to_string()));
    let entries = section::map(&entry.value, &what, mistakes);
    let kind = kind(entry, &what, mistakes);
    // Of a channel whose kind is not known, the settings of all kinds are.
    let every: Vec<SettingSpec> =
        kind.map_or_else(|| kinds().flat_map(|kind| kind.settings).copied().collect(), |kind| kind.settings.to_vec());
    let settings: Vec<&Entry> = entries.iter().filter(|setting| setting.key != "type").collect();
    let read = declared::typed(&settings, &every, (&what, file), mistakes);
    let Some(kind) = kind else { return };
    let inserted = match name {
        Ok(name) => channels.insert(name, kind.name, &read.typed),
        // What it is called is no matter for what else is wrong with it.
        Err(()) => ChannelName::new("x").map_or(Ok(()), |name| Channels::default().insert(name, kind.name, &read.typed)),
    };
    read.note(entry, &what, inserted.err().unwrap_or_default(), mistakes);
}

fn kind(entry: &Entry, what: &str, mistakes: &mut Mistakes) -> Option<&'static Declaration> {
    let listed = || kinds().map(|kind| kind.name).collect::<Vec<_>>().join(", ");
    let Some(written) = entry.value.key("type").filter(|written| !written.value.is_missing()) else {
        if matches!(entry.value.shape, Shape::Map(_)) || entry.value.is_missing() {
            mistakes.hinted(entry.at, format!("{what} has no `type`"), format!("one of {}", listed()));
        }
        return None;
    };
    let Shape::Text(text) = &written.value.shape else {
        mistakes.add(written.value.at, format!("`type` takes one of {}, not {}", listed(), written.value.described()));
        return None;
    };
    kind_of(&text.text).map(|kind| kind.declaration()).map_err(|wrong| declared::note(entry, &wrong, mistakes)).ok()
}
