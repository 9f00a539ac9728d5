//! The echoes that are outstanding. A payload carries the number of its run's slot and a nonce; nothing else makes a reply ours.
//! Pure: what arrived when is an argument.

use std::net::IpAddr;
use std::task::Waker;
use std::time::{Duration, Instant};

use allswell_os::icmp::{Complaint, RAW_IDS, Reply};

use crate::echo::nonce::{NONCE, Nonces};
use crate::echo::tally::{Fate, Objection, Packet, Packets, Tally};

/// More runs than this are refused rather than queued: each costs memory until its deadline, and a caller who starts a million of them
/// within one deadline is beyond what one host should send.
pub(crate) const OUTSTANDING_LIMIT: usize = 1_000_000;

/// What a payload begins with: slot and nonce.
pub(crate) const TOKEN: usize = 4 + NONCE;

/// A run sends at most so many packets: five bits of the sequence number tell which.
pub(crate) const PACKETS_LIMIT: usize = 1 << PACKET_BITS;
const PACKET_BITS: u32 = 5;

/// What makes a reply ours.
pub(crate) type Token = [u8; TOKEN];

/// The sequence number of a run's packet.
#[expect(clippy::cast_possible_truncation, reason = "the low bits of the slot are what an old router's short quote has to tell it by")]
pub(crate) fn sequence(slot: u32, packet: usize) -> u16 {
    ((slot << PACKET_BITS) as u16) | (packet as u16)
}

/// Which identifier of a raw socket's block a run uses. It is another one each time: some middle boxes lose one for good.
pub(crate) fn id_offset(token: &Token) -> u16 {
    let [.., last] = *token;
    u16::from(last) % RAW_IDS
}

/// One run's entry.
#[derive(Debug)]
struct Entry {
    token: Token,
    to: IpAddr,
    planned: usize,
    packets: Packets,
    duplicates: u32,
    hop_limit: Option<u8>,
    waker: Option<Waker>,
    /// Rare, so it does not make every entry larger.
    odd: Option<Box<Odd>>,
}

#[derive(Debug, Default)]
struct Odd {
    objection: Option<Objection>,
    impostor: Option<IpAddr>,
}

impl Entry {
    fn odd(&mut self) -> &mut Odd {
        self.odd.get_or_insert_default()
    }

    /// Nothing more can come.
    fn is_settled(&self) -> bool {
        self.packets.len() == self.planned && self.packets.iter().all(|packet| packet.fate != Fate::Waiting)
    }

    /// Something has come.
    fn is_touched(&self) -> bool {
        self.packets.iter().any(|packet| packet.fate != Fate::Waiting)
    }

    fn into_tally(self) -> Tally {
        let odd = self.odd.map(|odd| *odd).unwrap_or_default();
        Tally {
            duplicates: self.duplicates,
            hop_limit: self.hop_limit,
            objection: odd.objection,
            impostor: odd.impostor,
            ..Tally::of(&self.packets)
        }
    }
}

/// What a run waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Anything at all about any of its packets.
    Anything,
    /// Something about each of them.
    Everything,
}

/// All runs that are under way.
#[derive(Debug)]
pub(crate) struct Table {
    slots: Vec<Option<Entry>>,
    free: Vec<u32>,
    nonces: Nonces,
    limit: usize,
}

impl Table {
    /// An empty one that holds at most so many runs.
    pub(crate) const fn new(limit: usize) -> Self {
        Self { slots: Vec::new(), free: Vec::new(), nonces: Nonces::new(), limit }
    }

    /// How many runs are under way.
    pub(crate) fn len(&self) -> usize {
        self.slots.len() - self.free.len()
    }

    /// A new run of so many packets; `None` when the table is full.
    pub(crate) fn begin(&mut self, to: IpAddr, planned: usize) -> Option<(u32, Token)> {
        if self.len() >= self.limit {
            return None;
        }
        let nonce = self.nonces.next()?;
        let slot = match self.free.pop() {
            Some(slot) => slot,
            None => {
                let slot = u32::try_from(self.slots.len()).ok()?;
                self.slots.push(None);
                slot
            }
        };
        let mut token = [0; TOKEN];
        for (to, from) in token.iter_mut().zip(slot.to_be_bytes().into_iter().chain(nonce)) {
            *to = from;
        }
        let planned = planned.clamp(1, PACKETS_LIMIT);
        let entry = Entry { token, to, planned, packets: Packets::default(), duplicates: 0, hop_limit: None, waker: None, odd: None };
        *self.slots.get_mut(slot as usize)? = Some(entry);
        Some((slot, token))
    }

    /// Ends a run, and says what came of it; nothing when it has ended already and its slot may be another's.
    pub(crate) fn end(&mut self, slot: u32, token: &Token) -> Option<Tally> {
        let entry = self.slots.get_mut(slot as usize)?.take_if(|entry| entry.token == *token)?;
        self.free.push(slot);
        Some(entry.into_tally())
    }

    /// A packet of a run is being sent now.
    pub(crate) fn sending(&mut self, slot: u32, now: Instant) {
        if let Some(entry) = self.entry(slot) {
            entry.packets.push(Packet { sent: now, fate: Fate::Waiting });
        }
    }

    /// The packet last noted was not sent after all.
    pub(crate) fn not_sent(&mut self, slot: u32) {
        if let Some(entry) = self.entry(slot) {
            entry.packets.pop();
        }
    }

    /// No more packets of this run will be sent.
    pub(crate) fn no_more(&mut self, slot: u32) {
        if let Some(entry) = self.entry(slot) {
            entry.planned = entry.packets.len();
        }
    }

    /// How long the slowest reply of a run took.
    pub(crate) fn slowest(&mut self, slot: u32) -> Duration {
        self.entry(slot).map(|entry| Tally::of(&entry.packets).times.most()).unwrap_or_default()
    }

    /// Whether nothing was answered, and a router said that packets were too large.
    pub(crate) fn was_too_large(&mut self, slot: u32) -> bool {
        self.entry(slot).is_some_and(|entry| {
            let answered = entry.packets.iter().any(|packet| matches!(packet.fate, Fate::Answered(_)));
            !answered && entry.odd.as_ref().and_then(|odd| odd.objection.as_ref()).is_some_and(|objection| objection.mtu > 0)
        })
    }

    /// Whether what a run waits for has come; if not, whom to wake then.
    pub(crate) fn has_come(&mut self, slot: u32, wanted: Wanted, waker: &Waker) -> bool {
        let Some(entry) = self.entry(slot) else { return true };
        if entry.is_settled() || (wanted == Wanted::Anything && entry.is_touched()) {
            entry.waker = None;
            return true;
        }
        match &mut entry.waker {
            Some(known) => known.clone_from(waker),
            none => *none = Some(waker.clone()),
        }
        false
    }

    /// A reply came. Returns whom to wake.
    pub(crate) fn reply(&mut self, reply: &Reply<'_>, arrived: Instant) -> Option<Waker> {
        let token: &Token = reply.payload.first_chunk()?;
        let slot = slot_in(token)?;
        let entry = self.entry(slot).filter(|entry| entry.token == *token)?;
        let packet = packet_of(slot, reply.sequence)?;
        if reply.from != entry.to {
            entry.odd().impostor = Some(reply.from);
            return None;
        }
        let packet = entry.packets.get_mut(packet)?;
        if let Fate::Answered(_) = packet.fate {
            entry.duplicates += 1;
            return None;
        }
        packet.fate = Fate::Answered(arrived.saturating_duration_since(packet.sent));
        entry.hop_limit = reply.hop_limit;
        entry.waker.take()
    }

    /// An ICMP error came. Returns whom to wake.
    pub(crate) fn complaint(&mut self, complaint: &Complaint<'_>) -> Option<Waker> {
        match slot_in(complaint.payload) {
            Some(slot) => self.complaint_about(slot, complaint),
            // The quote ends before the payload: all that is left to go by are target and sequence number.
            None => {
                let first = u32::from(complaint.sequence >> PACKET_BITS);
                let last = u32::try_from(self.slots.len()).unwrap_or(u32::MAX);
                (first..last).step_by(1 << (u16::BITS - PACKET_BITS)).find_map(|slot| self.complaint_about(slot, complaint))
            }
        }
    }

    fn complaint_about(&mut self, slot: u32, complaint: &Complaint<'_>) -> Option<Waker> {
        let quoted = complaint.payload.get(..TOKEN).unwrap_or(complaint.payload);
        let is_ours = |entry: &&mut Entry| entry.token.starts_with(quoted) && (quoted.len() == TOKEN || entry.to == complaint.to);
        let entry = self.entry(slot).filter(is_ours)?;
        let packet = entry.packets.get_mut(packet_of(slot, complaint.sequence)?)?;
        if packet.fate != Fate::Waiting {
            return None;
        }
        packet.fate = Fate::Refused;
        entry.odd().objection = Some(Objection { said: complaint.said.clone(), mtu: complaint.mtu });
        entry.waker.take()
    }

    fn entry(&mut self, slot: u32) -> Option<&mut Entry> {
        self.slots.get_mut(slot as usize)?.as_mut()
    }
}

fn slot_in(payload: &[u8]) -> Option<u32> {
    payload.first_chunk().map(|four| u32::from_be_bytes(*four))
}

/// Which packet of the run a sequence number names; `None` when it is another slot's.
fn packet_of(slot: u32, number: u16) -> Option<usize> {
    let packet = usize::from(number) % PACKETS_LIMIT;
    (sequence(slot, packet) == number).then_some(packet)
}

#[cfg(test)]
mod tests;
