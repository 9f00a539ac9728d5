//! One target on one line, as the overview shows it.

use allswell_model::{Target, Timestamp};

use crate::facts::Facts;
use crate::link_page;
use crate::look::Look;
use crate::moment::Moment;
use crate::percent;
use crate::spark::{self, Spark};
use crate::text;

/// One target on one line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// Its id: the key by which the browser finds the line again.
    pub(crate) key: String,
    /// Its page.
    pub(crate) href: String,
    /// How it looks.
    pub(crate) look: Look,
    /// What it is called within its group.
    pub(crate) name: String,
    /// Its group; may be empty.
    pub(crate) group: String,
    /// Why it looks so.
    pub(crate) reason: String,
    /// Since when.
    pub(crate) since: Moment,
    /// What else is true of it.
    pub(crate) marks: Vec<&'static str>,
    /// The newest round trip.
    pub(crate) rtt: Option<String>,
    /// Its last turns.
    pub(crate) spark: Option<Spark>,
}

impl Row {
    /// The line of a target, without its bars.
    pub(crate) fn of(facts: &Facts<'_>, now: Timestamp) -> Self {
        let target = facts.target;
        Self {
            key: target.id.to_string(),
            href: page(target),
            look: facts.look,
            name: target.name.name.to_string(),
            group: target.name.group.to_string(),
            reason: facts.reason().into_owned(),
            since: Moment::of(facts.since, now),
            marks: facts.shown_marks(),
            rtt: facts.last.and_then(|last| last.rtt).map(text::took),
            spark: None,
        }
    }

    /// The line of a target with its bars.
    pub(crate) fn with_bars(facts: &Facts<'_>, now: Timestamp) -> Self {
        let spark = spark::draw(facts.turns(), facts.target.policy.every, now);
        Self { spark: Some(spark), ..Self::of(facts, now) }
    }
}

/// The page of a target. One that stands for a link is told best by the link's own page, which leads on to its history.
fn page(target: &Target) -> String {
    let is_link = matches!(target.protocol, "link" | "bfd") && *target.name.group == *link_page::GROUP;
    if is_link { percent::link_path(&target.name.name) } else { percent::target_path(target.id.as_str()) }
}
