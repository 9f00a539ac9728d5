//! What a target's page reads of the history, all of it in one go.

use allswell_model::{IncidentId, ProbeResult, TargetId, Timestamp};
use allswell_store::{Change, Cursor, ReadError, Reader, ResultPage, Rollup, Times, Told};

use super::happenings::{self, Happening};
use super::{change, latency, uptime};

/// So many results are read for one page.
const RESULTS: usize = 200;
/// So many lines of events are shown,
const EVENTS: usize = 10;
/// and so many events are read for them: reminders fold.
const EVENTS_READ: usize = 500;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// Of which target.
    pub(super) target: TargetId,
    /// In which incident.
    pub(super) incident: Option<IncidentId>,
    /// Results before this.
    pub(super) before: Option<Cursor>,
    /// Events before this.
    pub(super) events_before: Option<Cursor>,
    /// How much of its latency.
    pub(super) latency: latency::Asked,
    /// Up to now.
    pub(super) now: Timestamp,
}

/// What was read.
pub(super) struct History {
    pub(super) page: ResultPage,
    /// What happened, the newest first.
    pub(super) events: Vec<Happening>,
    /// Where that goes on.
    pub(super) older_events: Option<Cursor>,
    pub(super) rollups: Vec<(Timestamp, Rollup)>,
    pub(super) uptime: Vec<(&'static str, Times)>,
    /// Who was told of the incident; `None` without one, or where it cannot be read.
    pub(super) told: Option<Vec<Told>>,
    change: Change,
}

impl History {
    /// Reads it.
    ///
    /// # Errors
    /// When the file cannot be read, or a cursor is another store's.
    pub(super) fn read(reader: &Reader, asked: &Asked) -> Result<Self, ReadError> {
        let target = &asked.target;
        let log = reader.events_of(target, asked.events_before, EVENTS_READ)?;
        let (events, shown) = happenings::told(&log.events, EVENTS, asked.now);
        let cut = shown < log.events.len();
        let last_shown = log.events.get(..shown).and_then(<[_]>::last).filter(|_| cut);
        Ok(Self {
            page: reader.results(target, asked.before, RESULTS)?,
            events,
            older_events: last_shown.map(|event| reader.cursor_of(&event.stamp)).or(log.next),
            rollups: asked.latency.read(reader, target)?,
            uptime: uptime::read(reader, target, asked.now)?,
            told: asked.incident.and_then(|incident| reader.alerts_of(incident).ok()),
            change: reader.last_change(target)?,
        })
    }

    /// The last good result before the newest trouble.
    pub(super) fn last_good(&self) -> Option<&ProbeResult> {
        self.change.last_good.as_ref().map(|kept| &kept.result)
    }

    /// The last good result beside the first bad one where both are known, and whether the trouble lasts.
    pub(super) fn change(&self, lasts: bool, now: Timestamp) -> Option<change::Change> {
        Some(change::of(self.last_good()?, &self.change.first_bad.as_ref()?.result, lasts, now))
    }
}
