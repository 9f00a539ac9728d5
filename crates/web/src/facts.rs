//! What the pages know of one target, borrowed from the store's board: the one place that knows the board's shape.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::time::Duration;

use allswell_model::{IncidentId, Mark, Outcome, ProbeResult, Stage, Target, Timestamp, Transition};
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
    /// The incident that it is in.
    pub(crate) incident: Option<IncidentId>,
    /// What decided its status.
    pub(crate) decided: Option<&'a Transition>,
    /// Its newest result.
    pub(crate) last: Option<&'a ProbeResult>,
    /// Its last results at a glance.
    pub(crate) recent: Option<&'a Recent>,
}

/// Where, why and by whose word it looks as it does; all empty when it looks well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Why<'a> {
    /// Where in the probe.
    pub(crate) stage: Option<&'a str>,
    /// The contract's word.
    pub(crate) cause: Option<&'a str>,
    /// The warning's sentence, of what is degraded.
    pub(crate) warning: Option<&'a str>,
    /// Who said so.
    pub(crate) said_by: Option<&'a str>,
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
            incident: row.incident,
            decided: row.decided.as_deref().filter(|decided| decided.to == row.status),
            last: row.last.as_deref(),
            recent: Some(&row.recent),
        }
    }

    /// Its last turns, the oldest first.
    pub(crate) fn turns(&self) -> impl Iterator<Item = Turn> {
        let glances = self.recent.into_iter().flat_map(Recent::iter);
        glances.map(|glance| Turn { at: glance.at, came: Came::of(glance.look), rtt: glance.rtt() })
    }

    /// The sentence that says why it looks so.
    pub(crate) fn reason(&self) -> Cow<'a, str> {
        let Some(last) = self.last else { return Cow::Borrowed("No result yet.") };
        let said = &last.reason;
        match (self.look, self.overruled()) {
            (Look::NotWatched, _) => Cow::Owned(format!("Never answered so far. {said}")),
            (Look::Unknown, _) if self.is_stale() => Cow::Owned(format!("Nothing heard since {}. Before: {said}", text::utc(last.started))),
            (_, Some(decided)) if last.outcome.is_up() => Cow::Owned(format!("{} The last probe was up again.", decided.reason)),
            (_, Some(decided)) => Cow::Owned(format!("{} Since then: {said}", decided.reason)),
            (Look::Unknown | Look::Down, None) if last.outcome.is_up() => Cow::Owned(format!("The last probe was up again: {said}")),
            (Look::Degraded, None) => Cow::Borrowed(last.degraded.as_ref().map_or(said, |warned| &warned.reason)),
            (_, None) => Cow::Borrowed(said),
        }
    }

    /// Where, why and by whose word it looks so: as the last result says, unless that says otherwise by now.
    pub(crate) fn why(&self) -> Why<'a> {
        match (self.overruled(), self.last) {
            (Some(decided), _) => Why {
                stage: decided.stage.as_deref(),
                cause: decided.cause.as_deref(),
                warning: (self.look == Look::Degraded).then_some(&decided.reason),
                said_by: decided.said_by.as_deref(),
            },
            (None, Some(last)) => Why {
                stage: last.outcome.stage().map(Stage::as_str),
                cause: last.outcome.cause(),
                warning: last.degraded.as_ref().filter(|_| self.look == Look::Degraded).map(|warned| warned.reason.as_str()),
                said_by: last.said_by.as_deref(),
            },
            (None, None) => Why::default(),
        }
    }

    /// What decided the look, where the last result says otherwise: one success does not make a target up again.
    fn overruled(&self) -> Option<&'a Transition> {
        let last = self.last?;
        let agrees = match self.look {
            Look::Down => matches!(last.outcome, Outcome::Down { .. }),
            Look::Unknown => matches!(last.outcome, Outcome::Unknown { .. }),
            Look::Degraded => last.degraded.is_some(),
            Look::Up | Look::Paused | Look::NotWatched => true,
        };
        self.decided.filter(|_| !agrees && !self.is_stale())
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
