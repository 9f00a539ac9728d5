//! From a duration to a height: linear from nothing, or by powers of ten where a few slow answers would flatten all others.

use super::band::Point;

/// The slowest may be so many times as slow as the fastest before the scale is logarithmic.
const FLAT: f64 = 40.0;
/// So many lines stand between the floor and the ceiling of a linear scale, or a few more.
const LINES: f64 = 4.0;

/// How high a duration stands. All durations are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scale {
    /// From 0 to `lines` times `step`.
    Linear { step: f64, lines: u32 },
    /// From one power of ten to another.
    Logarithmic { from: i32, to: i32 },
}

impl Scale {
    /// The scale that shows all points; `None` when there are none.
    pub(super) fn over(points: &[Option<Point>]) -> Option<Self> {
        let least = points.iter().flatten().map(|point| point.low).fold(f64::INFINITY, f64::min).max(1.0);
        let most = points.iter().flatten().map(|point| point.top).fold(0.0, f64::max).max(1.0);
        if !least.is_finite() {
            return None;
        }
        if most / least > FLAT {
            let (from, to) = (least.log10().floor() as i32, most.log10().ceil() as i32);
            return Some(Self::Logarithmic { from, to: to.max(from + 1) });
        }
        let step = round_step(most / LINES);
        Some(Self::Linear { step, lines: ((most / step).ceil() as u32).max(1) })
    }

    pub(super) fn is_logarithmic(&self) -> bool {
        matches!(self, Self::Logarithmic { .. })
    }

    /// From 0 at the floor to 1 at the ceiling.
    pub(super) fn height(&self, micros: f64) -> f64 {
        let height = match *self {
            Self::Linear { step, lines } => micros / (step * f64::from(lines)),
            Self::Logarithmic { from, to } => (micros.max(1e-3).log10() - f64::from(from)) / f64::from(to - from),
        };
        height.clamp(0.0, 1.0)
    }

    /// The durations at which a line stands, the least first.
    pub(super) fn lines(&self) -> Vec<f64> {
        match *self {
            Self::Linear { step, lines } => (0..=lines).map(|n| step * f64::from(n)).collect(),
            Self::Logarithmic { from, to } => (from..=to).map(|power| 10_f64.powi(power)).collect(),
        }
    }
}

/// The least of 1, 2 and 5 times a power of ten that is no less.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.max(1.0).log10().floor());
    [1.0, 2.0, 5.0, 10.0].map(|digit| digit * power).into_iter().find(|step| *step >= least).unwrap_or(10.0 * power)
}

#[cfg(test)]
mod tests;
