//! A node's end of all its links: whose packet it is, and what all links share.
//!
//! The order of calls: hand in the packets that have come ([`Endpoint::receive`]), and only then have done what is due
//! ([`Endpoint::run`]), since a timer that ends a session believes that everything was read. After each, take out packets
//! ([`Endpoint::transmit`]), questions, probes and happenings until there are none.

mod slots;
mod taking;

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::agenda::Agenda;
use crate::chance::Chance;
use crate::cookie::Secrets;
use crate::dropped::{Dropped, Drops};
use crate::happening::Happening;
use crate::ids::Node;
use crate::key::{KeyRing, prf};
use crate::machine::{Event, Link, Shared};
use crate::outbox::{Heard, Outbox, SentProbe, Transmit};
use crate::terms::Terms;
use crate::time::{Moment, Stamp};
use crate::timer::Timer;
use crate::wire;
use slots::Slots;

/// Who we are.
#[derive(Debug, Clone)]
pub struct Identity {
    /// Our number: [`crate::key::node_of`] our name.
    pub node: Node,
    /// Which start of ours this is: it must differ from every earlier one.
    pub boot: u64,
    /// Of what identities and cookies are made: from the system's source of chance, new at every start.
    pub seed: [u8; 32],
}

/// Whence a packet came, and when.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Its source.
    pub from: SocketAddr,
    /// When our kernel received it, by our clock.
    pub at: Moment,
    /// And as its stamp.
    pub stamp: Stamp,
}

/// What a packet was, once it was taken in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Received<'a> {
    /// Part of a handshake, or a probe: what followed from it is in the queues.
    Taken,
    /// A report of this peer's, and its content.
    Report(Node, &'a [u8]),
}

/// All links of a node.
pub struct Endpoint {
    identity: Identity,
    keys: KeyRing,
    secrets: Secrets,
    chance: Chance,
    slots: Slots,
    sends: Agenda,
    alarms: Agenda,
    out: Outbox,
    drops: Drops,
    may_ask: bool,
    report: Vec<u8>,
}

impl fmt::Debug for Endpoint {
    /// Without what is secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Endpoint").field("node", &self.identity.node).field("links", &self.slots.len()).finish_non_exhaustive()
    }
}

impl Endpoint {
    /// Without links yet.
    #[must_use]
    pub fn new(identity: Identity, keys: KeyRing) -> Self {
        let chance = prf(&identity.seed, &[b"chance"]).first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight));
        Self {
            secrets: Secrets::new(&identity.seed),
            chance: Chance::new(chance),
            identity,
            keys,
            slots: Slots::default(),
            sends: Agenda::default(),
            alarms: Agenda::default(),
            out: Outbox::default(),
            drops: Drops::default(),
            may_ask: true,
            report: Vec::new(),
        }
    }

    /// Our number.
    #[must_use]
    pub fn node(&self) -> Node {
        self.identity.node
    }

    /// Whether peers' kernels can be asked (ICMP). Where they cannot, a silent process is down.
    pub fn may_ask(&mut self, may: bool) {
        self.may_ask = may;
    }

    /// Other keys from now on. Sessions go on: the peers' packets are taken under each of the new ones.
    pub fn rekey(&mut self, keys: KeyRing) {
        for slot in self.slots.iter_mut() {
            slot.link.keys = keys.between(self.identity.node, slot.link.peer);
        }
        self.keys = keys;
    }

    /// Adds a link, switched off; one to this peer that is there already changes its address and terms, and keeps its session.
    pub fn add(&mut self, peer: Node, address: SocketAddr, terms: Terms) {
        match self.slots.of_mut(peer) {
            Some(slot) => (slot.link.address, slot.link.terms) = (address, terms),
            None => self.slots.insert(Link::new((peer, address), self.keys.between(self.identity.node, peer), terms)),
        }
    }

    /// Takes a link away. It should have been left before ([`Event::Leave`]).
    pub fn remove(&mut self, peer: Node) {
        if let Some(index) = self.slots.remove(peer) {
            self.sends.set(index, None);
            self.alarms.set(index, None);
        }
    }

    /// A link.
    #[must_use]
    pub fn link(&self, peer: Node) -> Option<&Link> {
        Some(&self.slots.of(peer)?.link)
    }

    /// All links, by the number of the peer.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.slots.iter().map(|slot| &slot.link)
    }

    /// Other terms for a link: what both ends agreed on follows with the next packets.
    pub fn renegotiate(&mut self, peer: Node, terms: Terms) {
        if let Some(slot) = self.slots.of_mut(peer) {
            slot.link.terms = terms;
        }
    }

    /// Something that is no packet happened to a link: [`Event::LinkUp`], [`Event::LinkDown`], [`Event::Leave`],
    /// [`Event::KernelAnswered`], [`Event::Refused`].
    pub fn tell(&mut self, now: Moment, peer: Node, event: Event) {
        if let Some(index) = self.slots.index_of(peer) {
            // No packet, so nothing to drop.
            let _ = self.handle(now, index, event);
        }
    }

    /// Takes in a packet. Whatever is wrong with it is counted, and nothing is answered.
    ///
    /// # Errors
    /// Why it was dropped.
    pub fn receive<'a>(&mut self, arrival: &Arrival, bytes: &'a [u8]) -> Result<Received<'a>, Dropped> {
        let taken = self.take(arrival, bytes);
        if let Err(why) = taken {
            self.drops.count(why);
        }
        taken
    }

    /// When [`Endpoint::run`] is due; `None` while nothing is armed.
    #[must_use]
    pub fn next_due(&self) -> Option<Moment> {
        self.sends.first().into_iter().chain(self.alarms.first()).min()
    }

    /// When the first timer is due that is not for sending: by then all that came must be read.
    #[must_use]
    pub fn next_alarm(&self) -> Option<Moment> {
        self.alarms.first()
    }

    /// When the next peer is to be called silent, where that is the next alarm.
    #[must_use]
    pub fn next_judgement(&self) -> Option<Moment> {
        let slot = self.slots.get(self.alarms.first_link()?)?;
        slot.link.timers.first(|timer| timer != Timer::Probe).filter(|armed| armed.timer == Timer::Detect).map(|armed| armed.at)
    }

    /// Does what is due by now. All packets that came until `known` must have been handed in: silence is judged up to then, and later
    /// alarms wait. Probes that are due within `ahead` are sent along: one wake-up sends many, and to send early harms nobody.
    pub fn run(&mut self, now: Moment, known: Moment, ahead: Duration) {
        let by = now.min(known);
        let mut from = 0;
        while let Some(index) = self.alarms.due(from, by) {
            self.fire(now, index, |timer| timer != Timer::Probe, by);
            from = index + 1;
        }
        let by = now + ahead;
        let mut from = 0;
        while let Some(index) = self.sends.due(from, by) {
            self.fire(now, index, |timer| timer == Timer::Probe, by);
            from = index + 1;
        }
    }

    fn fire(&mut self, now: Moment, index: usize, wanted: impl Fn(Timer) -> bool, by: Moment) {
        let armed = self.slots.get(index).and_then(|slot| slot.link.timers.first(wanted)).filter(|armed| armed.at <= by);
        if let Some(armed) = armed {
            let _ = self.handle(now, index, Event::Timeout(armed));
        }
    }

    fn handle(&mut self, now: Moment, index: usize, event: Event) -> Result<(), Dropped> {
        let Some(slot) = self.slots.get_mut(index) else { return Ok(()) };
        let mut shared = Shared {
            us: self.identity.node,
            boot: self.identity.boot,
            secrets: &mut self.secrets,
            chance: &mut self.chance,
            out: &mut self.out,
            may_ask: self.may_ask,
        };
        slot.link.handle(&mut shared, now, event)?;
        self.sends.set(index, slot.link.timers.at(Timer::Probe));
        self.alarms.set(index, slot.link.timers.first(|timer| timer != Timer::Probe).map(|armed| armed.at));
        self.slots.know(index);
        Ok(())
    }

    /// Writes a report to a peer with whom a session stands; `None` when none does, or it is too long.
    pub fn report(&mut self, peer: Node, content: &[u8]) -> Option<(SocketAddr, &[u8])> {
        let slot = self.slots.of_mut(peer)?;
        let (number, pair, terms) = slot.link.next_report()?;
        wire::write_report((number, content), &terms, (pair.theirs, pair.ours), &slot.link.keys, &mut self.report);
        (!self.report.is_empty()).then_some((slot.link.address, &self.report[..]))
    }

    /// The next packet to send.
    pub fn transmit(&mut self) -> Option<Transmit> {
        self.out.packets.pop_front()
    }

    /// When our kernel sent a probe.
    pub fn sent(&mut self, probe: &SentProbe, stamp: Stamp) {
        if let Some(slot) = self.slots.of_mut(probe.peer) {
            slot.link.sent_at(probe.pair, probe.sequence, stamp);
        }
    }

    /// The next kernel to ask by ICMP echo; its answer is [`Event::KernelAnswered`].
    pub fn question(&mut self) -> Option<(Node, IpAddr)> {
        self.out.questions.pop_front()
    }

    /// The next probe that was heard and counts.
    pub fn heard(&mut self) -> Option<Heard> {
        self.out.heard.pop_front()
    }

    /// The next thing that happened.
    pub fn happening(&mut self) -> Option<(Node, Happening)> {
        self.out.happenings.pop_front()
    }

    /// Packets that were dropped, by reason.
    #[must_use]
    pub fn drops(&self) -> &Drops {
        &self.drops
    }
}

#[cfg(test)]
mod tests;
