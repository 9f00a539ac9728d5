//! One thing that was found: how grave it is, what it is, and what to do about it.

use serde_json::{Map, Value};

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// As it should be.
    Ok,
    /// Worth knowing; nothing is in the way.
    Note,
    /// In the way: something that was asked for cannot work, or will be told as unknown.
    Trouble,
}

impl Level {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Note => "note",
            Self::Trouble => "trouble",
        }
    }
}

/// Where a remedy is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Where {
    /// A command, as root.
    Root,
    /// A command of this user.
    User,
    /// A line of the service's unit, under `[Service]`.
    Systemd,
    /// A part of a Kubernetes manifest.
    Kubernetes,
    /// A part of the configuration.
    Configuration,
}

impl Where {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Root => "as root",
            Self::User => "run",
            Self::Systemd => "systemd",
            Self::Kubernetes => "kubernetes",
            Self::Configuration => "allswell.yaml",
        }
    }
}

/// What to do, to be copied as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remedy {
    pub(crate) place: Where,
    pub(crate) text: String,
}

/// One line of the report.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Finding {
    /// What it is about, in one word.
    pub(crate) topic: &'static str,
    pub(crate) level: Level,
    /// One sentence or two.
    pub(crate) says: String,
    pub(crate) remedies: Vec<Remedy>,
    /// The figures in it, for machines; units are last in the names.
    pub(crate) figures: Map<String, Value>,
}

impl Finding {
    fn new(topic: &'static str, level: Level, says: impl Into<String>) -> Self {
        Self { topic, level, says: says.into(), remedies: Vec::new(), figures: Map::new() }
    }

    pub(crate) fn ok(topic: &'static str, says: impl Into<String>) -> Self {
        Self::new(topic, Level::Ok, says)
    }

    pub(crate) fn note(topic: &'static str, says: impl Into<String>) -> Self {
        Self::new(topic, Level::Note, says)
    }

    pub(crate) fn trouble(topic: &'static str, says: impl Into<String>) -> Self {
        Self::new(topic, Level::Trouble, says)
    }

    /// With one thing more that can be done.
    pub(crate) fn remedy(mut self, place: Where, text: impl Into<String>) -> Self {
        self.remedies.push(Remedy { place, text: text.into() });
        self
    }

    /// With a figure.
    pub(crate) fn figure(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.figures.insert(name.to_owned(), value.into());
        self
    }
}
