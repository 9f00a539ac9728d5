//! The small bars that show a target's last turns, aligned in time: height is the round trip, a gap is hatched.

use std::fmt::Write as _;
use std::time::Duration;

use allswell_model::Timestamp;

use crate::facts::{Came, Turn};

/// So many intervals are shown.
const TURNS: usize = 60;
/// The width of one: a bar and the space beside it.
const STEP: usize = 3;
/// Where in it the middle of the bar stands.
const MIDDLE: usize = 1;
/// The width of the drawing, as the template's frame has it.
const WIDTH: usize = TURNS * STEP;
/// The height of the drawing.
const HEIGHT: u128 = 20;
/// The least height of a bar, so that it is seen at all.
const LEAST: u128 = 3;

/// One drawing: a path for each kind of bar.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spark {
    /// Bars from the floor.
    pub(crate) up: String,
    /// The same with a warning.
    pub(crate) warned: String,
    /// Bars of the full height.
    pub(crate) down: String,
    /// Bars of the full height, to be dashed.
    pub(crate) unknown: String,
    /// Boxes where nothing was heard.
    pub(crate) gaps: String,
    /// What it shows, for those who do not see it.
    pub(crate) label: String,
}

/// Draws the turns of the last sixty intervals, each where its time is. Where two share a place the worse is seen.
pub(crate) fn draw(turns: impl Iterator<Item = Turn>, every: Duration, now: Timestamp) -> Spark {
    let (end, bars) = place(turns, every, now);
    let tallest = bars.iter().filter_map(|(_, turn)| turn.rtt).max().unwrap_or_default().as_micros().max(1);
    let gaps = gaps(&bars, end == now);
    let mut spark = Spark { label: label(&bars, &gaps, every), ..Spark::default() };
    for (from, to) in &gaps {
        // Writing to a String cannot fail.
        let _ = write!(spark.gaps, "M{from} 0h{}v{HEIGHT}h-{}z", to - from, to - from);
    }
    for (x, turn) in bars {
        spark.bar(x, turn, tallest);
    }
    spark
}

impl Spark {
    fn bar(&mut self, x: usize, turn: Turn, tallest: u128) {
        let scaled = |rtt: Duration| LEAST + (HEIGHT - LEAST - 2) * rtt.as_micros() / tallest;
        let (path, height) = match turn.came {
            Came::Up => (&mut self.up, turn.rtt.map_or(LEAST, scaled)),
            Came::Warned => (&mut self.warned, turn.rtt.map_or(LEAST, scaled)),
            Came::Down => (&mut self.down, HEIGHT),
            Came::Unknown => (&mut self.unknown, HEIGHT),
        };
        // Writing to a String cannot fail.
        let _ = write!(path, "M{x} {HEIGHT}v-{height}");
    }
}

/// Where each turn stands, the oldest first. While the newest turn is under way its place would be empty: the drawing
/// therefore ends at the newest result as long as that is fresh.
fn place(turns: impl Iterator<Item = Turn>, every: Duration, now: Timestamp) -> (Timestamp, Vec<(usize, Turn)>) {
    let mut turns: Vec<Turn> = turns.collect();
    // The clock may have been set back in between.
    turns.sort_by_key(|turn| turn.at);
    let every = every.as_micros().max(1);
    let newest = turns.last().map_or(now, |turn| turn.at);
    let end = if now.since(newest).as_micros() < 2 * every { newest } else { now };
    let x = |turn: &Turn| {
        let back = (end.since(turn.at).as_micros() * STEP as u128 + every / 2) / every;
        (WIDTH - STEP + MIDDLE).checked_sub(usize::try_from(back).ok()?)
    };
    let mut bars: Vec<(usize, Turn)> = Vec::with_capacity(turns.len());
    for turn in turns {
        let Some(x) = x(&turn) else { continue };
        match bars.last_mut().filter(|(known, _)| *known == x) {
            Some((_, known)) if rank(*known) > rank(turn) => {}
            Some((_, known)) => *known = turn,
            None => bars.push((x, turn)),
        }
    }
    (end, bars)
}

fn rank(turn: Turn) -> u8 {
    match turn.came {
        Came::Up => 0,
        Came::Warned => 1,
        Came::Unknown => 2,
        Came::Down => 3,
    }
}

/// From where to where nothing was heard, though more than one turn and a half went by.
fn gaps(bars: &[(usize, Turn)], at_the_end: bool) -> Vec<(usize, usize)> {
    let mut gaps = Vec::new();
    let mut from = 0;
    for (x, _) in bars {
        let to = x.saturating_sub(MIDDLE);
        if to > from + STEP / 2 {
            gaps.push((from, to));
        }
        from = x + STEP - MIDDLE;
    }
    if at_the_end && from < WIDTH {
        gaps.push((from, WIDTH));
    }
    gaps
}

fn label(bars: &[(usize, Turn)], gaps: &[(usize, usize)], every: Duration) -> String {
    let kinds = [(Came::Up, "up"), (Came::Warned, "degraded"), (Came::Down, "down"), (Came::Unknown, "unknown")];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .map(|(came, word)| (bars.iter().filter(|(_, turn)| turn.came == came).count(), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let silent: usize = gaps.iter().map(|(from, to)| (to - from + STEP / 2) / STEP).sum();
    if silent > 0 {
        parts.push(format!("{silent} without a result"));
    }
    let turns = u32::try_from(TURNS).unwrap_or(u32::MAX);
    format!("last {}: {}", crate::text::age(every * turns), parts.join(", "))
}

#[cfg(test)]
mod tests;
