//! A map read against settings that another crate declares: those of a channel, those of the heartbeat.

use allswell_probe::{Raw, SettingSpec};

use super::layer::File;
use super::mistake::Mistakes;
use super::section;
use super::tree::Entry;

/// What was typed; `None` where some of it cannot be read.
pub(crate) fn typed(
    entries: &[&Entry],
    specs: &[SettingSpec],
    (what, file): (&str, File<'_>),
    mistakes: &mut Mistakes,
) -> Option<Vec<(String, Raw)>> {
    let mut typed = Some(Vec::new());
    for entry in entries {
        match one(entry, specs, (what, file), mistakes) {
            Some(raw) => typed.as_mut().into_iter().for_each(|typed| typed.push((entry.key.clone(), raw.clone()))),
            None => typed = None,
        }
    }
    typed
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

/// A mistake that the other crate found, at the key that it names.
pub(crate) fn note(entry: &Entry, mistake: &allswell_probe::Mistake, mistakes: &mut Mistakes) {
    let node = &entry.value;
    let setting = mistake.key.as_deref().and_then(|key| node.key(key));
    let at = setting.map_or(entry.at, |setting| setting.value.at);
    let hint = mistake.hint.as_deref().map(|hint| node.discreet(hint)).unwrap_or_default();
    mistakes.hinted(at, node.discreet(&mistake.message), hint);
}
