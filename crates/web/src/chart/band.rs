//! The band of quantiles: the median as a line, most of the rest as two areas around it.

use std::fmt::Write as _;
use std::time::Duration;

use allswell_store::Sketch;

use super::canvas::{PLOT, SHARES, after, coordinate, width_of};
use super::scale::Scale;

/// One bucket's quantiles, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) low: f64,
    pub(super) middle: f64,
    pub(super) high: f64,
    pub(super) top: f64,
}

/// The paths of the band.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Band {
    /// The line of the median.
    pub(crate) median: String,
    /// From the tenth to the ninetieth of a hundred.
    pub(crate) inner: String,
    /// From the ninetieth to the ninety-ninth.
    pub(crate) outer: String,
}

impl Point {
    /// `None` where nothing answered.
    pub(super) fn of(sketch: &Sketch) -> Option<Self> {
        let micros = |took: Duration| took.as_secs_f64() * 1e6;
        let [low, middle, high, top] = SHARES.map(|share| sketch.quantile(share).map(micros));
        Some(Self { low: low?, middle: middle?, high: high?, top: top? })
    }
}

/// Draws each run of buckets that have a point. A run is flat to the edges of its first and last bucket: a single one is seen too.
pub(super) fn draw(points: &[Option<Point>], scale: Option<&Scale>, count: usize) -> Band {
    let mut band = Band::default();
    let Some(scale) = scale else { return band };
    let width = width_of(count);
    let numbered: Vec<(usize, &Option<Point>)> = points.iter().enumerate().collect();
    for run in numbered.chunk_by(|a, b| a.1.is_some() == b.1.is_some()) {
        let run: Vec<(f64, Point)> = run.iter().filter_map(|(n, point)| Some((after(*n, width) + width / 2.0, (**point)?))).collect();
        band.add(&run, width / 2.0, scale);
    }
    band
}

impl Band {
    fn add(&mut self, run: &[(f64, Point)], half: f64, scale: &Scale) {
        let edge = |value: fn(&Point) -> f64| edge(run, half, scale, value);
        line(&mut self.median, &edge(|point| point.middle));
        area(&mut self.inner, &edge(|point| point.high), &edge(|point| point.low));
        area(&mut self.outer, &edge(|point| point.top), &edge(|point| point.high));
    }
}

/// The corners of one quantile's line, from the left.
fn edge(run: &[(f64, Point)], half: f64, scale: &Scale, value: fn(&Point) -> f64) -> Vec<(f64, f64)> {
    let y = |point: &Point| PLOT * (1.0 - scale.height(value(point)));
    let first = run.first().map(|(x, point)| (x - half, y(point)));
    let last = run.last().map(|(x, point)| (x + half, y(point)));
    first.into_iter().chain(run.iter().map(|(x, point)| (*x, y(point)))).chain(last).collect()
}

fn line(path: &mut String, corners: &[(f64, f64)]) {
    for (n, (x, y)) in corners.iter().enumerate() {
        // Writing to a String cannot fail.
        let _ = write!(path, "{}{} {}", if n == 0 { 'M' } else { 'L' }, coordinate(*x), coordinate(*y));
    }
}

fn area(path: &mut String, over: &[(f64, f64)], under: &[(f64, f64)]) {
    if over.is_empty() {
        return;
    }
    let around: Vec<_> = over.iter().chain(under.iter().rev()).copied().collect();
    line(path, &around);
    path.push('z');
}

#[cfg(test)]
mod tests;
