//! The last round trips one by one: what is said of the last seconds is exact, and medians of a few hundred values are cheap.

use super::nanos::short;
use super::quantile::rank;

/// So many are kept: ten seconds at 200 a second. Of faster links they are fewer seconds.
pub const KEPT: usize = 2_048;

/// Where samples are copied to, to be put in order.
pub type Scratch = [f32; KEPT];

/// A ring of round trips in nanoseconds.
#[derive(Debug, Clone)]
pub struct Recent {
    ring: Box<Scratch>,
    pushed: u64,
}

impl Default for Recent {
    fn default() -> Self {
        Self { ring: Box::new([0.0; KEPT]), pushed: 0 }
    }
}

impl Recent {
    /// Takes in one, in nanoseconds.
    pub fn push(&mut self, nanos: u64) {
        if let Some(slot) = self.ring.get_mut(place(self.pushed)) {
            *slot = short(nanos);
        }
        self.pushed += 1;
    }

    /// How many were ever taken in: also the number of the next one.
    #[must_use]
    pub fn pushed(&self) -> u64 {
        self.pushed
    }

    /// Copies those from number `from` on, as far as they are kept, in no order.
    pub fn since<'a>(&self, from: u64, scratch: &'a mut Scratch) -> &'a mut [f32] {
        let from = from.max(self.pushed.saturating_sub(KEPT as u64)).min(self.pushed);
        let count = place_within(self.pushed - from);
        let begin = place(from);
        let (before_end, from_start) = (count.min(KEPT - begin), count.saturating_sub(KEPT - begin));
        let parts = self.ring.iter().skip(begin).take(before_end).chain(self.ring.iter().take(from_start));
        for (to, sample) in scratch.iter_mut().zip(parts) {
            *to = *sample;
        }
        scratch.split_at_mut(count).0
    }
}

/// The value that a share `q` of all does not exceed; puts them in another order. `None` without values.
pub fn quantile(samples: &mut [f32], q: f64) -> Option<f32> {
    let rank = place_within(rank(q, samples.len() as u64)?);
    let (_, found, _) = samples.select_nth_unstable_by(rank - 1, f32::total_cmp);
    Some(*found)
}

/// The median of how far values are from `middle`; the values are gone afterwards.
pub fn spread(samples: &mut [f32], middle: f32) -> Option<f32> {
    for sample in &mut *samples {
        *sample = (*sample - middle).abs();
    }
    quantile(samples, 0.5)
}

fn place(number: u64) -> usize {
    place_within(number % KEPT as u64)
}

#[expect(clippy::cast_possible_truncation, reason = "at most the length of the ring")]
fn place_within(number: u64) -> usize {
    number as usize
}

#[cfg(test)]
mod tests;
