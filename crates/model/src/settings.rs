//! Settings as a protocol declares them, and as they are read from YAML, `--set` or a URL's query.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use crate::quantity;

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingKind {
    /// `true` or `false`
    Bool,
    /// a whole number between these bounds
    Integer(i64, i64),
    /// a duration between these bounds
    Duration(Duration, Duration),
    /// a size in bytes, `10MiB`
    Size,
    /// text
    Text,
    /// text that is never shown
    Secret,
    /// the path of a file, read when the configuration is
    File,
    /// one of these words
    Choice(&'static [&'static str]),
    /// texts by name
    Map,
    /// a list; the protocol reads its items
    List,
}

impl fmt::Display for SettingKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Integer(low, high) => write!(f, "a whole number from {low} to {high}"),
            Self::Duration(low, high) => {
                write!(f, "a duration from {} to {}", quantity::shown_duration(*low), quantity::shown_duration(*high))
            }
            Self::Size => f.write_str("a size such as 10MiB"),
            Self::Text | Self::Secret => f.write_str("text"),
            Self::File => f.write_str("the path of a file"),
            Self::Choice(words) => write!(f, "one of {}", words.join(", ")),
            Self::Map => f.write_str("a map of names to text"),
            Self::List => f.write_str("a list"),
        }
    }
}

/// One declared setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SettingSpec {
    /// snake case
    pub name: &'static str,
    /// What it takes.
    pub kind: SettingKind,
    /// As it would be typed; `None` when unset means something of its own, which `doc` says.
    pub default: Option<&'static str>,
    /// One line of reference.
    pub doc: &'static str,
}

/// A setting as it was typed, whatever the file's format.
#[derive(Debug, Clone, PartialEq)]
pub enum Raw {
    /// One value.
    Scalar(String),
    /// Values in order.
    List(Vec<Raw>),
    /// Values by name, in the order they were typed.
    Map(Vec<(String, Raw)>),
}

impl Raw {
    fn shape(&self) -> &'static str {
        match self {
            Self::Scalar(_) => "a single value",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }
}

/// A setting as it is meant.
#[derive(Debug, Clone, PartialEq)]
pub enum Setting {
    /// of [`SettingKind::Bool`]
    Bool(bool),
    /// of [`SettingKind::Integer`]
    Integer(i64),
    /// of [`SettingKind::Duration`]
    Duration(Duration),
    /// of [`SettingKind::Size`]
    Size(u64),
    /// of `Text`, `Secret`, `File` and `Choice`
    Text(String),
    /// of [`SettingKind::Map`]
    Map(Vec<(String, String)>),
    /// of [`SettingKind::List`]
    List(Vec<Raw>),
}

/// An operator's mistake, with the key it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The setting or key, where it is about one.
    pub key: Option<String>,
    /// One sentence without a full stop.
    pub message: String,
    /// What to do instead.
    pub hint: Option<String>,
}

impl Mistake {
    /// A mistake about one key.
    pub fn of(key: &str, message: impl Into<String>) -> Self {
        Self { key: Some(key.to_owned()), message: message.into(), hint: None }
    }

    /// A mistake about the whole.
    pub fn whole(message: impl Into<String>) -> Self {
        Self { key: None, message: message.into(), hint: None }
    }

    /// The same with a hint.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        match &self.hint {
            Some(hint) => write!(f, ": {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Mistake {}

/// A protocol's settings, checked, with every default filled in.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Settings(BTreeMap<&'static str, Setting>);

impl Settings {
    /// Reads what was typed against what is declared.
    ///
    /// # Errors
    /// Every mistake at once: unknown names, wrong kinds, values out of bounds, names given twice.
    pub fn read(specs: &[SettingSpec], typed: &[(String, Raw)]) -> Result<Self, Vec<Mistake>> {
        let mut settings = Self::default();
        let mut mistakes = Vec::new();
        for spec in specs {
            if let Some(default) = spec.default
                && let Ok(value) = read_one(spec, &Raw::Scalar(default.to_owned()))
            {
                settings.0.insert(spec.name, value);
            }
        }
        let mut seen: Vec<&str> = Vec::new();
        for (name, raw) in typed {
            if seen.contains(&name.as_str()) {
                mistakes.push(Mistake::of(name, format!("`{name}` is given twice")));
                continue;
            }
            seen.push(name);
            match specs.iter().find(|spec| spec.name == name) {
                None => mistakes.push(unknown(name, specs)),
                Some(spec) => match read_one(spec, raw) {
                    Ok(value) => {
                        settings.0.insert(spec.name, value);
                    }
                    Err(mistake) => mistakes.push(mistake),
                },
            }
        }
        if mistakes.is_empty() { Ok(settings) } else { Err(mistakes) }
    }

    /// A truth; false when unset.
    #[must_use]
    pub fn bool(&self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Setting::Bool(true)))
    }

    /// A number, if set.
    #[must_use]
    pub fn integer(&self, name: &str) -> Option<i64> {
        match self.0.get(name) {
            Some(Setting::Integer(n)) => Some(*n),
            _ => None,
        }
    }

    /// A duration, if set.
    #[must_use]
    pub fn duration(&self, name: &str) -> Option<Duration> {
        match self.0.get(name) {
            Some(Setting::Duration(d)) => Some(*d),
            _ => None,
        }
    }

    /// A size in bytes, if set.
    #[must_use]
    pub fn size(&self, name: &str) -> Option<u64> {
        match self.0.get(name) {
            Some(Setting::Size(n)) => Some(*n),
            _ => None,
        }
    }

    /// Text, a secret, a path or a choice, if set.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        match self.0.get(name) {
            Some(Setting::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// Texts by name; empty when unset.
    #[must_use]
    pub fn map(&self, name: &str) -> &[(String, String)] {
        match self.0.get(name) {
            Some(Setting::Map(map)) => map,
            _ => &[],
        }
    }

    /// The items of a list; empty when unset.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Raw] {
        match self.0.get(name) {
            Some(Setting::List(items)) => items,
            _ => &[],
        }
    }
}

fn unknown(name: &str, specs: &[SettingSpec]) -> Mistake {
    let mistake = Mistake::of(name, format!("`{name}` is not a setting here"));
    match nearest(name, specs.iter().map(|spec| spec.name)) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => mistake.hint(format!("known are {}", specs.iter().map(|spec| spec.name).collect::<Vec<_>>().join(", "))),
    }
}

/// The known word that was most likely meant, when one is near enough.
pub fn nearest<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    known
        .map(|candidate| (strsim::osa_distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().max(3) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

fn read_one(spec: &SettingSpec, raw: &Raw) -> Result<Setting, Mistake> {
    let wrong = |why: String| Mistake::of(spec.name, format!("`{}` takes {}, {why}", spec.name, spec.kind));
    let text = match (spec.kind, raw) {
        (SettingKind::Map, Raw::Map(items)) => return read_map(spec, items),
        (SettingKind::List, Raw::List(items)) => return Ok(Setting::List(items.clone())),
        // `--set header="A: b"` has no other way to give a map of one.
        (SettingKind::Map, Raw::Scalar(text)) => return read_pair(text).ok_or_else(|| wrong(format!("not `{text}`"))),
        (SettingKind::List, Raw::Scalar(_)) => return Ok(Setting::List(vec![raw.clone()])),
        (_, Raw::Scalar(text)) => text,
        (_, other) => return Err(wrong(format!("not {}", other.shape()))),
    };
    let not = || wrong(format!("not `{text}`"));
    match spec.kind {
        SettingKind::Bool => match text.as_str() {
            "true" => Ok(Setting::Bool(true)),
            "false" => Ok(Setting::Bool(false)),
            _ => Err(not()),
        },
        SettingKind::Integer(low, high) => text.parse().ok().filter(|n| (low..=high).contains(n)).map(Setting::Integer).ok_or_else(not),
        SettingKind::Duration(low, high) => {
            let read = quantity::duration_within(text, (low, high)).map(Setting::Duration);
            read.map_err(|why| why.map_or_else(not, |why| wrong(format!("but {why}"))))
        }
        SettingKind::Size => quantity::size(text).map(Setting::Size).map_err(|why| wrong(format!("but {why}"))),
        SettingKind::Choice(words) if !words.contains(&text.as_str()) => {
            let mistake = not();
            Err(match nearest(text, words.iter().copied()) {
                Some(near) => mistake.hint(format!("did you mean `{near}`?")),
                None => mistake,
            })
        }
        _ => Ok(Setting::Text(text.clone())),
    }
}

fn read_map(spec: &SettingSpec, items: &[(String, Raw)]) -> Result<Setting, Mistake> {
    items
        .iter()
        .map(|(name, raw)| match raw {
            Raw::Scalar(text) => Ok((name.clone(), text.clone())),
            other => Err(Mistake::of(spec.name, format!("`{}.{name}` takes text, not {}", spec.name, other.shape()))),
        })
        .collect::<Result<_, _>>()
        .map(Setting::Map)
}

fn read_pair(text: &str) -> Option<Setting> {
    let (name, value) = text.split_once([':', '='])?;
    Some(Setting::Map(vec![(name.trim().to_owned(), value.trim().to_owned())]))
}

#[cfg(test)]
mod tests;
