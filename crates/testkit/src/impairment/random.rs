//! Numbers that look random and are the same for the same seed, on every machine. Not for secrets.

/// The generator SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Random(u64);

impl Random {
    /// A sequence of its own for every seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number, any of 64 bits.
    pub fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, all of them as likely; nothing when `end` is zero.
    pub fn below(&mut self, end: u64) -> Option<u64> {
        // The high half of the product; that some numbers come up more often, by one in 2^64 / end, no test can see.
        (end > 0).then(|| ((u128::from(self.draw()) * u128::from(end)) >> 64) as u64)
    }
}

#[cfg(test)]
mod tests;
