//! What is normal for a link: medians over a long time.

/// At one value every ten seconds, an hour.
const KEPT: usize = 360;

/// Fewer values than these say nothing.
const FEWEST: u64 = 3;

/// The last medians of the round trip with their spreads, in nanoseconds.
#[derive(Debug, Clone)]
pub struct Normal {
    medians: Box<[f32; KEPT]>,
    spreads: Box<[f32; KEPT]>,
    count: u64,
    median: Option<f32>,
    spread: f32,
}

impl Default for Normal {
    fn default() -> Self {
        Self { medians: Box::new([0.0; KEPT]), spreads: Box::new([0.0; KEPT]), count: 0, median: None, spread: 0.0 }
    }
}

impl Normal {
    /// Takes in one more; the oldest is forgotten.
    pub fn learn(&mut self, median: f32, spread: f32) {
        self.put(median, spread);
        self.settle();
    }

    /// Forgets everything but these: medians with their spreads.
    pub fn replace(&mut self, learned: &[(f32, f32)]) {
        self.count = 0;
        for (median, spread) in learned {
            self.put(*median, *spread);
        }
        self.settle();
    }

    /// The median of medians; `None` before there are enough.
    #[must_use]
    pub fn median(&self) -> Option<f32> {
        self.median
    }

    /// The median of spreads.
    #[must_use]
    pub fn spread(&self) -> f32 {
        self.spread
    }

    fn put(&mut self, median: f32, spread: f32) {
        #[expect(clippy::cast_possible_truncation, reason = "a remainder of a usize is one")]
        let place = (self.count % KEPT as u64) as usize;
        if let (Some(to_median), Some(to_spread)) = (self.medians.get_mut(place), self.spreads.get_mut(place)) {
            (*to_median, *to_spread) = (median, spread);
        }
        self.count += 1;
    }

    fn settle(&mut self) {
        self.median = middle(&self.medians, self.count).filter(|_| self.count >= FEWEST);
        self.spread = middle(&self.spreads, self.count).unwrap_or(0.0);
    }
}

fn middle(ring: &[f32; KEPT], count: u64) -> Option<f32> {
    let mut copy = *ring;
    let count = usize::try_from(count).unwrap_or(KEPT).min(KEPT);
    let kept = copy.get_mut(..count).filter(|kept| !kept.is_empty())?;
    let (_, middle, _) = kept.select_nth_unstable_by((count - 1) / 2, f32::total_cmp);
    Some(*middle)
}

#[cfg(test)]
mod tests;
