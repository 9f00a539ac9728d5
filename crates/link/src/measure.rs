//! How well a link does, over all its sessions: what is made of the numbers and stamps in its probes. Each figure is a part of its own;
//! here they are told what happens, and second by second what had been counted.
//!
//! Nothing is allocated after a link began to be watched: it takes some 45 kB.

pub mod clock;
pub mod figures;
pub mod jitter;
pub mod loss;
pub mod multiplier;
mod nanos;
pub mod normal;
pub mod quantile;
pub mod recent;
pub mod rtt;
pub mod seconds;
pub mod shift;

use std::time::Duration;

use crate::ids::Pair;
use crate::outbox::{Heard, SentProbe};
use crate::time::{Moment, Stamp};
use crate::window::Counts;
use figures::{Figures, Point, Summary, Totals};
use jitter::Jitter;
use loss::{Forward, Loss, Tally};
use quantile::Quantiles;
use recent::{Recent, Scratch};
use rtt::RoundTrips;
use seconds::{Mark, Seconds};
use shift::{RECENT_SECONDS, Recently, Shift, Watch};

/// What "the last seconds" are, the running one among them.
const WINDOW_SECONDS: u64 = 10;

const SECOND: u64 = 1_000_000_000;

/// All that is measured of one link.
///
/// Tell it of each probe: with a moment from *before* its packet left, its stamp when that is known, and of each that was heard. The first
/// probe of a session, either way, begins it; what still comes of the one before it is passed over.
#[derive(Debug, Clone, Default)]
pub struct Measures {
    pair: Option<Pair>,
    /// The session before this one.
    replaced: Option<Pair>,
    sent: u64,
    round_trips: RoundTrips,
    jitter: Jitter,
    forward: Forward,
    reverse: Reverse,
    all: Quantiles,
    recent: Recent,
    seconds: Seconds,
    /// The number of the second that runs.
    running: Option<u64>,
    watch: Watch,
    shifted: Option<Shift>,
}

/// What our windows counted.
#[derive(Debug, Clone, Copy, Default)]
struct Reverse {
    before: Counts,
    session: Counts,
}

impl Measures {
    /// Of a link that begins to be watched.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A probe of ours leaves: `at` must not be later than its stamp will be, else round trips go missing.
    pub fn sent(&mut self, probe: &SentProbe, at: Moment) {
        self.roll(at);
        if self.is_current(probe.pair) {
            self.sent += 1;
            self.round_trips.sent(probe.sequence, at);
            self.forward.sent(probe.sequence);
        }
    }

    /// When our kernel sent it. This may come after the answer.
    pub fn sent_stamp(&mut self, probe: &SentProbe, stamp: Stamp) {
        if self.pair == Some(probe.pair) {
            let clock_was_set = self.round_trips.sent_stamp(probe.sequence, stamp);
            self.take_samples(clock_was_set);
        }
    }

    /// A probe of the peer's counted.
    pub fn heard(&mut self, heard: &Heard) {
        self.roll(heard.at);
        if !self.is_current(heard.pair) {
            return;
        }
        let probe = &heard.probe;
        self.reverse.session = heard.counts;
        self.forward.told(probe.sequence, probe.heard_up_to, probe.received);
        let clock_was_set = self.round_trips.heard(heard);
        self.take_samples(clock_was_set);
        self.jitter.heard(probe.sequence, heard.stamp, probe.previous_sent);
    }

    /// The move of the round trip that became certain since the last call; the last one, if there were more.
    pub fn shift(&mut self) -> Option<Shift> {
        self.shifted.take()
    }

    /// How well the link does now.
    pub fn figures(&mut self, now: Moment) -> Figures {
        self.roll(now);
        let then = self.mark_before(WINDOW_SECONDS);
        let mut scratch: Scratch = [0.0; recent::KEPT];
        Figures {
            rtt: Summary::of_samples(self.recent.since(then.samples, &mut scratch)),
            rtt_all: Summary::of_quantiles(&self.all),
            jitter: self.jitter.estimate(),
            loss_forward: self.forward.total().since(then.forward).ratio(),
            loss_reverse: self.reverse.total().since(then.reverse).ratio(),
            counts: self.totals(),
            normal: self.watch.normal(),
            shift: self.watch.lasting(),
            missed: self.round_trips.missed(),
            refused: self.forward.refused(),
        }
    }

    /// The whole seconds of the last two minutes, the oldest first.
    pub fn points(&mut self, now: Moment) -> impl Iterator<Item = Point> {
        self.roll(now);
        let running = self.running.unwrap_or_default();
        (running.saturating_sub(seconds::KEPT)..running).filter_map(|number| {
            let (mark, earlier) = (self.seconds.at(number)?, self.seconds.before(number, 1));
            Some(Point {
                began: Moment(number * SECOND),
                rtt: mark.median.map(nanos::duration),
                loss_forward: mark.forward.since(earlier.forward).ratio(),
                loss_reverse: mark.reverse.since(earlier.reverse).ratio(),
            })
        })
    }

    /// What was lost on the way from the peer to us in the last two minutes, for [`multiplier::cautious`].
    pub fn lost_reverse(&mut self, now: Moment) -> Loss {
        self.roll(now);
        self.reverse.total().since(self.mark_before(seconds::KEPT).reverse)
    }

    /// Whether a session is the current one, which it becomes when it was never heard of.
    fn is_current(&mut self, pair: Pair) -> bool {
        if self.replaced == Some(pair) {
            return false;
        }
        if self.pair != Some(pair) {
            self.replaced = self.pair.replace(pair);
            self.round_trips.begin_session();
            self.jitter.restart();
            self.forward.begin_session();
            self.reverse.begin_session();
        }
        true
    }

    fn totals(&self) -> Totals {
        let reverse = self.reverse.counts();
        Totals {
            sent: self.sent,
            received: reverse.received,
            lost_forward: self.forward.total().lost(),
            lost_reverse: reverse.lost(),
            reordered: reverse.reordered,
            extent: reverse.extent,
            duplicates: reverse.duplicates,
        }
    }

    fn take_samples(&mut self, clock_was_set: bool) {
        if clock_was_set {
            self.jitter.restart();
        }
        while let Some(sample) = self.round_trips.sample() {
            self.all.add(crate::time::nanos(sample));
            self.recent.push(crate::time::nanos(sample));
        }
    }

    /// What had been counted when the last so many seconds began, of which the running one is the last.
    fn mark_before(&self, seconds: u64) -> Mark {
        self.running.map_or_else(Mark::default, |running| self.seconds.before(running, seconds))
    }

    /// Closes the seconds that are over. Moments that go back, as those of a batch may, close none.
    fn roll(&mut self, now: Moment) {
        let number = now.0 / SECOND;
        let running = *self.running.get_or_insert(number);
        if number > running {
            // Of a long time in which nothing happened only the end can be told.
            (running.max(number.saturating_sub(seconds::KEPT + 1))..number).for_each(|second| self.close(second));
            self.running = Some(number);
        }
    }

    fn close(&mut self, number: u64) {
        let samples = self.recent.pushed();
        let begun = self.seconds.before(number, 1).samples;
        let mut scratch: Scratch = [0.0; recent::KEPT];
        let median = recent::quantile(self.recent.since(begun, &mut scratch), 0.5);
        if samples > begun {
            self.watch_shift(number, &mut scratch);
        }
        self.seconds.close(number, Mark { samples, median, forward: self.forward.total(), reverse: self.reverse.total() });
    }

    fn watch_shift(&mut self, number: u64, scratch: &mut Scratch) {
        let enough = self.recent.pushed().saturating_sub(shift::FEWEST as u64);
        let from = self.seconds.before(number, RECENT_SECONDS).samples.min(enough);
        let recently = self.recent.since(from, scratch);
        let samples = recently.len();
        let Some(median) = recent::quantile(recently, 0.5) else { return };
        let Some(spread) = recent::spread(recently, median) else { return };
        let shifted = self.watch.observe(Moment(number * SECOND) + Duration::from_secs(1), Recently { median, spread, samples });
        self.shifted = shifted.or(self.shifted);
    }
}

impl Reverse {
    fn begin_session(&mut self) {
        *self = Self { before: self.counts(), session: Counts::default() };
    }

    fn counts(&self) -> Counts {
        self.before.plus(self.session)
    }

    fn total(&self) -> Tally {
        let counts = self.counts();
        Tally { expected: counts.expected, received: counts.received }
    }
}

#[cfg(test)]
mod tests;
