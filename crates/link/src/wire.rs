//! The bytes of a packet. docs/link-protocol.md has the picture; every number is big-endian.
//!
//! All packets of the handshake and all probes are of one length, so that no answer is ever longer than what was asked. Only reports,
//! which nobody answers, may be longer.

use std::time::Duration;

use crate::dropped::Dropped;
use crate::ids::{Node, SessionId};
use crate::key::{MAC_LENGTH, PairKeys};
use crate::terms::Terms;
use crate::time::Stamp;

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

/// The body of SYN, SYN-ACK and ACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// Who sends.
    pub from: Node,
    /// To whom.
    pub to: Node,
    /// Which start of the sender this is: another after each restart.
    pub boot: u64,
    /// The responder's proof to itself; all zero in a SYN.
    pub cookie: [u8; 16],
    /// The sender's pace.
    pub terms: Terms,
}

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

/// Reads numbers one after the other; zeros once there are no more bytes, which the length was checked to have.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        match self.0.split_first_chunk::<N>() {
            Some((taken, rest)) => {
                self.0 = rest;
                *taken
            }
            None => [0; N],
        }
    }

    fn u8(&mut self) -> u8 {
        u8::from_be_bytes(self.take())
    }

    fn u32(&mut self) -> u32 {
        u32::from_be_bytes(self.take())
    }

    fn u64(&mut self) -> u64 {
        u64::from_be_bytes(self.take())
    }
}

/// Writes them.
struct Writer<'a> {
    bytes: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        if let Some(place) = self.bytes.get_mut(self.at..self.at + bytes.len()) {
            place.copy_from_slice(bytes);
        }
        self.at += bytes.len();
        self
    }
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

impl Handshake {
    /// Reads the body of a SYN, SYN-ACK or ACK.
    #[must_use]
    pub fn read(bytes: &[u8], header: &Header) -> Self {
        let mut reader = body(bytes);
        let (from, to, boot, cookie) = (Node(reader.u64()), Node(reader.u64()), reader.u64(), reader.take());
        Self { from, to, boot, cookie, terms: header.terms(reader.u32()) }
    }

    pub(crate) fn write(&self, kind: Kind, (to, from): (SessionId, SessionId), keys: &PairKeys) -> [u8; LENGTH] {
        sealed(kind, &self.terms, (to, from), keys, |writer| {
            writer.put(&self.from.0.to_be_bytes()).put(&self.to.0.to_be_bytes()).put(&self.boot.to_be_bytes()).put(&self.cookie);
            writer.put(&micros(self.terms.hears).to_be_bytes());
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

fn micros(d: Duration) -> u32 {
    u32::try_from(d.as_micros()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
