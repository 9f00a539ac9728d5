//! What a probe says.

use super::bytes::micros;
use super::{Header, Kind, LENGTH, body, sealed};
use crate::dropped::Dropped;
use crate::ids::SessionId;
use crate::key::PairKeys;
use crate::terms::Terms;
use crate::time::Stamp;

/// The body of a probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Its number in its session and direction, from 0.
    pub sequence: u64,
    /// How many numbers of the other direction are spoken for: one more than the highest that the sender has heard; 0 before the first.
    pub heard_up_to: u64,
    /// When the sender's kernel received that highest one.
    pub heard_at: Stamp,
    /// How many different ones it has heard.
    pub received: u64,
    /// When the sender's kernel sent the probe before this one.
    pub previous_sent: Stamp,
    /// How many it heard more than once; wraps.
    pub duplicates: u32,
    /// How many it heard after a later one; wraps.
    pub reordered: u32,
    /// Whether it ends the session, and why.
    pub farewell: Farewell,
    /// The sender's pace: the next packet comes within its interval.
    pub terms: Terms,
}

/// Whether a probe ends its session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Farewell {
    /// It does not.
    #[default]
    None,
    /// The sender leaves, in order.
    Leaving,
    /// The sender has heard nothing for its detection time: what we send does not reach it.
    HearsNothing,
}

impl Farewell {
    const fn byte(self) -> u8 {
        match self {
            Self::None => 0,
            Self::Leaving => 1,
            Self::HearsNothing => 2,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            0 => Self::None,
            1 => Self::Leaving,
            2 => Self::HearsNothing,
            _ => return None,
        })
    }
}

impl Probe {
    /// Reads the body of a probe.
    ///
    /// # Errors
    /// [`Dropped::Malformed`] for a farewell that we do not know, or terms out of bounds.
    pub fn read(bytes: &[u8], header: &Header) -> Result<Self, Dropped> {
        let mut reader = body(bytes);
        let probe = Self {
            sequence: reader.u64(),
            heard_up_to: reader.u64(),
            heard_at: Stamp(reader.u64()),
            received: reader.u64(),
            previous_sent: Stamp(reader.u64()),
            duplicates: reader.u32(),
            reordered: reader.u32(),
            terms: header.terms(reader.u32()),
            farewell: Farewell::of(reader.u8()).ok_or(Dropped::Malformed)?,
        };
        if probe.terms.are_sound() { Ok(probe) } else { Err(Dropped::Malformed) }
    }

    pub(crate) fn write(&self, (to, from): (SessionId, SessionId), keys: &PairKeys) -> [u8; LENGTH] {
        sealed(Kind::Probe, &self.terms, (to, from), keys, |writer| {
            writer.put(&self.sequence.to_be_bytes()).put(&self.heard_up_to.to_be_bytes()).put(&self.heard_at.0.to_be_bytes());
            writer.put(&self.received.to_be_bytes()).put(&self.previous_sent.0.to_be_bytes());
            writer.put(&self.duplicates.to_be_bytes()).put(&self.reordered.to_be_bytes());
            writer.put(&micros(self.terms.hears).to_be_bytes()).put(&[self.farewell.byte()]);
        })
    }
}
