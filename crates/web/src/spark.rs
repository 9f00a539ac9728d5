//! The small bars that show a target's last turns, aligned in time: height is the round trip, a gap is hatched.

use std::fmt::Write as _;
use std::time::Duration;

use allswell_model::Timestamp;

use crate::facts::{Came, Turn};

/// How many turns are shown.
const SLOTS: usize = 60;
/// Each bar and the space beside it; the template's frame is 60 of these wide.
const STEP: usize = 3;
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
    /// The boxes of those turns of which nothing was heard.
    pub(crate) gaps: String,
    /// What it shows, for those who do not see it.
    pub(crate) label: String,
}

/// Draws the turns on a grid of `every` that ends now. A turn of more than one result shows the worst.
pub(crate) fn draw(turns: impl Iterator<Item = Turn>, every: Duration, now: Timestamp) -> Spark {
    let slots = place(turns, every, now);
    let tallest = slots.iter().flatten().filter_map(|turn| turn.rtt).max().unwrap_or_default().as_micros().max(1);
    let mut spark = Spark { gaps: gaps(&slots), label: label(&slots, every), ..Spark::default() };
    for (slot, turn) in slots.iter().enumerate() {
        if let Some(turn) = turn {
            spark.bar(slot, *turn, tallest);
        }
    }
    spark
}

impl Spark {
    fn bar(&mut self, slot: usize, turn: Turn, tallest: u128) {
        let scaled = |rtt: Duration| LEAST + (HEIGHT - LEAST - 2) * rtt.as_micros() / tallest;
        let (path, height) = match turn.came {
            Came::Up => (&mut self.up, turn.rtt.map_or(LEAST, scaled)),
            Came::Warned => (&mut self.warned, turn.rtt.map_or(LEAST, scaled)),
            Came::Down => (&mut self.down, HEIGHT),
            Came::Unknown => (&mut self.unknown, HEIGHT),
        };
        // Writing to a String cannot fail.
        let _ = write!(path, "M{} {HEIGHT}v-{height}", slot * STEP + 1);
    }
}

/// Which turn stands in which slot, the newest last. While the newest turn is under way its slot would be empty:
/// the grid therefore ends at the newest result as long as that is fresh.
fn place(turns: impl Iterator<Item = Turn>, every: Duration, now: Timestamp) -> [Option<Turn>; SLOTS] {
    let turns: Vec<Turn> = turns.collect();
    let every = every.as_micros().max(1);
    let newest = turns.iter().map(|turn| turn.at).max().unwrap_or(now);
    let end = if now.since(newest).as_micros() < 2 * every { newest } else { now };
    let mut slots = [None; SLOTS];
    for turn in turns {
        let back = usize::try_from((end.since(turn.at).as_micros() + every / 2) / every).unwrap_or(SLOTS);
        if let Some(slot) = SLOTS.checked_sub(back + 1).and_then(|at| slots.get_mut(at)) {
            *slot = worse(*slot, turn);
        }
    }
    slots
}

fn worse(known: Option<Turn>, turn: Turn) -> Option<Turn> {
    let rank = |turn: Turn| match turn.came {
        Came::Up => 0,
        Came::Warned => 1,
        Came::Unknown => 2,
        Came::Down => 3,
    };
    Some(known.filter(|known| rank(*known) > rank(turn)).unwrap_or(turn))
}

/// One box for each run of empty slots.
fn gaps(slots: &[Option<Turn>]) -> String {
    let mut path = String::new();
    let mut begun = None;
    for (slot, filled) in slots.iter().map(Option::is_some).chain([true]).enumerate() {
        match (filled, begun) {
            (false, None) => begun = Some(slot),
            (true, Some(first)) => {
                // Writing to a String cannot fail.
                let _ = write!(path, "M{} 0h{}v{HEIGHT}h-{}z", first * STEP, (slot - first) * STEP, (slot - first) * STEP);
                begun = None;
            }
            _ => {}
        }
    }
    path
}

fn label(slots: &[Option<Turn>], every: Duration) -> String {
    let kinds = [(Came::Up, "up"), (Came::Warned, "degraded"), (Came::Down, "down"), (Came::Unknown, "unknown")];
    let mut parts: Vec<String> = kinds
        .into_iter()
        .map(|(came, word)| (slots.iter().flatten().filter(|turn| turn.came == came).count(), word))
        .filter(|(n, _)| *n > 0)
        .map(|(n, word)| format!("{n} {word}"))
        .collect();
    let empty = slots.iter().filter(|slot| slot.is_none()).count();
    if empty > 0 {
        parts.push(format!("{empty} without a result"));
    }
    let slots = u32::try_from(SLOTS).unwrap_or(u32::MAX);
    format!("last {}: {}", crate::text::age(every * slots), parts.join(", "))
}

#[cfg(test)]
mod tests;
