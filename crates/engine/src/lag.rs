//! How late our own process was: the stalls of the last minute. A probe that timed out across one says nothing of its target.

use std::collections::VecDeque;
use std::time::Duration;

use crate::schedule::Moment;

/// Shorter delays are the scheduler's everyday noise.
pub(crate) const STALL: Duration = Duration::from_millis(100);

/// Stalls older than the longest probe matter to nobody.
const REMEMBERED: Duration = Duration::from_secs(120);

/// Enough for one stall a second for as long as they are remembered; the oldest goes first.
const AT_MOST: usize = 128;

/// The stalls of late: when each ended and how long it was.
#[derive(Debug, Default)]
pub(crate) struct Lag {
    stalls: VecDeque<(Moment, Duration)>,
}

impl Lag {
    /// Notes that we ran at `now` what was due at `due`. Says how long the stall was, if it was one.
    pub(crate) fn note(&mut self, due: Moment, now: Moment) -> Option<Duration> {
        let late = now.since(due);
        if late < STALL {
            return None;
        }
        while self.stalls.len() >= AT_MOST || self.stalls.front().is_some_and(|(at, _)| now.since(*at) > REMEMBERED) {
            self.stalls.pop_front();
        }
        self.stalls.push_back((now, late));
        Some(late)
    }

    /// How long we were stalled between `from` and now, at most the whole time.
    #[must_use]
    pub(crate) fn since(&self, from: Moment, now: Moment) -> Duration {
        let overlapping = self.stalls.iter().filter(|(end, _)| *end > from).map(|(end, long)| (*long).min(end.since(from)));
        overlapping.sum::<Duration>().min(now.since(from))
    }
}

#[cfg(test)]
mod tests;
