//! The labels beside and below a chart: round durations and round times, placed by percent.

use allswell_model::Timestamp;

use super::canvas::{HEIGHT, PLOT, WIDTH, coordinate};
use super::extent::{Extent, Window};
use super::scale::Scale;
use crate::text;

/// A label and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tick {
    /// Of the drawing's width or height, in percent.
    pub(crate) percent: String,
    /// The same as the drawing's coordinate, for the line across it.
    pub(crate) at: String,
    /// What stands there.
    pub(crate) label: String,
}

/// A label nearer to an end than this would be cut off.
const EDGE: f64 = 3.5;

/// The durations, the greatest first.
pub(super) fn heights(scale: &Scale) -> Vec<Tick> {
    let tick = |micros: &f64| {
        let y = PLOT * (1.0 - scale.height(*micros));
        Tick { percent: coordinate(100.0 * y / HEIGHT), at: coordinate(y), label: duration(*micros) }
    };
    scale.lines().iter().rev().map(tick).collect()
}

/// The times, the oldest first.
pub(super) fn times(window: &Window) -> Vec<Tick> {
    let (every, from, to) = (window.extent.tick_us(), window.from.0, window.to().0);
    let first = from.div_euclid(every).saturating_add(1).saturating_mul(every);
    let mut ticks = Vec::new();
    let mut at = first;
    while at < to {
        #[expect(clippy::cast_precision_loss, reason = "a place to be seen")]
        let share = (at - from) as f64 / (to - from).max(1) as f64;
        if (EDGE..=100.0 - EDGE).contains(&(100.0 * share)) {
            let (percent, x) = (coordinate(100.0 * share), coordinate(WIDTH * share));
            ticks.push(Tick { percent, at: x, label: time(window.extent, Timestamp(at)) });
        }
        at = at.saturating_add(every);
    }
    ticks
}

fn time(extent: Extent, at: Timestamp) -> String {
    match extent {
        Extent::Hour | Extent::Day => text::clock(at),
        Extent::Month => text::day(at),
    }
}

/// A round duration: `0`, `200 µs`, `0.5 ms`, `20 ms`, `1.5 s`.
fn duration(micros: f64) -> String {
    let (value, unit) = match micros {
        least if least < 0.5 => return "0".to_owned(),
        little if little < 1_000.0 => (little, "µs"),
        much if much < 1_000_000.0 => (much / 1_000.0, "ms"),
        most => (most / 1_000_000.0, "s"),
    };
    format!("{} {unit}", (value * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests;
