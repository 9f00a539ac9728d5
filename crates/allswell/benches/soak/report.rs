//! What the program needed over time, and whether that stayed flat.

use std::time::Duration;

use crate::pager::Pager;
use crate::say;

/// One look at the program.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    pub(crate) after: Duration,
    pub(crate) resident_kb: u64,
    pub(crate) threads: u64,
    pub(crate) descriptors: usize,
    pub(crate) started: f64,
    pub(crate) late: f64,
    pub(crate) skipped: f64,
    pub(crate) in_flight: f64,
    pub(crate) lag_p99_s: f64,
    pub(crate) series: usize,
}

#[derive(Debug, Default)]
pub(crate) struct Report(Vec<Look>);

/// The time is told in so many parts; the first third of them counts as warming up.
const PARTS: usize = 6;

/// What may come and go: chunks of results that are sealed, pages of the history that are cached.
const GROWTH: f64 = 1.10;

/// Descriptors of probes that run at the moment of the look come and go; a leak of one a reload would be half as much.
const DESCRIPTORS: f64 = 1.25;

impl Report {
    pub(crate) fn add(&mut self, look: Look) {
        self.0.push(look);
    }

    /// Prints it all; whether it stayed flat.
    pub(crate) fn print(&self, pager: &Pager, (known, there): (usize, usize)) -> bool {
        let length = self.0.len().div_ceil(PARTS).max(1);
        let parts: Vec<Part> = self.0.chunks(length).filter_map(Part::of).collect();
        say("minutes      resident MB   descriptors   threads   idle descriptors   series   probes/s   late     skipped   lag p99 ms");
        parts.iter().for_each(|part| say(&part.to_string()));
        let (heard, taken) = pager.counted();
        say(&format!("alerts: {heard} messages came, {taken} were taken; targets shown at the end: {known} of {there}"));
        let settled = parts.iter().rev().take(PARTS - PARTS / 3);
        let flat = |of: fn(&Part) -> f64, most: f64| {
            let values: Vec<f64> = settled.clone().map(of).collect();
            let (last, first) = (values.first().copied().unwrap_or(0.0), values.last().copied().unwrap_or(0.0));
            last <= first * most
        };
        let verdicts = [
            ("resident", flat(|part| part.resident_mb, GROWTH)),
            ("descriptors", flat(|part| part.idle, DESCRIPTORS)),
            ("threads", flat(|part| part.threads, 1.0)),
            ("lateness", flat(|part| part.late_share.max(0.001), 2.0)),
            ("targets shown", known == there),
            ("alerts taken", taken > 0),
        ];
        let failed: Vec<&str> = verdicts.iter().filter(|(_, well)| !well).map(|(name, _)| *name).collect();
        say(&if failed.is_empty() { "all flat".to_owned() } else { format!("not flat: {}", failed.join(", ")) });
        failed.is_empty()
    }
}

/// One part of the time: medians.
struct Part {
    from: Duration,
    to: Duration,
    resident_mb: f64,
    descriptors: f64,
    threads: f64,
    /// Descriptors beside those of probes that ran at that moment.
    idle: f64,
    series: f64,
    rate: f64,
    late_share: f64,
    skipped_share: f64,
    lag_ms: f64,
}

impl Part {
    fn of(looks: &[Look]) -> Option<Self> {
        let (first, last) = (looks.first()?, looks.last()?);
        let seconds = (last.after - first.after).as_secs_f64().max(1.0);
        let started = (last.started - first.started).max(1.0);
        #[expect(clippy::cast_precision_loss, reason = "figures for people")]
        Some(Self {
            from: first.after,
            to: last.after,
            resident_mb: median(looks, |look| look.resident_kb as f64 / 1e3),
            descriptors: median(looks, |look| look.descriptors as f64),
            threads: median(looks, |look| look.threads as f64),
            idle: median(looks, |look| (look.descriptors as f64 - look.in_flight).max(0.0)),
            series: median(looks, |look| look.series as f64),
            rate: started / seconds,
            late_share: (last.late - first.late) / started,
            skipped_share: (last.skipped - first.skipped) / started,
            lag_ms: last.lag_p99_s * 1e3,
        })
    }
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let minutes = format!("{:.1} to {:.1}", self.from.as_secs_f64() / 60.0, self.to.as_secs_f64() / 60.0);
        write!(
            f,
            "{minutes:<12} {:>11.1} {:>13.0} {:>9.0} {:>18.0} {:>8.0} {:>10.0} {:>7.3}% {:>7.3}% {:>11.1}",
            self.resident_mb,
            self.descriptors,
            self.threads,
            self.idle,
            self.series,
            self.rate,
            self.late_share * 100.0,
            self.skipped_share * 100.0,
            self.lag_ms,
        )
    }
}

fn median(looks: &[Look], of: impl Fn(&Look) -> f64) -> f64 {
    let mut values: Vec<f64> = looks.iter().map(of).collect();
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}
