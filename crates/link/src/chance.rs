//! Chance that a seed decides: jitter. Nothing here keeps a secret; identities come from [`crate::cookie`].

/// Sebastiano Vigna's SplitMix64: one multiplication chain, any seed will do.
#[derive(Debug, Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Between the two shares of `whole`, in thousandths; both included.
    pub(crate) fn share(&mut self, whole: std::time::Duration, from: u32, to: u32) -> std::time::Duration {
        let steps = u64::from(to.saturating_sub(from)) + 1;
        #[expect(clippy::cast_possible_truncation, reason = "less than `steps`, which came from 32 bits")]
        let thousandths = from + (self.next() % steps) as u32;
        whole / 1000 * thousandths
    }
}
