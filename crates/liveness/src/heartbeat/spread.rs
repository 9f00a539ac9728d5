//! Numbers that look random and are not: the same seed gives the same beats, on every machine and in every release.

use std::time::{Duration, Instant};

/// The golden ratio's bits, an odd number: stepping by it visits all numbers before any comes again.
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;

/// The n-th number of a seed. No two are the same before 2^64 were drawn, since the mix can be undone. A peer might guess them; they
/// tell questions apart and keep no secret.
pub(crate) fn number(seed: u64, n: u64) -> u64 {
    mix(mix(seed).wrapping_add(n.wrapping_mul(STEP)))
}

/// The finisher of SplitMix64 (Steele, Lea, Flood 2014): each bit of what goes in turns half of those that come out.
pub(crate) fn mix(bits: u64) -> u64 {
    let bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

/// A part of a span, from nothing to just below all of it.
pub(crate) fn part(bits: u64, span: Duration) -> Duration {
    let part = (span.as_nanos() * u128::from(bits)) >> 64;
    Duration::from_nanos(u64::try_from(part).unwrap_or(u64::MAX))
}

/// The first turn strictly after this moment.
pub(crate) fn next_on_grid(turn: Instant, interval: Duration, after: Instant) -> Instant {
    if turn > after {
        return turn;
    }
    let past = (after - turn).as_nanos() % interval.as_nanos().max(1);
    let rest = interval.as_nanos() - past;
    after + Duration::from_nanos(u64::try_from(rest).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests;
