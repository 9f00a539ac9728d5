//! Results that say the same, collapsed into one line: "x212 the same".

use allswell_model::{ProbeResult, Timestamp};
use allswell_store::Kept;

use crate::look::Look;
use crate::moment::Moment;
use crate::text;

/// Results in a row that say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Run {
    /// What came of them.
    pub(super) look: Look,
    /// How many they are, when there are more than one.
    pub(super) times: Option<String>,
    /// When the newest began.
    pub(super) newest: Moment,
    /// When the oldest began.
    pub(super) oldest: Moment,
    /// The newest sentence that was kept as it was said; where none was, the newest.
    pub(super) reason: String,
    /// The least and the greatest round trip.
    pub(super) rtt: Option<String>,
}

/// Collapses results, the newest first; `more` when older ones were not read.
pub(super) fn collapse(kept: &[Kept], more: bool, now: Timestamp) -> Vec<Run> {
    let mut runs: Vec<Run> = kept.chunk_by(|a, b| said(&a.result) == said(&b.result)).filter_map(|run| one(run, now)).collect();
    // Whoever reads that it was so 200 times must not take it for all.
    if let Some(times) = runs.last_mut().filter(|_| more).and_then(|run| run.times.as_mut()) {
        times.push('+');
    }
    runs
}

fn one(run: &[Kept], now: Timestamp) -> Option<Run> {
    let (newest, oldest) = (&run.first()?.result, &run.last()?.result);
    Some(Run {
        look: Look::of_result(newest),
        times: (run.len() > 1).then(|| text::count(run.len())),
        newest: Moment::of(newest.started, now),
        oldest: Moment::of(oldest.started, now),
        reason: sentence(run).to_owned(),
        rtt: rtt(run),
    })
}

fn sentence(run: &[Kept]) -> &str {
    let kept = run.iter().find(|kept| kept.whole).or(run.first());
    kept.map_or("", |kept| kept.result.degraded.as_ref().map_or(&kept.result.reason, |warned| &warned.reason))
}

/// What makes two results the same: what came of them, and where.
fn said(result: &ProbeResult) -> (Look, Option<&str>, Option<&str>, Option<&str>, Option<&str>) {
    let stage = result.outcome.stage().map(|stage| stage.as_str());
    (Look::of_result(result), stage, result.outcome.cause(), result.address.as_deref(), result.said_by.as_deref())
}

fn rtt(run: &[Kept]) -> Option<String> {
    let all = || run.iter().filter_map(|kept| kept.result.rtt);
    let (least, most) = (text::took(all().min()?), text::took(all().max()?));
    Some(if least == most { least } else { format!("{least} to {most}") })
}

#[cfg(test)]
mod tests;
