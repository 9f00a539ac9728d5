//! The bytes of a packet. docs/link-protocol.md has the picture; every number is big-endian.
//!
//! All packets of the handshake and all probes are of one length, so that no answer is ever longer than what was asked. Only reports,
//! which nobody answers, may be longer.

mod bytes;
mod handshake;
mod probe;

use std::time::Duration;

use crate::dropped::Dropped;
use crate::ids::SessionId;
use crate::key::{MAC_LENGTH, PairKeys};
use crate::terms::Terms;
use bytes::{Reader, Writer, micros};
pub use handshake::Handshake;
pub use probe::{Farewell, Probe};

/// The version that we speak.
pub const VERSION: u8 = 1;

/// The length of every packet but a report.
pub const LENGTH: usize = 96;

/// What precedes the body.
const HEADER: usize = 24;

/// A report carries at most this many bytes, so that it is never fragmented (1,280 is what IPv6 promises, less headers).
pub const REPORT_AT_MOST: usize = 1_152;

/// The longest packet.
pub const LONGEST: usize = HEADER + REPORT_NUMBER + REPORT_AT_MOST + MAC_LENGTH;

/// A report's number, before its bytes.
const REPORT_NUMBER: usize = 8;

/// What a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// "I would like a session."
    Syn,
    /// "Here is your way to have it."
    SynAck,
    /// "I take it."
    Ack,
    /// A numbered probe, which carries what its sender has heard.
    Probe,
    /// What its sender knows of other links.
    Report,
}

impl Kind {
    const fn byte(self) -> u8 {
        match self {
            Self::Syn => 1,
            Self::SynAck => 2,
            Self::Ack => 3,
            Self::Probe => 4,
            Self::Report => 5,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        Some(match byte {
            1 => Self::Syn,
            2 => Self::SynAck,
            3 => Self::Ack,
            4 => Self::Probe,
            5 => Self::Report,
            _ => return None,
        })
    }
}

/// A packet's first bytes: what tells whose it is, before its MAC is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// What it is.
    pub kind: Kind,
    /// The key that signed it.
    pub key: u8,
    /// The receiver's half of the session; [`SessionId::NONE`] in a SYN.
    pub to: SessionId,
    /// The sender's half.
    pub from: SessionId,
    /// The sender's multiplier.
    multiplier: u8,
    /// The sender's interval.
    interval_us: u32,
}

impl Header {
    /// Reads it, and checks the length against the kind.
    ///
    /// # Errors
    /// [`Dropped::Length`], [`Dropped::Version`], [`Dropped::Kind`].
    pub fn read(bytes: &[u8]) -> Result<Self, Dropped> {
        if !(HEADER + REPORT_NUMBER + MAC_LENGTH..=LONGEST).contains(&bytes.len()) {
            return Err(Dropped::Length);
        }
        let mut reader = Reader(bytes);
        if reader.u8() != VERSION {
            return Err(Dropped::Version);
        }
        let kind = Kind::of(reader.u8()).ok_or(Dropped::Kind)?;
        if kind != Kind::Report && bytes.len() != LENGTH {
            return Err(Dropped::Length);
        }
        let (key, multiplier, interval_us) = (reader.u8(), reader.u8(), reader.u32());
        let (to, from) = (SessionId(reader.u64()), SessionId(reader.u64()));
        Ok(Self { kind, key, to, from, multiplier, interval_us })
    }

    fn terms(&self, hears_us: u32) -> Terms {
        let micros = |us: u32| Duration::from_micros(us.into());
        Terms { interval: micros(self.interval_us), hears: micros(hears_us), multiplier: self.multiplier }
    }
}

/// Checks the MAC of a packet that [`Header::read`] took.
///
/// # Errors
/// [`Dropped::UnknownKey`], [`Dropped::Mac`].
pub(crate) fn verify(bytes: &[u8], header: &Header, keys: &PairKeys) -> Result<(), Dropped> {
    let (signed, mac) = bytes.split_at_checked(bytes.len().saturating_sub(MAC_LENGTH)).ok_or(Dropped::Length)?;
    match keys.open(header.key, signed, mac) {
        Some(true) => Ok(()),
        Some(false) => Err(Dropped::Mac),
        None => Err(Dropped::UnknownKey),
    }
}

fn body(bytes: &[u8]) -> Reader<'_> {
    Reader(bytes.get(HEADER..bytes.len().saturating_sub(MAC_LENGTH)).unwrap_or_default())
}

/// The number of a report, and its bytes.
pub(crate) fn report(bytes: &[u8]) -> (u64, &[u8]) {
    let mut reader = body(bytes);
    (reader.u64(), reader.0)
}

/// Writes a report into `out`; nothing when it is too long.
pub(crate) fn write_report(
    (number, content): (u64, &[u8]),
    terms: &Terms,
    (to, from): (SessionId, SessionId),
    keys: &PairKeys,
    out: &mut Vec<u8>,
) {
    out.clear();
    if content.len() > REPORT_AT_MOST {
        return;
    }
    out.resize(HEADER, 0);
    put_header(out, Kind::Report, terms, (to, from), keys);
    out.extend_from_slice(&number.to_be_bytes());
    out.extend_from_slice(content);
    let mac = keys.seal(out);
    out.extend_from_slice(&mac);
}

fn sealed(kind: Kind, terms: &Terms, ids: (SessionId, SessionId), keys: &PairKeys, body: impl FnOnce(&mut Writer<'_>)) -> [u8; LENGTH] {
    let mut bytes = [0; LENGTH];
    let (signed, mac) = bytes.split_at_mut(LENGTH - MAC_LENGTH);
    put_header(signed, kind, terms, ids, keys);
    body(&mut Writer { bytes: signed, at: HEADER });
    mac.copy_from_slice(&keys.seal(signed));
    bytes
}

fn put_header(bytes: &mut [u8], kind: Kind, terms: &Terms, (to, from): (SessionId, SessionId), keys: &PairKeys) {
    let mut writer = Writer { bytes, at: 0 };
    writer.put(&[VERSION, kind.byte(), keys.signing().unwrap_or_default(), terms.multiplier]);
    writer.put(&micros(terms.interval).to_be_bytes()).put(&to.0.to_be_bytes()).put(&from.0.to_be_bytes());
}

#[cfg(test)]
mod tests;
