//! Whether a link's round trip has moved: what it is now against what it normally is, by medians, so that no spike looks like a move.

use std::time::Duration;

use super::nanos::duration;
use super::normal::Normal;
use crate::time::Moment;

/// A second is judged by the samples of so many seconds before its end...
pub const RECENT_SECONDS: u64 = 5;

/// ...and by so many at least, of however long that takes: the median of fewer says little.
pub const FEWEST: usize = 20;

/// So many seconds in a row must say the same.
const STREAK: u8 = 3;

/// What is normal is learned from one value every ten seconds.
const STRIDE: u8 = 10;

/// A move that lasts for so many of them, five minutes, has become normal.
const SETTLED: usize = 30;

/// A move by less than this part of the round trip is none. 5 ms of 100 ms is a move, so it cannot be a tenth.
const PART: f32 = 0.03;

/// Nor is one by less than this, in nanoseconds: that is what a busy switch adds.
const LEAST: f32 = 200_000.0;

/// The round trip moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// What it was.
    pub from: Duration,
    /// What it has become.
    pub to: Duration,
    /// Since when.
    pub since: Moment,
}

impl Shift {
    /// Whether it takes longer now.
    #[must_use]
    pub fn is_rise(&self) -> bool {
        self.to > self.from
    }
}

/// Round trips of the last seconds, in nanoseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recently {
    /// Their median.
    pub median: f32,
    /// The median of how far they are from it.
    pub spread: f32,
    /// How many they are.
    pub samples: usize,
}

/// Watches one link. It is told once a second.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    normal: Normal,
    /// Where the round trip moved to, while that is not normal.
    moved: Option<Moved>,
    streak: u8,
    streak_since: Moment,
    stride: u8,
}

#[derive(Debug, Clone)]
struct Moved {
    to: f32,
    since: Moment,
    /// Medians and spreads since.
    learned: [(f32, f32); SETTLED],
    count: usize,
}

impl Watch {
    /// A second is over in which samples came, and this is what the recent ones say. Returns what moved, at the moment at which that is certain.
    pub fn observe(&mut self, at: Moment, recently: Recently) -> Option<Shift> {
        if recently.samples < FEWEST {
            self.streak = 0;
            return None;
        }
        let Some(level) = self.level() else {
            self.learn(recently);
            return None;
        };
        if !self.is_elsewhere(recently) {
            self.streak = 0;
            self.learn(recently);
            return None;
        }
        if self.streak == 0 {
            self.streak_since = at;
        }
        self.streak += 1;
        (self.streak >= STREAK).then(|| self.move_on(level, recently))
    }

    /// The move that lasts: away from what is normal, or `None`.
    #[must_use]
    pub fn lasting(&self) -> Option<Shift> {
        let (moved, normal) = (self.moved.as_ref()?, self.normal.median()?);
        Some(Shift { from: duration(normal), to: duration(moved.to), since: moved.since })
    }

    /// What is normal: the median of the last hour or less, or of what it settled at since; `None` for the first half minute.
    #[must_use]
    pub fn normal(&self) -> Option<Duration> {
        self.normal.median().map(duration)
    }

    fn level(&self) -> Option<f32> {
        self.moved.as_ref().map(|moved| moved.to).or(self.normal.median())
    }

    /// Whether it is not where it was: away from it by more than chance, or back at what is normal.
    fn is_elsewhere(&self, recently: Recently) -> bool {
        let Some(normal) = self.normal.median() else { return false };
        match &self.moved {
            None => (recently.median - normal).abs() > self.threshold(normal, recently),
            Some(moved) => {
                (recently.median - moved.to).abs() > self.threshold(moved.to, recently)
                    || (recently.median - normal).abs() < self.threshold(normal, recently) / 2.0
            }
        }
    }

    /// So far must it go. A median of n values wavers by about a fifth of their spread at n = 100, and as 1 / √n: this is ten times as
    /// much, or seven where values are few. Where it wavers more than it used to, that counts.
    fn threshold(&self, level: f32, recently: Recently) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "a few thousand at most")]
        let by_number = 15.0 / (recently.samples as f32).sqrt();
        let spread = self.normal.spread().max(recently.spread);
        (PART * level).max(LEAST).max(spread * by_number.max(2.0))
    }

    fn move_on(&mut self, from: f32, recently: Recently) -> Shift {
        self.streak = 0;
        self.stride = 0;
        let since = self.streak_since;
        let away = self.normal.median().is_some_and(|normal| (recently.median - normal).abs() > self.threshold(normal, recently));
        self.moved = away.then_some(Moved { to: recently.median, since, learned: [(0.0, 0.0); SETTLED], count: 0 });
        Shift { from: duration(from), to: duration(recently.median), since }
    }

    fn learn(&mut self, recently: Recently) {
        self.stride += 1;
        if self.stride < STRIDE {
            return;
        }
        self.stride = 0;
        match &mut self.moved {
            None => self.normal.learn(recently.median, recently.spread),
            Some(moved) => {
                if let Some(slot) = moved.learned.get_mut(moved.count) {
                    *slot = (recently.median, recently.spread);
                }
                moved.count += 1;
                if moved.count >= SETTLED {
                    self.normal.replace(&moved.learned);
                    self.moved = None;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
