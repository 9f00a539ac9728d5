//! One line of a timeline, as it travels from the process that saw it to the one that shows it.

use crate::care::Care;

/// Who saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Client,
    Server,
    /// Nobody: it was done by the scene.
    Scene,
}

impl Who {
    pub(crate) const ALL: [Self; 3] = [Self::Client, Self::Server, Self::Scene];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
            Self::Scene => "scene",
        }
    }
}

/// What was seen or done.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// Milliseconds since the fault; negative before it.
    pub(crate) at_ms: i64,
    /// On which connection; `None` for what is done to all.
    pub(crate) care: Option<Care>,
    pub(crate) who: Who,
    /// A state's name, or one of the words below.
    pub(crate) kind: String,
    pub(crate) text: String,
}

/// A deed, or a remark that is no state.
pub(crate) const DEED: &str = "deed";
/// Another keepalive probe stayed unanswered.
pub(crate) const PROBE: &str = "probe";
/// What is so when the watching ends.
pub(crate) const LAST: &str = "last";

impl Record {
    pub(crate) fn to_line(&self) -> String {
        let care = self.care.map_or_else(String::new, |care| care.to_string());
        format!("{}\t{care}\t{}\t{}\t{}", self.at_ms, self.who.word(), self.kind, self.text)
    }

    pub(crate) fn of(line: &str) -> Option<Self> {
        let mut fields = line.splitn(5, '\t');
        Some(Self {
            at_ms: fields.next()?.parse().ok()?,
            care: Care::of(fields.next()?),
            who: fields.next().and_then(|word| Who::ALL.into_iter().find(|who| who.word() == word))?,
            kind: fields.next()?.to_owned(),
            text: fields.next()?.to_owned(),
        })
    }
}
