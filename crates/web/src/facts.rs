//! What the pages know of one target, borrowed from the store's board: the one place that knows the board's shape.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{Mark, ProbeResult, Target, Timestamp};
use allswell_store::{Look as Glimpse, Recent, Row};

use crate::look::Look;
use crate::text;

/// One target as it stands.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'a> {
    /// Which.
    pub(crate) target: &'a Target,
    /// How it looks.
    pub(crate) look: Look,
    /// Since when.
    pub(crate) since: Timestamp,
    /// What else is true of it.
    pub(crate) marks: &'a BTreeSet<Mark>,
    /// Its newest result.
    pub(crate) last: Option<&'a ProbeResult>,
    /// Its last results at a glance.
    pub(crate) recent: Option<&'a Recent>,
}

/// One bar of a sparkline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Turn {
    /// When the probe began.
    pub(crate) at: Timestamp,
    /// What came of it.
    pub(crate) came: Came,
    /// How long it took.
    pub(crate) rtt: Option<Duration>,
}

/// What came of one turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Came {
    /// It answered as expected.
    Up,
    /// It answered, with a warning.
    Warned,
    /// It failed.
    Down,
    /// We failed.
    Unknown,
}

impl<'a> Facts<'a> {
    /// What the board says of a target.
    pub(crate) fn of(row: &'a Row) -> Self {
        Self {
            target: &row.target,
            look: Look::of(row.status, &row.marks),
            since: row.since,
            marks: &row.marks,
            last: row.last.as_deref(),
            recent: Some(&row.recent),
        }
    }

    /// Its last turns, the oldest first. The board keeps no times for them: they are set back from the newest by the
    /// target's interval.
    pub(crate) fn turns(&self) -> impl Iterator<Item = Turn> {
        let glances: Vec<_> = self.recent.into_iter().flat_map(Recent::iter).collect();
        let newest = self.last.map_or(self.since, |last| last.started);
        let every = self.target.policy.every;
        let count = glances.len();
        glances.into_iter().enumerate().map(move |(place, glance)| {
            let back = u32::try_from(count - 1 - place).unwrap_or(u32::MAX);
            Turn { at: newest - every * back, came: Came::of(glance.look), rtt: glance.rtt() }
        })
    }

    /// The sentence that says why it looks so.
    pub(crate) fn reason(&self) -> Cow<'a, str> {
        let Some(last) = self.last else { return Cow::Borrowed("No result yet.") };
        let said = &last.reason;
        match self.look {
            Look::NotWatched => Cow::Owned(format!("Never answered so far. {said}")),
            Look::Unknown if self.is_stale() => Cow::Owned(format!("Nothing heard since {}. Before: {said}", text::utc(last.started))),
            Look::Unknown | Look::Down if last.outcome.is_up() => Cow::Owned(format!("The last probe was up again: {said}")),
            Look::Degraded => Cow::Borrowed(last.degraded.as_ref().map_or(said, |warned| &warned.reason)),
            _ => Cow::Borrowed(said),
        }
    }

    /// Whether nothing was heard for longer than the target's policy allows.
    pub(crate) fn is_stale(&self) -> bool {
        self.marks.contains(&Mark::Stale)
    }

    /// The marks that a row shows; a look says the third one already.
    pub(crate) fn shown_marks(&self) -> Vec<&'static str> {
        let shown = [(Mark::Suspect, "suspect"), (Mark::Stale, "stale")];
        shown.into_iter().filter(|(mark, _)| self.marks.contains(mark)).map(|(_, word)| word).collect()
    }
}

impl Came {
    fn of(glimpse: Glimpse) -> Self {
        match glimpse {
            Glimpse::Up => Self::Up,
            Glimpse::Degraded => Self::Warned,
            Glimpse::Down => Self::Down,
            Glimpse::Unknown => Self::Unknown,
        }
    }
}
