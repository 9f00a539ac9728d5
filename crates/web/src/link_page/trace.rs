//! The last seconds of a link, drawn: its median round trip beside its normal, and below it what each way lost.
//!
//! The drawing is stretched to the page's width, so no text stands in it: labels are placed beside it by percent.

use std::fmt::Write as _;
use std::time::Duration;

use allswell_model::Timestamp;
use allswell_model::link::{LinkPoint, LinkState};

use crate::links::look::LinkLook;
use crate::links::phrase::took;
use crate::text;

/// The width of the drawing, as the template's frame has it.
const WIDTH: f64 = 720.0;
/// The height of the part that shows round trips.
const PLOT: f64 = 160.0;
/// The height of each of the two lanes below it that show losses.
const LANE: f64 = 28.0;
/// Between them.
const SPACE: f64 = 4.0;
/// The whole height.
const HEIGHT: f64 = PLOT + 2.0 * (LANE + SPACE);
/// The least height of a loss, so that one lost packet is seen.
const LEAST: f64 = 5.0;
/// The shortest time that is drawn.
const SHORTEST: Duration = Duration::from_secs(60);
/// A second, as points have it.
const SECOND_US: i64 = 1_000_000;

/// The drawing, ready to be shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    /// What it says, in one sentence.
    pub(crate) sentence: String,
    /// The median round trips.
    pub(crate) median: String,
    /// Their own normal.
    pub(crate) normal: Option<String>,
    /// Losses on the way there.
    pub(crate) there: String,
    /// Losses on the way back.
    pub(crate) back: String,
    /// Where the link was down.
    pub(crate) down: String,
    /// Where nothing can be said, for a process stood still.
    pub(crate) stalled: String,
    /// Where nothing was heard at all.
    pub(crate) gaps: String,
    /// Durations beside it, the greatest first.
    pub(crate) heights: Vec<Tick>,
    /// Times below it.
    pub(crate) times: Vec<Tick>,
    /// The same as a table, the newest first.
    pub(crate) rows: Vec<Row>,
}

/// A label and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tick {
    /// Of the drawing's width or height, in percent.
    pub(crate) percent: String,
    /// The same as the drawing's coordinate.
    pub(crate) at: String,
    /// What stands there.
    pub(crate) label: String,
}

/// One second in figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// `16:54:17`
    pub(crate) at: String,
    /// The same for machines.
    pub(crate) iso: String,
    /// How the link was at its end.
    pub(crate) state: &'static str,
    /// The median round trip.
    pub(crate) rtt: String,
    /// Lost on the way there, and on the way back.
    pub(crate) lost: [String; 2],
}

/// Where a time and a duration stand in the drawing.
struct Canvas {
    from: i64,
    span: f64,
    top: f64,
}

/// Draws these seconds; `None` when there are none. `normal` is what the round trip is compared with.
pub(crate) fn draw(points: &[LinkPoint], normal: Option<Duration>) -> Option<Trace> {
    let (first, last) = (points.first()?, points.last()?);
    let span = last.at.since(first.at).max(SHORTEST);
    let longest = points.iter().filter_map(|point| point.rtt).chain(normal).max();
    let (step, steps) = scale(longest.unwrap_or_default());
    let canvas = Canvas { from: (last.at - span).0, span: micros(span), top: step * f64::from(steps) };
    let mut trace = Trace { sentence: sentence(points, normal), ..Trace::default() };
    let mut before: Option<&LinkPoint> = None;
    for point in points {
        trace.add(point, before, &canvas);
        before = Some(point);
    }
    let y = |micros: f64| canvas.y(micros);
    trace.normal = normal.map(|normal| format!("M0 {}H{WIDTH}", number(y(micros(normal)))));
    trace.heights = (0..=steps).rev().map(|n| step * f64::from(n)).map(|micros| height(micros, y(micros))).collect();
    trace.times = times(&canvas, last.at);
    trace.rows = points.iter().rev().map(row).collect();
    Some(trace)
}

impl Trace {
    fn add(&mut self, point: &LinkPoint, before: Option<&LinkPoint>, canvas: &Canvas) {
        let (from, to) = (canvas.x(point.at.0 - SECOND_US).max(0.0), canvas.x(point.at.0));
        let follows = before.is_some_and(|before| point.at.since(before.at) < Duration::from_millis(1_600));
        // Writing to a String cannot fail.
        if let Some(before) = before.filter(|_| !follows) {
            let gap = canvas.x(before.at.0);
            let _ = write!(self.gaps, "M{} 0H{}V{HEIGHT}H{}z", number(gap), number(from), number(gap));
        }
        if let Some(rtt) = point.rtt {
            let y = number(canvas.y(micros(rtt)));
            let goes_on = follows && before.is_some_and(|before| before.rtt.is_some());
            let _ = if goes_on {
                write!(self.median, "L{} {y}", number(to))
            } else {
                write!(self.median, "M{} {y}H{}", number(from), number(to))
            };
        }
        for (path, share, floor) in
            [(&mut self.there, point.loss_forward, PLOT + SPACE + LANE), (&mut self.back, point.loss_reverse, HEIGHT)]
        {
            if let Some(share) = share.filter(|share| *share > 0.0) {
                let tall = LEAST + (LANE - LEAST) * share.min(1.0);
                let _ = write!(path, "M{} {floor}V{}H{}V{floor}z", number(from), number(floor - tall), number(to));
            }
        }
        let washed = match point.state {
            LinkState::Down => Some(&mut self.down),
            LinkState::PeerStalled | LinkState::SelfStalled => Some(&mut self.stalled),
            _ => None,
        };
        if let Some(path) = washed {
            let _ = write!(path, "M{} 0H{}V{PLOT}H{}z", number(from), number(to), number(from));
        }
    }
}

impl Canvas {
    #[expect(clippy::cast_precision_loss, reason = "a place to be seen")]
    fn x(&self, at: i64) -> f64 {
        WIDTH * (at - self.from) as f64 / self.span
    }

    fn y(&self, micros: f64) -> f64 {
        PLOT * (1.0 - (micros / self.top).min(1.0))
    }
}

fn micros(span: Duration) -> f64 {
    span.as_secs_f64() * 1e6
}

/// A coordinate with one digit behind the point, and none where it is 0.
fn number(value: f64) -> String {
    format!("{}", (value * 10.0).round() / 10.0)
}

/// A round step in microseconds, and how many of them hold the longest round trip.
fn scale(longest: Duration) -> (f64, u32) {
    let wanted = (micros(longest) * 1.05).max(1.0) / 4.0;
    let ten = 10_f64.powf(wanted.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|times| times * ten).find(|step| *step >= wanted).unwrap_or(wanted);
    let steps = (1..=4).find(|n| step * f64::from(*n) >= micros(longest) * 1.02).unwrap_or(4);
    (step, steps)
}

fn height(micros: f64, y: f64) -> Tick {
    let label = match micros {
        none if none < 0.5 => "0".to_owned(),
        little if little < 1_000.0 => format!("{} µs", (little * 10.0).round() / 10.0),
        much if much < 1e6 => format!("{} ms", (much / 10.0).round() / 100.0),
        most => format!("{} s", (most / 1e4).round() / 100.0),
    };
    Tick { percent: number(100.0 * y / HEIGHT), at: number(y), label }
}

/// So many seconds ago, at round distances.
fn times(canvas: &Canvas, last: Timestamp) -> Vec<Tick> {
    let seconds = canvas.span / 1e6;
    let every = [10_u32, 15, 30, 60, 120, 300, 600].into_iter().find(|every| seconds / f64::from(*every) <= 6.5).unwrap_or(1_200);
    let ticks = (1_u32..8).map(|n| n * every).take_while(|ago| f64::from(*ago) < seconds * 0.97);
    let mut ticks: Vec<Tick> = ticks
        .map(|ago| {
            let x = canvas.x(last.0 - i64::from(ago) * SECOND_US);
            Tick {
                percent: number(100.0 * x / WIDTH),
                at: number(x),
                label: format!("−{}", text::set(Duration::from_secs(u64::from(ago)))),
            }
        })
        .collect();
    ticks.reverse();
    ticks
}

fn row(point: &LinkPoint) -> Row {
    let lost = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), text::percent);
    Row {
        at: text::second(point.at),
        iso: text::iso(point.at),
        state: LinkLook::of(point.state, point.loss_forward, point.loss_reverse).word(),
        rtt: point.rtt.map_or_else(|| "–".to_owned(), took),
        lost: [lost(point.loss_forward), lost(point.loss_reverse)],
    }
}

/// `Half of the last 2 min answered within 0.21 ms (normal 0.20 ms); 3 of 120 seconds lost packets, in 48 it was not up.`
fn sentence(points: &[LinkPoint], normal: Option<Duration>) -> String {
    let mut rtts: Vec<Duration> = points.iter().filter_map(|point| point.rtt).collect();
    rtts.sort_unstable();
    let lossy = points.iter().filter(|point| point.loss_forward.into_iter().chain(point.loss_reverse).any(|share| share > 0.0)).count();
    let ill = points.iter().filter(|point| !matches!(point.state, LinkState::Up | LinkState::Degraded)).count();
    let normal = normal.map(|normal| format!(" (normal {})", took(normal))).unwrap_or_default();
    let answered =
        rtts.get(rtts.len() / 2).map_or_else(|| "Nothing answered".to_owned(), |median| format!("Median {}{normal}", took(*median)));
    let total = points.len();
    let lost = if lossy == 0 { "no second lost a packet".to_owned() } else { format!("{lossy} of {total} seconds lost packets") };
    let not_up = if ill == 0 { String::new() } else { format!("; in {ill} it was not up") };
    format!("{answered}; {lost}{not_up}.")
}

#[cfg(test)]
mod tests;
