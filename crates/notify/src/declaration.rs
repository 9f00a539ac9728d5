//! What is known of a kind of channel without using it: the configuration's reader and the reference are loops over this.

use allswell_model::settings::{Raw, SettingSpec};

/// All that is known of a kind of channel.
#[derive(Debug)]
pub struct Declaration {
    /// Lower case; what `type` names in the configuration.
    pub name: &'static str,
    /// One line of reference.
    pub doc: &'static str,
    /// What else is to be known of it, for the reference: whole sentences, a paragraph each.
    pub notes: &'static [&'static str],
    /// Its settings, besides `type`.
    pub settings: &'static [SettingSpec],
    /// Those whose values are never shown.
    pub secret: &'static [&'static str],
    /// Ready-made ones, which the tests use.
    pub examples: &'static [Example],
}

/// A channel as somebody would write it down.
#[derive(Debug)]
pub struct Example {
    /// What it talks to.
    pub title: &'static str,
    /// The name of the channel.
    pub channel: &'static str,
    /// Its settings, besides `type`.
    pub settings: &'static [(&'static str, Shown)],
}

/// A setting as it is shown in an example.
#[derive(Debug, Clone, Copy)]
pub enum Shown {
    /// One value; several lines are shown as a block.
    Text(&'static str),
    /// Values in order.
    List(&'static [&'static str]),
    /// Values by name.
    Map(&'static [(&'static str, &'static str)]),
}

impl Example {
    /// The settings as if they were typed.
    #[must_use]
    pub fn typed(&self) -> Vec<(String, Raw)> {
        self.settings.iter().map(|(name, shown)| ((*name).to_owned(), shown.raw())).collect()
    }

    /// The whole as YAML, below the key `channels`.
    #[must_use]
    pub fn yaml(&self, kind: &str) -> String {
        let settings: String = self.settings.iter().map(|(name, shown)| format!("    {name}: {}\n", shown.yaml())).collect();
        format!("channels:\n  {}:\n    type: {kind}\n{settings}", self.channel)
    }
}

impl Shown {
    fn raw(self) -> Raw {
        let scalar = |text: &&str| Raw::Scalar((*text).to_owned());
        match self {
            Self::Text(text) => scalar(&text),
            Self::List(items) => Raw::List(items.iter().map(scalar).collect()),
            Self::Map(items) => Raw::Map(items.iter().map(|(name, text)| ((*name).to_owned(), scalar(text))).collect()),
        }
    }

    fn yaml(self) -> String {
        match self {
            Self::Text(text) if text.contains('\n') => {
                let lines: String = text.lines().map(|line| format!("\n      {line}")).collect();
                format!("|{lines}")
            }
            Self::Text(text) => quoted(text),
            Self::List(items) => format!("[{}]", items.iter().map(|item| quoted(item)).collect::<Vec<_>>().join(", ")),
            Self::Map(items) => {
                let pairs: Vec<String> = items.iter().map(|(name, text)| format!("{name}: {}", quoted(text))).collect();
                format!("{{ {} }}", pairs.join(", "))
            }
        }
    }
}

/// As YAML takes it for text whatever it holds; our examples need no escapes beyond JSON's.
fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/.-_:+".contains(c);
    let is_plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') && text.chars().all(plain) && !text.ends_with(':');
    if is_plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}

#[cfg(test)]
mod tests;
