//! Rows as bytes. A packet is a format's number and parts of rows until its end; a part names its row in full, so that packets may
//! be lost, doubled or come in any order. Numbers are big-endian. Whatever the bytes, reading ends in parts or in `None`.

use std::time::Duration;

use allswell_link::ids::Node;
use allswell_model::link::LinkState;

use super::row::{Entry, Loss, Row};
use crate::verdict::Detail;

/// A packet of rows, without the session's own head, is never longer: with it, and with tunnels on the way, it stays whole in 1,280 bytes.
pub const PACKET_LIMIT: usize = 1_100;

/// A row has at most so many entries: 32 parts.
pub const ENTRIES_LIMIT: usize = PARTS_LIMIT * ENTRIES_A_PART;

const FORMAT: u8 = 2;
const HEAD_BYTES: usize = 33;
const ENTRY_BYTES: usize = 28;
const PARTS_LIMIT: usize = 32;
const ENTRIES_A_PART: usize = (PACKET_LIMIT - 1 - HEAD_BYTES) / ENTRY_BYTES;

/// Round trips are told in steps of so many nanoseconds, since four bytes of single ones end at 4.3 s.
const STEP_NANOS: u64 = 10;

/// Stands in the flags when the node tells people. Other flags are not looked at.
const TELLS: u8 = 1;

/// What stands before the entries of a part: node 8, version 8, age 4, hops 1, part 1, parts 1, flags 1, stalls 4, longest stall 4,
/// entries 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) node: Node,
    pub(super) version: u64,
    /// Milliseconds since it was made.
    pub(super) age: Duration,
    pub(super) hops: u8,
    pub(super) stalls: u32,
    pub(super) longest_stall: Duration,
    pub(super) tells: bool,
    /// Which part this is, from 0.
    pub(super) part: u8,
    /// Of how many; at least 1.
    pub(super) parts: u8,
}

impl Default for Head {
    fn default() -> Self {
        let none = Duration::ZERO;
        Self { node: Node(0), version: 0, age: none, hops: 0, stalls: 0, longest_stall: none, tells: false, part: 0, parts: 1 }
    }
}

/// Some entries of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    pub(super) head: Head,
    pub(super) entries: Vec<Entry>,
}

/// How many parts a row is cut into; one at least, as a node without links tells its stalls.
pub(super) fn parts_of(row: &Row) -> u8 {
    u8::try_from(row.entries.len().div_ceil(ENTRIES_A_PART).clamp(1, PARTS_LIMIT)).unwrap_or(u8::MAX)
}

/// The parts of a row, each with what stands before it.
pub(super) fn parts(row: &Row, head: Head) -> impl ExactSizeIterator<Item = (Head, &[Entry])> {
    let parts = parts_of(row);
    (0..parts).map(move |part| {
        let start = usize::from(part) * ENTRIES_A_PART;
        let end = row.entries.len().min(start + ENTRIES_A_PART);
        (Head { part, parts, ..head }, row.entries.get(start..end).unwrap_or_default())
    })
}

/// A packet that is being written.
#[derive(Debug, Default)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    /// Adds a part where it still fits; says whether it did.
    pub(super) fn add(&mut self, head: &Head, entries: &[Entry]) -> bool {
        let start = self.0.len().max(1);
        if start + HEAD_BYTES + entries.len() * ENTRY_BYTES > PACKET_LIMIT {
            return false;
        }
        if self.0.is_empty() {
            self.0.push(FORMAT);
        }
        self.head(head, entries.len());
        entries.iter().for_each(|entry| self.entry(entry));
        true
    }

    /// `None` when nothing was added.
    pub(super) fn into_bytes(self) -> Option<Vec<u8>> {
        (!self.0.is_empty()).then_some(self.0)
    }

    fn head(&mut self, head: &Head, entries: usize) {
        self.0.extend(head.node.0.to_be_bytes());
        self.0.extend(head.version.to_be_bytes());
        self.0.extend(millis(head.age).to_be_bytes());
        self.0.extend([head.hops, head.part, head.parts, if head.tells { TELLS } else { 0 }]);
        self.0.extend(head.stalls.to_be_bytes());
        self.0.extend(millis(head.longest_stall).to_be_bytes());
        self.0.push(u8::try_from(entries).unwrap_or(u8::MAX));
    }

    /// Peer 8, state 1, detail 1, since 6, round trip 4, normal 4, losses 2 and 2.
    fn entry(&mut self, entry: &Entry) {
        self.0.extend(entry.peer.0.to_be_bytes());
        self.0.extend([state_code(entry.state), entry.detail.map_or(0, detail_code)]);
        let since = u64::try_from(entry.since.as_millis()).unwrap_or(u64::MAX).min((1 << 48) - 1);
        self.0.extend(since.to_be_bytes().iter().skip(2));
        self.0.extend(steps(entry.rtt).to_be_bytes());
        self.0.extend(steps(entry.normal).to_be_bytes());
        self.0.extend(entry.loss_forward.0.to_be_bytes());
        self.0.extend(entry.loss_reverse.0.to_be_bytes());
    }
}

/// All parts of a packet; `None` when it is no such packet to its last byte.
pub(super) fn read(bytes: &[u8]) -> Option<Vec<Part>> {
    let mut rest = Reader(bytes);
    if bytes.len() > PACKET_LIMIT || rest.byte()? != FORMAT {
        return None;
    }
    let mut parts = Vec::new();
    while !rest.0.is_empty() {
        parts.push(rest.part()?);
    }
    Some(parts)
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn four(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    fn eight(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }

    fn part(&mut self) -> Option<Part> {
        let (node, version) = (Node(self.eight()?), self.eight()?);
        let age = Duration::from_millis(self.four()?.into());
        let (hops, part, parts) = (self.byte()?, self.byte()?, self.byte()?);
        let tells = self.byte()? & TELLS != 0;
        let (stalls, longest_stall) = (self.four()?, Duration::from_millis(self.four()?.into()));
        let count = self.byte()?;
        if part >= parts || usize::from(parts) > PARTS_LIMIT || usize::from(count) > ENTRIES_A_PART {
            return None;
        }
        let entries = (0..count).map(|_| self.entry()).collect::<Option<_>>()?;
        Some(Part { head: Head { node, version, age, hops, stalls, longest_stall, tells, part, parts }, entries })
    }

    fn entry(&mut self) -> Option<Entry> {
        let peer = Node(self.eight()?);
        let state = state_of(self.byte()?)?;
        let detail = match self.byte()? {
            0 => None,
            code => Some(detail_of(code)?),
        };
        let [a, b, c, d, e, f] = self.take()?;
        let since = Duration::from_millis(u64::from_be_bytes([0, 0, a, b, c, d, e, f]));
        let (rtt, normal) = (span(self.four()?), span(self.four()?));
        let mut loss = || self.take().map(u16::from_be_bytes).map(Loss);
        Some(Entry { peer, state, detail, since, rtt, normal, loss_forward: loss()?, loss_reverse: loss()? })
    }
}

/// Never changed: other versions of us read it.
fn state_code(state: LinkState) -> u8 {
    match state {
        LinkState::Up => 1,
        LinkState::Degraded => 2,
        LinkState::PeerStalled => 3,
        LinkState::SelfStalled => 4,
        LinkState::Opening => 5,
        LinkState::Left => 6,
        LinkState::Down => 7,
        LinkState::Unmeasured => 8,
    }
}

fn state_of(code: u8) -> Option<LinkState> {
    LinkState::ALL.into_iter().find(|state| state_code(*state) == code)
}

/// Never changed, either; 0 stands for none.
fn detail_code(detail: Detail) -> u8 {
    match detail {
        Detail::Silent => 1,
        Detail::Unasked => 2,
        Detail::Refused => 3,
        Detail::OneWayOut => 4,
        Detail::OneWayIn => 5,
        Detail::OtherKeys => 6,
        Detail::Own => 7,
    }
}

fn detail_of(code: u8) -> Option<Detail> {
    Detail::ALL.into_iter().find(|detail| detail_code(*detail) == code)
}

fn millis(d: Duration) -> u32 {
    u32::try_from(d.as_millis()).unwrap_or(u32::MAX)
}

/// A known time is at least one step: 0 stands for an unknown one.
fn steps(d: Option<Duration>) -> u32 {
    d.map_or(0, |d| u32::try_from(d.as_nanos() / u128::from(STEP_NANOS)).unwrap_or(u32::MAX).max(1))
}

fn span(steps: u32) -> Option<Duration> {
    (steps > 0).then(|| Duration::from_nanos(u64::from(steps) * STEP_NANOS))
}

#[cfg(test)]
mod tests;
