//! How often something happens.

/// A share of all packets, from never to always. Never by default.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Default)]
pub struct Probability(f64);

impl Probability {
    /// It does not happen.
    pub const NEVER: Self = Self(0.0);
    /// It happens to all.
    pub const ALWAYS: Self = Self(1.0);

    /// From 0.0 to 1.0.
    ///
    /// # Panics
    /// When it is not within.
    #[must_use]
    pub fn of(share: f64) -> Self {
        assert!((0.0..=1.0).contains(&share), "{share} is no probability");
        Self(share)
    }

    /// From 0 to 100.
    ///
    /// # Panics
    /// When it is not within.
    #[must_use]
    pub fn percent(percent: f64) -> Self {
        Self::of(percent / 100.0)
    }

    /// From 0.0 to 1.0.
    #[must_use]
    pub fn share(self) -> f64 {
        self.0
    }

    /// Whether it happens to the packet for which this number was drawn.
    #[must_use]
    pub fn happens(self, drawn: u64) -> bool {
        unit(drawn) < self.0
    }
}

/// A number drawn from all 64 bits as one of [0, 1).
#[must_use]
pub(crate) fn unit(drawn: u64) -> f64 {
    // 53 bits are what the type holds: with more, the largest would be rounded up to one.
    const STEP: f64 = 1.0 / (1_u64 << 53) as f64;
    (drawn >> 11) as f64 * STEP
}
