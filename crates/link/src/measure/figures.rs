//! What is said of a link at one moment.

use std::time::Duration;

use super::nanos::duration;
use super::quantile::Quantiles;
use super::recent::quantile;
use super::rtt::Missed;
use super::shift::Shift;
use crate::time::Moment;

/// How well a link does.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// Round trips of the last ten seconds, or the last 2,048 of them; `None` when there were none.
    pub rtt: Option<Summary>,
    /// Round trips since the link is watched, within 0.8 %.
    pub rtt_all: Option<Summary>,
    /// RFC 3550's interarrival jitter of what the peer sends.
    pub jitter: Option<Duration>,
    /// Share of our packets that the peer did not hear, of the last ten seconds; `None` when it can have heard none.
    pub loss_forward: Option<f64>,
    /// Share of the peer's packets that we did not hear, of the last ten seconds.
    pub loss_reverse: Option<f64>,
    /// Packets since the link is watched.
    pub counts: Totals,
    /// The round trip that is normal for the link: the median of the last hour.
    pub normal: Option<Duration>,
    /// How far from normal it is for the time being; `None` when it is not.
    pub shift: Option<Shift>,
    /// What gave no round trip, since the link is watched.
    pub missed: Missed,
    /// How often the peer told what cannot be of what it heard.
    pub refused: u64,
}

/// Packets since the link is watched, over all its sessions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Probes that we sent.
    pub sent: u64,
    /// Probes that we heard, each once.
    pub received: u64,
    /// Of ours, those that the peer did not hear though it heard a later one.
    pub lost_forward: u64,
    /// Of the peer's, those that we did not hear though we heard a later one.
    pub lost_reverse: u64,
    /// Heard after a later one (RFC 4737).
    pub reordered: u64,
    /// The largest extent of that (RFC 4737, 4.2.2), at most [`crate::window::LARGEST_EXTENT`].
    pub extent: u64,
    /// Heard more than once.
    pub duplicates: u64,
}

/// Quantiles of round trips.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// How many.
    pub count: u64,
    /// The shortest.
    pub min: Duration,
    /// Half are no longer.
    pub p50: Duration,
    /// 90 of 100 are no longer.
    pub p90: Duration,
    /// 99 of 100 are no longer.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

impl Summary {
    /// Of round trips in nanoseconds, which are put in another order; `None` of none.
    pub fn of_samples(samples: &mut [f32]) -> Option<Self> {
        let mut at = |q| quantile(samples, q).map(duration);
        let (min, p50, p90, p99, max) = (at(0.0)?, at(0.5)?, at(0.9)?, at(0.99)?, at(1.0)?);
        Some(Self { count: samples.len() as u64, min, p50, p90, p99, max })
    }

    /// Of everything that was counted; `None` of nothing.
    #[must_use]
    pub fn of_quantiles(all: &Quantiles) -> Option<Self> {
        let at = |q| all.quantile(q);
        Some(Self { count: all.count(), min: all.min()?, p50: at(0.5)?, p90: at(0.9)?, p99: at(0.99)?, max: all.max()? })
    }
}

/// One whole second of a link.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When it began.
    pub began: Moment,
    /// Its median round trip.
    pub rtt: Option<Duration>,
    /// Share lost on the way there.
    pub loss_forward: Option<f64>,
    /// Share lost on the way back.
    pub loss_reverse: Option<f64>,
}

#[cfg(test)]
mod tests;
