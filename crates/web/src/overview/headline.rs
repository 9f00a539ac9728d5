//! The sentence over everything: how many are how, and how fresh that is.

use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::Timestamp;

use crate::facts::Facts;
use crate::filter::Filter;
use crate::look::{Counts, Look};
use crate::text;

/// The newest result may be this old before the headline is called stale, whatever the targets' intervals.
const PATIENCE: Duration = Duration::from_secs(5);

/// Gathers the headline while the rows go by.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: Counts,
    unknown_for: BTreeSet<String>,
    newest: Option<Timestamp>,
    stale_after: Option<Duration>,
}

/// The headline, ready to be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Headline {
    /// The counts, the worst first.
    pub(crate) parts: Vec<Part>,
    /// How many look how.
    pub(crate) counts: Counts,
    /// When the newest result ended.
    pub(crate) newest: Option<Timestamp>,
    /// How long ago that is.
    pub(crate) age: Option<Duration>,
    /// Whether that is too long for any of it to be believed.
    pub(crate) stale: bool,
}

/// `4 unknown (resolver 10.0.0.2)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Part {
    /// How they look.
    pub(crate) look: Look,
    /// How many.
    pub(crate) count: String,
    /// What they have in common.
    pub(crate) because: Option<String>,
    /// The page that shows them.
    pub(crate) href: String,
}

impl Tally {
    /// Counts one target.
    pub(crate) fn add(&mut self, facts: &Facts<'_>) {
        self.counts.add(facts.look);
        if facts.look == Look::Unknown && self.unknown_for.len() < 2 {
            self.unknown_for.insert(because(facts));
        }
        if let Some(last) = facts.last {
            self.newest = self.newest.max(Some(last.started + last.duration));
        }
        if facts.look != Look::Paused {
            let stale_after = facts.target.policy.stale_after();
            self.stale_after = Some(self.stale_after.map_or(stale_after, |known| known.min(stale_after)));
        }
    }

    /// The headline at this time.
    pub(crate) fn headline(self, now: Timestamp) -> Headline {
        let age = self.newest.map(|newest| now.since(newest));
        let patience = self.stale_after.map(|after| after.max(PATIENCE));
        let stale = age.zip(patience).is_some_and(|(age, patience)| age > patience);
        let mut unknown_for = self.unknown_for.into_iter();
        let common = unknown_for.next().filter(|_| unknown_for.next().is_none());
        let part = |(look, n)| Part {
            look,
            count: text::count(n),
            because: common.clone().filter(|_| look == Look::Unknown),
            href: Filter::of_look(look).href(),
        };
        Headline { parts: self.counts.present().map(part).collect(), counts: self.counts, newest: self.newest, age, stale }
    }
}

/// What an unknown target waits for, in the fewest words: `resolver 10.0.0.2`, `no descriptors`, `stale`.
fn because(facts: &Facts<'_>) -> String {
    if facts.last.is_none() {
        return "no result yet".to_owned();
    }
    if facts.is_stale() {
        return "stale".to_owned();
    }
    let why = facts.why();
    match (why.cause, why.said_by) {
        (Some(cause), Some(by)) if cause.starts_with("resolver") => format!("resolver {by}"),
        (Some(cause), _) => cause.replace('_', " "),
        (None, _) => "too few results".to_owned(),
    }
}

impl Headline {
    /// The sentence without its age: `3 down, 9,992 up`.
    pub(crate) fn sentence(&self) -> String {
        if self.parts.is_empty() {
            return "Nothing is watched yet".to_owned();
        }
        self.parts.iter().map(Part::text).collect::<Vec<_>>().join(", ")
    }

    /// What stands in the tab: `3 down, 1 degraded`, or `9,992 up`.
    pub(crate) fn short(&self) -> String {
        let worst: Vec<_> = self.parts.iter().filter(|part| part.look.is_problem()).map(Part::plain).collect();
        if worst.is_empty() { self.parts.first().map_or_else(|| self.sentence(), Part::plain) } else { worst.join(", ") }
    }

    /// `0.4 s`
    pub(crate) fn age_text(&self) -> Option<String> {
        self.age.map(text::age)
    }

    /// The worst look of all.
    pub(crate) fn worst(&self) -> Look {
        self.counts.worst()
    }

    /// How many look the worst.
    pub(crate) fn worst_count(&self) -> usize {
        self.counts.of(self.worst())
    }

    /// The icon's address: the worst status and how many are so.
    pub(crate) fn icon(&self) -> String {
        format!("/icon.svg?status={}&count={}", self.worst().code(), self.worst_count())
    }
}

impl Part {
    fn plain(&self) -> String {
        format!("{} {}", self.count, self.look.word())
    }

    fn text(&self) -> String {
        match &self.because {
            Some(because) => format!("{} ({because})", self.plain()),
            None => self.plain(),
        }
    }
}

#[cfg(test)]
mod tests;
