//! The control packet, and the bytes of it (RFC 5880, 4.1). Reading is total: whatever comes, it is a packet or one of [`Refused`].

use std::time::Duration;

use crate::bfd::refused::Refused;
use crate::bfd::state::{Diagnostic, State};

/// Bytes of a packet without authentication: all that we ever send.
pub const LENGTH: usize = 24;

/// The hop limit (TTL) of every packet. One that has passed a router has less, so nobody further away can have sent it (RFC 5881, 5).
pub const HOP_LIMIT: u8 = 255;

/// Where packets go (RFC 5881, 4).
pub const PORT: u16 = 3784;

/// Where they may come from (RFC 5881, 4).
pub const SOURCE_PORTS: std::ops::RangeInclusive<u16> = 49152..=65535;

const VERSION: u8 = 1;
const WITH_AUTHENTICATION: u8 = 26;

const POLL: u8 = 0x20;
const FINAL: u8 = 0x10;
const INDEPENDENT: u8 = 0x08;
const AUTHENTICATED: u8 = 0x04;
const DEMAND: u8 = 0x02;
const MULTIPOINT: u8 = 0x01;

/// A time as packets carry it: microseconds, up to 71 minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Micros(pub u32);

impl Micros {
    /// The longest that can be said, for anything longer.
    #[must_use]
    pub fn of(d: Duration) -> Self {
        Self(u32::try_from(d.as_micros()).unwrap_or(u32::MAX))
    }

    /// As a duration.
    #[must_use]
    pub fn duration(self) -> Duration {
        Duration::from_micros(self.0.into())
    }
}

/// What a control packet says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// Why its sender's session last changed.
    pub diagnostic: Diagnostic,
    /// How its sender's session is.
    pub state: State,
    /// It asks for an answer at once.
    pub poll: bool,
    /// It is that answer.
    pub is_final: bool,
    /// The sender's session outlives its control plane.
    pub independent: bool,
    /// The type of its authentication section, if it has one. What stands in that is not looked at.
    pub authentication: Option<u8>,
    /// Its sender wants no periodic packets while both ends are up.
    pub demand: bool,
    /// Silence for so many intervals ends the session.
    pub multiplier: u8,
    /// Which session of its sender.
    pub mine: u32,
    /// Which session of its receiver; 0 when its sender does not know.
    pub yours: u32,
    /// Its sender would send no more often than this.
    pub desired_tx: Micros,
    /// Its sender can hear no more often than this; 0 when it wants to hear no periodic packets at all.
    pub required_rx: Micros,
    /// Its sender can reflect echo packets no more often than this; 0 when it reflects none.
    pub required_echo_rx: Micros,
}

impl Packet {
    /// Reads a packet from all that a datagram carried.
    ///
    /// # Errors
    /// The first of RFC 5880, 6.8.6's checks that fails; those that need a session are the session's.
    pub fn read(bytes: &[u8]) -> Result<Self, Refused> {
        let [first, rest @ ..] = bytes else { return Err(Refused::Truncated) };
        if first >> 5 != VERSION {
            return Err(Refused::Version);
        }
        let [flags, _, length, ..] = rest else { return Err(Refused::Truncated) };
        #[expect(clippy::cast_possible_truncation, reason = "it is 24")]
        let least = if flags & AUTHENTICATED == 0 { LENGTH as u8 } else { WITH_AUTHENTICATION };
        if *length < least {
            return Err(Refused::Length);
        }
        let whole = bytes.get(..usize::from(*length)).ok_or(Refused::Truncated)?;
        let packet = Self::of_words(whole).ok_or(Refused::Truncated)?;
        if packet.multiplier == 0 {
            return Err(Refused::Multiplier);
        }
        if flags & MULTIPOINT != 0 {
            return Err(Refused::Multipoint);
        }
        if packet.mine == 0 {
            return Err(Refused::NoDiscriminator);
        }
        if packet.yours == 0 && !matches!(packet.state, State::Down | State::AdminDown) {
            return Err(Refused::StateWithoutSession);
        }
        Ok(packet)
    }

    /// `None` when there are too few bytes for it.
    fn of_words(bytes: &[u8]) -> Option<Self> {
        let (words, _) = bytes.as_chunks::<4>();
        let [head, numbers @ ..] = words else { return None };
        let [mine, yours, desired_tx, required_rx, required_echo_rx] = numbers.first_chunk()?.map(u32::from_be_bytes);
        let [first, flags, multiplier, _] = *head;
        Some(Self {
            diagnostic: Diagnostic::of_bits(first),
            state: State::of_bits(flags >> 6),
            poll: flags & POLL != 0,
            is_final: flags & FINAL != 0,
            independent: flags & INDEPENDENT != 0,
            authentication: (flags & AUTHENTICATED != 0).then(|| bytes.get(LENGTH).copied().unwrap_or(0)),
            demand: flags & DEMAND != 0,
            multiplier,
            mine,
            yours,
            desired_tx: Micros(desired_tx),
            required_rx: Micros(required_rx),
            required_echo_rx: Micros(required_echo_rx),
        })
    }

    /// Its bytes, without authentication.
    #[must_use]
    pub fn write(&self) -> [u8; LENGTH] {
        let flag = |is: bool, bit: u8| if is { bit } else { 0 };
        let flags = flag(self.poll, POLL) | flag(self.is_final, FINAL) | flag(self.independent, INDEPENDENT) | flag(self.demand, DEMAND);
        #[expect(clippy::cast_possible_truncation, reason = "it is 24")]
        let head = [VERSION << 5 | self.diagnostic.bits(), (self.state as u8) << 6 | flags, self.multiplier, LENGTH as u8];
        let numbers = [self.mine, self.yours, self.desired_tx.0, self.required_rx.0, self.required_echo_rx.0].map(u32::to_be_bytes);
        let mut bytes = [0; LENGTH];
        for (place, word) in bytes.as_chunks_mut().0.iter_mut().zip(std::iter::once(head).chain(numbers)) {
            *place = word;
        }
        bytes
    }
}

#[cfg(test)]
mod tests;
