//! The last two minutes, second by second: what had been counted at the end of each.

use super::loss::Tally;

/// So many whole seconds can be told, besides the one that runs.
pub const KEPT: u64 = 120;

/// The differences of that many seconds need one more.
const SLOTS: usize = KEPT as usize + 1;

/// What had been counted at the end of a second, since the link is watched.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Mark {
    /// Round trips.
    pub samples: u64,
    /// The median of this second's, in nanoseconds.
    pub median: Option<f32>,
    /// Packets on the way there.
    pub forward: Tally,
    /// Packets on the way back.
    pub reverse: Tally,
}

/// A ring of seconds, by their number.
#[derive(Debug, Clone)]
pub struct Seconds {
    ring: Box<[Option<(u64, Mark)>; SLOTS]>,
}

impl Default for Seconds {
    fn default() -> Self {
        Self { ring: Box::new([None; SLOTS]) }
    }
}

impl Seconds {
    /// A second is over.
    pub fn close(&mut self, number: u64, mark: Mark) {
        if let Some(slot) = self.ring.get_mut(place(number)) {
            *slot = Some((number, mark));
        }
    }

    /// What had been counted at the end of a second; `None` of one that is too long ago, or before the link was watched.
    #[must_use]
    pub fn at(&self, number: u64) -> Option<&Mark> {
        let slot = self.ring.get(place(number))?.as_ref();
        slot.filter(|(kept, _)| *kept == number).map(|(_, mark)| mark)
    }

    /// What had been counted so many seconds before a second, at the end; nothing when the link was not watched then.
    #[must_use]
    pub fn before(&self, number: u64, seconds: u64) -> Mark {
        number.checked_sub(seconds).and_then(|number| self.at(number)).copied().unwrap_or_default()
    }
}

fn place(number: u64) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "a remainder of a usize is one")]
    let place = (number % SLOTS as u64) as usize;
    place
}

#[cfg(test)]
mod tests;
