//! The command line that repeats a target's probe by hand: what was asked for, without what is secret.

use std::time::Duration;

use allswell_model::Target;
use allswell_probe::{Declaration, NETWORK_SETTINGS, Raw, SettingKind, shown_duration};

use crate::plan::Wanted;

/// What `check` takes for the timeout by itself.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Stands for what must not be shown.
const HIDDEN: &str = "***";

/// Headers and steps whose names contain one of these hold secrets, whatever the setting is.
const TELLTALE: &[&str] = &["auth", "cookie", "token", "key", "secret", "password"];

/// `allswell check --set method=POST --expect 'status == 200' https://api.example.com/health`
///
/// Warnings are left out: `check` knows none.
pub(crate) fn command(target: &Target, wanted: &Wanted, protocol: &Declaration) -> String {
    let mut words = vec!["allswell check".to_owned()];
    if target.policy.timeout != TIMEOUT {
        words.push(format!("--timeout {}", shown_duration(target.policy.timeout)));
    }
    let specs = || protocol.settings.iter().chain(NETWORK_SETTINGS);
    for (name, raw) in wanted.settings.iter().chain(&wanted.network) {
        let Some(spec) = specs().find(|spec| spec.name == name) else { continue };
        words.extend(values(spec.kind, shown(wanted, name).unwrap_or(raw)).iter().map(|value| format!("--set {name}={}", quoted(value))));
    }
    words.extend(wanted.expect.iter().map(|source| format!("--expect {}", quoted(source))));
    words.push(quoted(&target.url));
    words.join(" ")
}

/// What stands for this, where it is not shown as it is.
fn shown<'a>(wanted: &'a Wanted, name: &str) -> Option<&'a Raw> {
    wanted.shown.iter().find(|(known, _)| known == name).map(|(_, shown)| shown)
}

/// What is given to `--set`, once for each: a map one by one where its names allow, a list as it stands in the configuration.
fn values(kind: SettingKind, raw: &Raw) -> Vec<String> {
    match (kind, raw) {
        (SettingKind::Secret, _) => vec![HIDDEN.to_owned()],
        (SettingKind::List, Raw::Scalar(_)) => vec![flow(&Raw::List(vec![raw.clone()]))],
        (_, Raw::Scalar(text)) => vec![text.clone()],
        (_, Raw::Map(entries)) => pairs(entries).unwrap_or_else(|| vec![flow(raw)]),
        (_, Raw::List(_)) => vec![flow(raw)],
    }
}

/// `Name: value` each; `None` where one of them would be read as something else.
fn pairs(entries: &[(String, Raw)]) -> Option<Vec<String>> {
    let plain = |text: &str| text.trim() == text;
    let pair = |(name, raw): &(String, Raw)| match raw {
        Raw::Scalar(text) if plain(name) && plain(text) && !name.is_empty() && !name.contains([':', '=', '{']) => {
            Some(format!("{name}: {}", discreet(name, text)))
        }
        _ => None,
    };
    Some(entries.iter().map(pair).collect::<Option<Vec<_>>>()?).filter(|pairs| !pairs.is_empty())
}

/// In YAML's short form, on one line.
fn flow(raw: &Raw) -> String {
    match raw {
        Raw::Scalar(text) => word(text),
        Raw::List(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Raw::Map(entries) => {
            let entry = |(name, raw): &(String, Raw)| match raw {
                Raw::Scalar(text) => format!("{}: {}", word(name), word(discreet(name, text))),
                other => format!("{}: {}", word(name), flow(other)),
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A text that YAML reads as itself.
fn word(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic()) && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if plain && text != "null" {
        return text.to_owned();
    }
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => out.push_str(&format!("\\x{:02X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Whether the name of a header or of a step tells that it holds a secret.
#[must_use]
pub fn tells_of_a_secret(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    TELLTALE.iter().any(|telltale| name.contains(telltale))
}

/// The text, unless its name tells that it is secret. A placeholder is none.
fn discreet<'a>(name: &str, text: &'a str) -> &'a str {
    if tells_of_a_secret(name) && !text.contains("${") { HIDDEN } else { text }
}

/// As a POSIX shell takes it for one word, whatever it holds.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
