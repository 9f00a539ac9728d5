//! Protocols as text for a terminal.

use allswell_model::{COMMON_FIELDS, Field, Keep};
use allswell_probe::{Declaration, NETWORK_SETTINGS, SettingSpec};

/// The protocols, and what all of them share.
pub(crate) fn list(declarations: &[&'static Declaration]) -> String {
    let mut text: String = declarations.iter().map(|declaration| one(declaration)).collect();
    text.push_str("every protocol\n");
    text.push_str(&table("settings", NETWORK_SETTINGS.iter().map(setting)));
    text.push_str(&table("fields", COMMON_FIELDS.iter().map(field)));
    text
}

fn one(declaration: &Declaration) -> String {
    let schemes: Vec<String> = declaration.schemes.iter().map(|scheme| format!("{}://", scheme.name)).collect();
    let mut text = format!("{} ({}): {}\n", declaration.name, schemes.join(", "), declaration.doc);
    text.push_str(&format!("  example   allswell check {}\n", declaration.example));
    text.push_str(&table("settings", declaration.settings.iter().map(setting)));
    text.push_str(&table("fields", declaration.fields.iter().map(field)));
    let defaults = declaration.defaults.iter();
    text.push_str(&table(
        "expects",
        defaults.map(|one| (one.source.to_owned(), format!("unless an expectation names `{}`", one.unless_named.join("` or `")))),
    ));
    text.push_str(&table("words", declaration.words.iter().map(|(word, doc)| ((*word).to_owned(), (*doc).to_owned()))));
    text.push('\n');
    text
}

fn setting(spec: &SettingSpec) -> (String, String) {
    let default = spec.default.map(|default| format!("; unset: {default}")).unwrap_or_default();
    (spec.name.to_owned(), format!("{} ({}{default})", spec.doc, spec.kind))
}

fn field(field: &Field) -> (String, String) {
    let only = if field.keep == Keep::Transient { ", for expectations only" } else { "" };
    (field.name.to_owned(), format!("{} ({}{only})", field.doc, field.kind))
}

/// Names in a column, what they mean in the next; nothing where there are none.
fn table(title: &str, rows: impl Iterator<Item = (String, String)>) -> String {
    let rows: Vec<(String, String)> = rows.collect();
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let lines = rows.iter().map(|(name, doc)| format!("    {name:width$}  {doc}\n"));
    if rows.is_empty() { String::new() } else { format!("  {title}\n{}", lines.collect::<String>()) }
}
