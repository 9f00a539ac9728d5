//! RFC 3550's interarrival jitter of what the peer sends, from the kernels' stamps. The difference of the clocks falls out of it.

use std::time::Duration;

use crate::time::Stamp;

/// A packet that took so much longer or shorter than the one before it says that a clock was set.
const JUMP: Duration = Duration::from_secs(1);

/// J of RFC 3550, 6.4.1, in the integers of its appendix A.8.
#[derive(Debug, Clone, Copy, Default)]
pub struct Jitter {
    /// Sixteen times J, in nanoseconds.
    scaled: u64,
    differences: u64,
    jumps: u64,
    /// The newest probe and when it was received: when it was sent is told by the next one.
    newest: Option<(u64, Stamp)>,
    /// How long the last packet of which that is known took, and what the clocks differ by.
    transit: Option<i64>,
}

impl Jitter {
    /// Takes in a probe's number, when it was received, and when it says that the one before it was sent.
    pub fn heard(&mut self, sequence: u64, received: Stamp, previous_sent: Stamp) {
        if let Some((newest, at)) = self.newest {
            if sequence <= newest {
                return;
            }
            if sequence == newest + 1 {
                self.took(at.after(previous_sent));
            }
        }
        self.newest = Some((sequence, received));
    }

    /// What follows cannot be compared with what was: a clock was set, or another session began.
    pub fn restart(&mut self) {
        (self.newest, self.transit) = (None, None);
    }

    /// J; `None` before two packets could be compared.
    #[must_use]
    pub fn estimate(&self) -> Option<Duration> {
        (self.differences > 0).then(|| Duration::from_nanos(self.scaled >> 4))
    }

    /// How often two packets could not be compared since a clock, theirs or ours, was set between them.
    #[must_use]
    pub fn jumps(&self) -> u64 {
        self.jumps
    }

    fn took(&mut self, transit: Option<i64>) {
        let earlier = std::mem::replace(&mut self.transit, transit);
        let (Some(transit), Some(earlier)) = (transit, earlier) else { return };
        let difference = transit.wrapping_sub(earlier).unsigned_abs();
        if u128::from(difference) > JUMP.as_nanos() {
            self.jumps += 1;
            return;
        }
        self.scaled = (self.scaled + difference).saturating_sub((self.scaled + 8) >> 4);
        self.differences += 1;
    }
}

#[cfg(test)]
mod tests;
