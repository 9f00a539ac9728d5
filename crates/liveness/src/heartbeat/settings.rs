//! What a heartbeat is told, and what it means once it was checked.

use std::fmt;
use std::time::Duration;

/// Longer than any sensible setting, and short enough that no instant overflows.
const AT_MOST: Duration = Duration::from_secs(365 * 24 * 3600);

/// How often to ask, and how long to wait for an answer; [`Settings::check`] makes a [`Heartbeat`] of it.
///
/// A silent peer is lost after at most `interval * (1 + jitter) + timeout * (misses_allowed + 1)`.
///
/// ```
/// use allswell_liveness::heartbeat::Settings;
/// use std::time::Duration;
///
/// let heartbeat = Settings { interval: Duration::from_secs(10), ..Settings::default() }.check()?;
/// assert_eq!(heartbeat.interval(), Duration::from_secs(10));
/// # Ok::<(), allswell_liveness::heartbeat::Mistake>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// From one question to the next.
    pub interval: Duration,
    /// How long an answer may take before that is a miss.
    pub timeout: Duration,
    /// How much later than its turn a question may be asked, as a fraction of the interval: 0 or more, and less than 1.
    /// Turns keep their places, so that jitter never adds up.
    pub jitter: f64,
    /// How many misses in a row are borne. With none there is a single look at the figures, and a backlog needs two to be understood.
    pub misses_allowed: u32,
}

impl Default for Settings {
    /// A question each 15 s with a tenth of jitter, 5 s for an answer, two misses borne: a silent peer is lost within 32 s.
    fn default() -> Self {
        Self { interval: Duration::from_secs(15), timeout: Duration::from_secs(5), jitter: 0.1, misses_allowed: 2 }
    }
}

impl Settings {
    /// Checks them.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn check(self) -> Result<Heartbeat, Mistake> {
        checked("interval", self.interval)?;
        checked("timeout", self.timeout)?;
        if !(0.0..1.0).contains(&self.jitter) {
            return Err(Mistake::Jitter(self.jitter));
        }
        let Self { interval, timeout, jitter, misses_allowed } = self;
        Ok(Heartbeat { interval, timeout, jitter: interval.mul_f64(jitter), misses_allowed })
    }
}

fn checked(setting: &'static str, value: Duration) -> Result<(), Mistake> {
    match value {
        Duration::ZERO => Err(Mistake::Zero(setting)),
        _ if value > AT_MOST => Err(Mistake::TooLong(setting)),
        _ => Ok(()),
    }
}

/// Settings that make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heartbeat {
    interval: Duration,
    timeout: Duration,
    jitter: Duration,
    misses_allowed: u32,
}

impl Heartbeat {
    /// From one turn to the next.
    #[must_use]
    pub fn interval(&self) -> Duration {
        self.interval
    }

    /// How long an answer may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// How much later than its turn a question may be asked.
    #[must_use]
    pub fn jitter(&self) -> Duration {
        self.jitter
    }

    /// How many misses in a row are borne.
    #[must_use]
    pub fn misses_allowed(&self) -> u32 {
        self.misses_allowed
    }

    /// Called later than this after a deadline, we cannot tell the peer's silence from our own stall: a quarter of the timeout, which
    /// leaves an ordinary delay of a busy loop a miss, and makes a stalled process none.
    pub(crate) fn tolerance(&self) -> Duration {
        self.timeout / 4
    }
}

/// A setting that makes no sense.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Mistake {
    /// The named setting is zero.
    Zero(&'static str),
    /// The named setting is longer than a year.
    TooLong(&'static str),
    /// The jitter is not within 0 and 1.
    Jitter(f64),
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Zero(setting) => write!(f, "the heartbeat's {setting} is zero; give it a duration"),
            Self::TooLong(setting) => write!(f, "the heartbeat's {setting} is longer than a year"),
            Self::Jitter(jitter) => {
                write!(f, "the heartbeat's jitter is {jitter}; it is a fraction of the interval, from 0 to less than 1")
            }
        }
    }
}

impl std::error::Error for Mistake {}

#[cfg(test)]
mod tests;
