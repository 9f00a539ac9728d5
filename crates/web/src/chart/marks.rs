//! What failed and where nothing was heard: a wash over the plot, and a lane of its own below it.

use std::fmt::Write as _;
use std::time::Duration;

use allswell_model::Timestamp;
use allswell_store::Rollup;

use super::canvas::{HEIGHT, PLOT, after, coordinate, width_of};
use super::extent::Window;

/// The lane begins so far below the plot.
const SPACE: f64 = 6.0;
/// The least height of a mark, of the lane's.
const LEAST: f64 = 0.35;

/// The paths of what is no duration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    /// Behind the plot, where something failed.
    pub(crate) wash: String,
    /// In the lane, as high as the share that failed.
    pub(crate) down: String,
    /// In the lane, as high as the share that tells nothing.
    pub(crate) unknown: String,
    /// In the lane, as high as the share with a warning.
    pub(crate) degraded: String,
    /// Over all of it, where nothing was heard.
    pub(crate) gaps: String,
}

pub(super) fn draw(buckets: &[Rollup], window: &Window, now: Timestamp, patience: Duration) -> Marks {
    let mut marks = Marks::default();
    let width = width_of(window.count);
    for (number, bucket) in buckets.iter().enumerate() {
        let (from, to) = (after(number, width), after(number + 1, width));
        let counts = bucket.counts;
        if counts.down > 0 {
            bar(&mut marks.wash, from, to, (0.0, PLOT));
        }
        for (path, part) in [(&mut marks.down, counts.down), (&mut marks.unknown, counts.unknown), (&mut marks.degraded, counts.degraded)] {
            if let Some(share) = share(part, counts.total()) {
                bar(path, from, to, (HEIGHT - (HEIGHT - PLOT - SPACE) * share, HEIGHT));
            }
        }
        // What begins only now may still hear something.
        let silent_since = now.since(window.begin(number));
        if counts.total() == 0 && silent_since > patience {
            bar(&mut marks.gaps, from, to, (0.0, HEIGHT));
        }
    }
    marks
}

#[expect(clippy::cast_precision_loss, reason = "a share to be seen")]
fn share(part: u64, of: u64) -> Option<f64> {
    (part > 0).then(|| (part as f64 / of.max(1) as f64).max(LEAST))
}

fn bar(path: &mut String, from: f64, to: f64, (top, bottom): (f64, f64)) {
    let (left, right) = (coordinate(from), coordinate(to));
    // Writing to a String cannot fail.
    let _ = write!(path, "M{left} {}H{right}V{}H{left}z", coordinate(top), coordinate(bottom));
}

#[cfg(test)]
mod tests;
