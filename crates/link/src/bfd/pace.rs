//! What our operator wishes of a session.

use std::num::NonZeroU8;
use std::time::Duration;

use crate::bfd::packet::Micros;

/// While a session is not up its packets come no more often than this (RFC 5880, 6.8.3).
pub const SLOW: Duration = Duration::from_secs(1);

/// How often we send, would hear, and when we are to be given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// We would send no more often than this, at least a microsecond.
    pub sends: Duration,
    /// We can hear no more often than this, at least a microsecond.
    pub hears: Duration,
    /// We are to be taken for dead after so many of our intervals of silence.
    pub multiplier: NonZeroU8,
}

impl Pace {
    /// Of a session that is up. 0 is reserved (RFC 5880, 4.1).
    pub(crate) fn desired_tx(&self) -> Micros {
        Micros::of(self.sends).max(Micros(1))
    }

    /// Of one that is not.
    pub(crate) fn slow_tx(&self) -> Micros {
        self.desired_tx().max(Micros::of(SLOW))
    }

    /// 0 would mean that we want to hear nothing (RFC 5880, 4.1).
    pub(crate) fn required_rx(&self) -> Micros {
        Micros::of(self.hears).max(Micros(1))
    }
}
