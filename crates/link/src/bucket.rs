//! How many handshakes are answered: a bucket that fills with time and is emptied by packets.

use std::time::Duration;

use crate::time::Moment;

/// A peer that begins anew needs one or two; so many at once are answered.
const AT_ONCE: u64 = 10;

/// And one more after each of these.
const ONE_EACH: Duration = Duration::from_millis(50);

/// A bucket: the moment up to which it is spent.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Bucket {
    spent_until: Moment,
}

impl Bucket {
    /// Takes one out; false when it is empty.
    pub(crate) fn take(&mut self, now: Moment) -> bool {
        let from = self.spent_until.max(now);
        let until = from + ONE_EACH;
        let fits = until.since(now) <= ONE_EACH * u32::try_from(AT_ONCE).unwrap_or(u32::MAX);
        if fits {
            self.spent_until = until;
        }
        fits
    }
}

#[cfg(test)]
mod tests;
