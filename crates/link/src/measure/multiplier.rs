//! How many packets in a row must be missing before silence means something. Where packets are lost by chance, a fixed number takes
//! chance for an end sooner or later; on a thousand links, soon.

use std::time::Duration;

use super::loss::Loss;
use crate::time::Moment;

/// How often chance alone may end a session, per second: once in ten years of one direction of a link.
pub const ONCE_IN_TEN_YEARS: f64 = 1.0 / (10.0 * 365.25 * 86_400.0);

/// The largest that chance may demand: a link that would need more is not worth a longer silence.
pub const CAP: u8 = 10;

/// Loss must have been smaller for so long before the multiplier comes down, and by one only.
const PATIENCE: Duration = Duration::from_secs(60);

/// Fewer packets than these say little: one that is lost of the first ten is no loss of 10 %.
const FEW: u64 = 200;

/// How many packets in a row must be missing so that chance does it at most `target` times per second: the smallest m with
/// p^m · (1 − p) / (0.875 · T) ≤ target, since packets are 0.875 intervals apart on average (RFC 5880, 6.8.7, jitter of 0 to 25 %). It
/// takes losses as independent of each other, which those of a full queue are not: hence loss is best overestimated.
#[must_use]
pub fn needed(loss: f64, interval: Duration, target: f64) -> u8 {
    if loss <= 0.0 {
        return 1;
    }
    if loss >= 1.0 {
        return u8::MAX;
    }
    let chance_of_a_run = (target * 0.875 * interval.as_secs_f64() / (1.0 - loss)).min(1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast to u8 saturates, and a quotient of two logarithms of shares is not negative"
    )]
    let needed = (chance_of_a_run.ln() / loss.ln()).ceil() as u8;
    needed.max(1)
}

/// The loss to reckon with: what was seen and a standard deviation of its count more. Without any loss it is none.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a share")]
pub fn cautious(loss: Loss) -> f64 {
    let lost = loss.lost as f64;
    ((lost + lost.sqrt()) / loss.expected.max(FEW) as f64).min(1.0)
}

/// A multiplier that follows loss: up at once, down slowly.
#[derive(Debug, Clone, Copy)]
pub struct Multiplier {
    minimum: u8,
    current: u8,
    /// Since when less would do.
    calm_since: Option<Moment>,
}

impl Multiplier {
    /// Never below `minimum`, which was configured, even where that is above [`CAP`].
    #[must_use]
    pub fn new(minimum: u8) -> Self {
        Self { minimum, current: minimum, calm_since: None }
    }

    /// Takes in the loss ([`cautious`]) of the last minutes on the way from the peer to us, and the interval of the peer's packets.
    /// Returns what to use from now on.
    pub fn update(&mut self, now: Moment, loss: f64, interval: Duration) -> u8 {
        let wanted = needed(loss, interval, ONCE_IN_TEN_YEARS).min(CAP).max(self.minimum);
        if wanted >= self.current {
            (self.current, self.calm_since) = (wanted, None);
        } else if now.since(*self.calm_since.get_or_insert(now)) >= PATIENCE {
            (self.current, self.calm_since) = (self.current - 1, Some(now));
        }
        self.current
    }

    /// What is used now.
    #[must_use]
    pub fn current(&self) -> u8 {
        self.current
    }
}

#[cfg(test)]
mod tests;
