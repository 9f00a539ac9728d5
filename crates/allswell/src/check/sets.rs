//! `--set KEY=VALUE`: which targets a setting is for, and how its value is read.

use allswell_probe::{Declaration, NETWORK_SETTINGS, PROTOCOLS, Raw, SettingKind, SettingSpec, nearest};

use crate::config;

/// The settings as they were typed.
#[derive(Debug, Default)]
pub(crate) struct Sets<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Sets<'a> {
    pub(crate) fn read(typed: &'a [String], mistakes: &mut Vec<String>) -> Self {
        let mut sets = Vec::new();
        for one in typed {
            match one.split_once('=') {
                Some((key, value)) if !key.trim().is_empty() => sets.push((key.trim(), value)),
                _ => mistakes.push(format!("--set takes KEY=VALUE, not `{one}`: such as --set hold=50ms")),
            }
        }
        Self(sets)
    }

    /// Notes the settings that neither the network nor any of these protocols knows.
    pub(crate) fn note_unknown(&self, protocols: &[&'static Declaration], mistakes: &mut Vec<String>) {
        let known: Vec<&str> =
            protocols.iter().flat_map(|protocol| protocol.settings).chain(NETWORK_SETTINGS).map(|spec| spec.name).collect();
        for (key, _) in self.0.iter().filter(|(key, _)| !known.contains(key)) {
            let owner =
                PROTOCOLS.iter().map(|protocol| protocol.declaration()).find(|one| one.settings.iter().any(|spec| spec.name == *key));
            mistakes.push(match (nearest(key, known.iter().copied()), owner) {
                (_, Some(owner)) => format!("--set: `{key}` is a setting of {}, and none of these targets is of that protocol", owner.name),
                (Some(near), None) => format!("--set: no setting is called `{key}` here: did you mean `{near}`?"),
                (None, None) => format!("--set: no setting is called `{key}` here: known are {}", known.join(", ")),
            });
        }
    }

    /// Those that are declared here.
    pub(crate) fn of(&self, specs: &[SettingSpec]) -> Vec<(String, Raw)> {
        let mut settings: Vec<(String, Raw)> = Vec::new();
        for (key, value) in &self.0 {
            let Some(spec) = specs.iter().find(|spec| spec.name == *key) else { continue };
            let raw = raw(spec.kind, value);
            let earlier = settings.iter_mut().find(|(name, _)| name == key).map(|(_, raw)| raw);
            match (earlier, raw) {
                // `--set headers="A: b" --set headers="C: d"`
                (Some(Raw::Map(all)), Raw::Map(more)) => all.extend(more),
                (Some(Raw::List(all)), Raw::List(more)) => all.extend(more),
                (_, raw) => settings.push(((*key).to_owned(), raw)),
            }
        }
        settings
    }

    pub(crate) fn of_network(&self) -> Vec<(String, Raw)> {
        self.of(NETWORK_SETTINGS)
    }
}

/// Lists and maps as in the configuration, `[...]` and `{...}`; one item of them also by itself.
fn raw(kind: SettingKind, value: &str) -> Raw {
    let typed = || Raw::Scalar(value.to_owned());
    match kind {
        SettingKind::Map if value.trim_start().starts_with('{') => config::inline(value).unwrap_or_else(typed),
        SettingKind::Map => match value.split_once([':', '=']) {
            Some((name, value)) => Raw::Map(vec![(name.trim().to_owned(), Raw::Scalar(value.trim().to_owned()))]),
            None => typed(),
        },
        SettingKind::List if value.trim_start().starts_with('[') => config::inline(value).unwrap_or_else(typed),
        SettingKind::List => Raw::List(vec![config::inline(value).filter(|raw| matches!(raw, Raw::Map(_))).unwrap_or_else(typed)]),
        _ => typed(),
    }
}

#[cfg(test)]
mod tests;
