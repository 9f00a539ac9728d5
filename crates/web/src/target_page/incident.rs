//! The incident that a target is in, and who was told of it; or why nobody is.

use allswell_model::{Incident, Timestamp};
use allswell_store::{Row, Told};

use crate::facts::Facts;
use crate::filter::Filter;
use crate::look::Look;
use crate::moment::Moment;
use crate::text;
use crate::told::{self, Line};

/// What is told of a trouble.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Telling {
    /// The incident.
    pub(super) incident: Option<Of>,
    /// Who was told, the newest first.
    pub(super) lines: Vec<Line>,
    /// Why nobody was, where nobody was.
    pub(super) silence: Option<String>,
}

/// The incident itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Of {
    /// Since when.
    pub(super) began: Moment,
    /// How many others are in it, where there are any.
    pub(super) others: Option<String>,
    /// The page of all that are so for this cause.
    pub(super) href: String,
    /// The sentence of the first.
    pub(super) reason: String,
    /// How often it is told again.
    pub(super) remind: Option<String>,
}

/// Of a target in trouble; `None` of one that is well.
pub(super) fn of(row: &Row, incident: Option<&Incident>, now: Timestamp) -> Option<Telling> {
    let facts = Facts::of(row);
    if !facts.look.is_problem() && incident.is_none() {
        return None;
    }
    let silence = incident.is_none().then(|| told::silence(&row.target, row.status));
    Some(Telling { incident: incident.map(|incident| one(incident, now)), lines: Vec::new(), silence })
}

impl Telling {
    /// The same with what became of the alerts; `None` where they could not be read.
    pub(super) fn with(self, told: Option<&[Told]>, now: Timestamp) -> Self {
        match (&self.incident, told) {
            (Some(_), Some([])) => Self { silence: Some("nobody was told so far".to_owned()), ..self },
            (Some(_), None) => Self { silence: Some("who was told cannot be read".to_owned()), ..self },
            (_, Some(told)) => Self { lines: told::lines(told, now), ..self },
            (None, None) => self,
        }
    }
}

fn one(incident: &Incident, now: Timestamp) -> Of {
    let look = Look::of(incident.status, &std::collections::BTreeSet::new());
    let others = usize::try_from(incident.targets.saturating_sub(1)).unwrap_or(usize::MAX);
    Of {
        began: Moment::of(incident.began, now),
        others: (others > 0).then(|| text::count(others)),
        href: Filter::of_cause(look, incident.cause.as_deref()).href(),
        reason: incident.reason.clone(),
        remind: incident.remind.map(text::set),
    }
}
