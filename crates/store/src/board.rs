//! The latest state of every target, in memory: what the overview shows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use allswell_model::{Incident, IncidentId, Mark, Outcome, ProbeResult, Status, Target, TargetId, Timestamp, Transition};

use crate::histogram::Histogram;
use crate::look::Look;
use crate::value::micros;

/// The latest state of all targets that are watched.
///
/// A look at it is a look at one moment: it changes from commit to commit, never within a look. Followers see committed data
/// only, with one exception, made so that the page stays true: while the disk refuses writes, the board goes on with what the
/// engine hears, [`Board::not_kept`] counts what the history lacks, and [`Board::unwritable`] says why.
#[derive(Debug, Clone, Default)]
pub struct Board {
    pub(crate) rows: Vec<Arc<Row>>,
    pub(crate) places: Arc<HashMap<TargetId, usize>>,
    pub(crate) histograms: BTreeMap<Series, Histogram>,
    /// The incidents that last.
    pub incidents: BTreeMap<IncidentId, Arc<Incident>>,
    /// How many alerts wait to be sent.
    pub waiting: usize,
    /// When the newest result ended.
    pub newest: Option<Timestamp>,
    /// What was written since the program began.
    pub kept: Counted,
    /// What could not be written since the program began.
    pub not_kept: Counted,
    /// Why the last write failed, in one sentence; `None` when it succeeded.
    pub unwritable: Option<String>,
    /// What was committed once and is missing since the store was opened, in one sentence; said for a day.
    pub lost: Option<String>,
}

/// How many of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counted {
    /// Results.
    pub results: u64,
    /// Events.
    pub events: u64,
    /// Changes of incidents.
    pub incidents: u64,
    /// Alerts: that one was decided, and what became of it. Those not kept include the ones that were given up because too many waited.
    pub alerts: u64,
}

/// Which durations are counted together.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Series {
    /// The protocol's name.
    pub protocol: &'static str,
    /// The group; empty for targets in none.
    pub group: Arc<str>,
}

/// One target's latest state.
#[derive(Debug, Clone)]
pub struct Row {
    /// The target as it is configured now.
    pub target: Arc<Target>,
    /// As the judge said last.
    pub status: Status,
    /// Since when.
    pub since: Timestamp,
    /// The marks upon it.
    pub marks: BTreeSet<Mark>,
    /// The incident that it is in.
    pub incident: Option<IncidentId>,
    /// The transition that led to the status: what decided it, also when the last result says otherwise. `None` where the log
    /// does not tell.
    pub decided: Option<Arc<Transition>>,
    /// The last result. After a restart its sentence may be one said anew from what was kept.
    pub last: Option<Arc<ProbeResult>>,
    /// The last results, for a sparkline.
    pub recent: Recent,
    /// How many results of each outcome there were since the program began.
    pub outcomes: Outcomes,
}

impl Board {
    /// All rows, in the order of their ids.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &Row> {
        self.rows.iter().map(AsRef::as_ref)
    }

    /// The row of one target.
    #[must_use]
    pub fn row(&self, target: &TargetId) -> Option<&Row> {
        self.rows.get(*self.places.get(target)?).map(AsRef::as_ref)
    }

    /// How many targets are watched.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether none is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many targets have each status; all five stand in it.
    #[must_use]
    pub fn counts(&self) -> BTreeMap<Status, usize> {
        let mut counts: BTreeMap<_, _> = Status::ALL.into_iter().map(|status| (status, 0)).collect();
        for row in &self.rows {
            *counts.entry(row.status).or_default() += 1;
        }
        counts
    }

    /// How long probes took, by protocol and group.
    pub fn histograms(&self) -> impl Iterator<Item = (&Series, &Histogram)> {
        self.histograms.iter()
    }
}

impl Row {
    pub(crate) fn new(target: Arc<Target>, now: Timestamp) -> Self {
        Self {
            target,
            status: Status::Unknown,
            since: now,
            marks: BTreeSet::new(),
            incident: None,
            decided: None,
            last: None,
            recent: Recent::default(),
            outcomes: Outcomes::default(),
        }
    }

    /// What decided a status is true of no other.
    pub(crate) fn forget_what_decided_another(&mut self) {
        if self.decided.as_ref().is_some_and(|decided| decided.to != self.status) {
            self.decided = None;
        }
    }

    pub(crate) fn hear(&mut self, result: &Arc<ProbeResult>) {
        self.recent.push(Glance::of(result));
        self.outcomes.add(&result.outcome);
        self.last = Some(Arc::clone(result));
    }
}

/// How many results a sparkline shows.
pub const RECENT: usize = 60;

/// The last [`RECENT`] results at a glance: eight bytes each, for there are as many as results times targets.
#[derive(Debug, Clone)]
pub struct Recent {
    ring: [Packed; RECENT],
    /// What the times in the ring are counted from.
    base: Timestamp,
    /// How many were pushed in all.
    pushed: usize,
}

impl Default for Recent {
    fn default() -> Self {
        Self { ring: [Packed::default(); RECENT], base: Timestamp(0), pushed: 0 }
    }
}

impl Recent {
    pub(crate) fn push(&mut self, glance: Glance) {
        if self.pushed == 0 {
            self.base = glance.at;
        }
        let packed = Packed::of(&glance, self.base).unwrap_or_else(|| self.rebased(&glance));
        if let Some(place) = self.ring.get_mut(self.pushed % RECENT) {
            *place = packed;
        }
        self.pushed += 1;
    }

    /// The oldest first.
    pub fn iter(&self) -> impl Iterator<Item = Glance> {
        (self.pushed.saturating_sub(RECENT)..self.pushed).filter_map(|n| self.ring.get(n % RECENT).map(|packed| packed.glance(self.base)))
    }

    /// The clock was set back, or nothing came for weeks: all times are counted from the earliest now. Those that lie too far from it
    /// for that stand as far as they can.
    fn rebased(&mut self, glance: &Glance) -> Packed {
        let base = self.iter().map(|glance| glance.at).min().map_or(glance.at, |earliest| earliest.min(glance.at));
        // Where even the earliest is too long ago, it is the one that moves.
        let base = base.max(glance.at - Packed::REACH);
        for packed in &mut self.ring {
            *packed = Packed::nearest(&packed.glance(self.base), base);
        }
        self.base = base;
        Packed::nearest(glance, base)
    }
}

/// A [`Glance`] beside a time that many share.
#[derive(Debug, Clone, Copy, Default)]
struct Packed {
    after_ms: u32,
    /// The look in the two highest bits, below it the round trip in microseconds.
    look_and_rtt: u32,
}

impl Packed {
    /// Seven weeks.
    const REACH: Duration = Duration::from_millis(u32::MAX as u64);
    const RTT_BITS: u32 = 30;
    const NO_RTT: u32 = (1 << Self::RTT_BITS) - 1;

    /// `None` where the time lies before the base or too long after it.
    fn of(glance: &Glance, base: Timestamp) -> Option<Self> {
        let after_ms = u32::try_from(glance.at.0.checked_sub(base.0)?.div_euclid(1000)).ok()?;
        Some(Self::at(glance, after_ms))
    }

    fn nearest(glance: &Glance, base: Timestamp) -> Self {
        Self::of(glance, base).unwrap_or_else(|| Self::at(glance, if glance.at < base { 0 } else { u32::MAX }))
    }

    fn at(glance: &Glance, after_ms: u32) -> Self {
        let look = Look::ALL.iter().position(|look| *look == glance.look).and_then(|look| u32::try_from(look).ok());
        let rtt = if glance.rtt_us == u32::MAX { Self::NO_RTT } else { glance.rtt_us.min(Self::NO_RTT - 1) };
        Self { after_ms, look_and_rtt: look.unwrap_or(0) << Self::RTT_BITS | rtt }
    }

    fn glance(self, base: Timestamp) -> Glance {
        let look = usize::try_from(self.look_and_rtt >> Self::RTT_BITS).ok().and_then(|look| Look::ALL.get(look).copied());
        let rtt = self.look_and_rtt & Self::NO_RTT;
        let at = base + Duration::from_millis(u64::from(self.after_ms));
        Glance { look: look.unwrap_or(Look::Unknown), at, rtt_us: if rtt == Self::NO_RTT { u32::MAX } else { rtt } }
    }
}

/// One result at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Glance {
    /// What came of it.
    pub look: Look,
    /// When the probe began, to the millisecond.
    pub at: Timestamp,
    rtt_us: u32,
}

impl Glance {
    pub(crate) fn of(result: &ProbeResult) -> Self {
        Self::new(Look::of(result), result.started, result.rtt.map(micros))
    }

    pub(crate) fn new(look: Look, at: Timestamp, rtt_us: Option<i64>) -> Self {
        Self { look, at, rtt_us: rtt_us.map_or(u32::MAX, |rtt| u32::try_from(rtt).unwrap_or(u32::MAX - 1)) }
    }

    /// The round trip, to the microsecond; more than 17 minutes are told as that.
    #[must_use]
    pub fn rtt(&self) -> Option<Duration> {
        (self.rtt_us != u32::MAX).then(|| Duration::from_micros(u64::from(self.rtt_us)))
    }
}

/// How many results of each outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcomes(Vec<(Outcome, u64)>);

impl Outcomes {
    fn add(&mut self, outcome: &Outcome) {
        match self.0.iter_mut().find(|(known, _)| known == outcome) {
            Some((_, count)) => *count += 1,
            None => self.0.push((outcome.clone(), 1)),
        }
    }

    /// In the order in which they first came.
    pub fn iter(&self) -> impl Iterator<Item = (&Outcome, u64)> {
        self.0.iter().map(|(outcome, count)| (outcome, *count))
    }
}

#[cfg(test)]
mod tests;
