//! Sessions with routers and others that speak BFD (RFC 5881), on real sockets. It has no thread: whoever owns it waits for its sockets
//! and its moments, and calls.

mod mouth;
mod sentence;
mod sockets;
mod speaker;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::net::IpAddr;

use allswell_link::bfd::happening::Happening;
use allswell_link::bfd::packet::{PORT, Packet};
use allswell_link::bfd::refused::{Refusals, Refused};
use allswell_link::time::Moment;
use allswell_model::link::OwnLink;
use allswell_model::{NodeId, Timestamp, UnknownCause};
use allswell_os::datagram::Batch;
use allswell_os::wait::Waiter;

use crate::settings::BfdPeer;
use sockets::{Came, Ears};
use speaker::Speaker;

/// Why sessions could not be begun.
#[derive(Debug)]
pub enum BfdError {
    /// BFD's port of one family cannot be listened on: another program of this host speaks BFD.
    Listen(io::Error),
    /// No socket could be had to speak to a peer.
    Speak(IpAddr, io::Error),
    /// The system gives no chance.
    Chance(io::Error),
}

impl fmt::Display for BfdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Listen(error) => write!(f, "BFD cannot listen on UDP port {PORT}: {error}"),
            Self::Speak(peer, error) => write!(f, "BFD has no socket for {peer}: {error}"),
            Self::Chance(error) => write!(f, "BFD has no random numbers: {error}"),
        }
    }
}

// The kernel's word is in the sentence already.
impl std::error::Error for BfdError {}

/// What happened in the session with a peer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BfdEvent {
    /// The peer.
    pub peer: NodeId,
    /// What.
    pub happening: Happening,
    /// The same, as a sentence.
    pub sentence: String,
}

/// All sessions of this host.
///
/// First [`Self::watch`]. Then, in a loop: wait until [`Self::next_timeout`] or until one of its sockets has something; call
/// [`Self::on_readable`] or [`Self::on_timeout`]; take all of [`Self::poll_event`].
#[derive(Debug, Default)]
pub struct Bfd {
    ears: Ears,
    speakers: Vec<Speaker>,
    /// By the discriminator that we gave them.
    by_discriminator: BTreeMap<u32, usize>,
    by_address: BTreeMap<IpAddr, usize>,
    refusals: Refusals,
    /// For what nobody reads.
    waste: Batch,
}

impl Bfd {
    /// Takes over which peers there are. Sessions that stay are not disturbed: where the pace is another one, the peer is asked. Those that go
    /// say so for a while. New sockets are added to the waiter, under that token.
    ///
    /// # Errors
    /// When a socket could not be had, the first of these. The other peers are watched.
    pub fn watch(&mut self, (waiter, token): (&Waiter, u64), peers: &[BfdPeer], now: Moment) -> Result<(), BfdError> {
        for speaker in &mut self.speakers {
            match peers.iter().find(|peer| speaker.is_with(peer)) {
                Some(peer) => speaker.wish(peer, now),
                None => speaker.say_farewell(now),
            }
        }
        let mut done = Ok(());
        for peer in peers {
            if !self.speakers.iter().any(|speaker| speaker.is_with(peer)) {
                done = done.and(self.begin((waiter, token), peer, now));
            }
        }
        // What was begun is sent, whatever became of the others.
        self.flush(now);
        done
    }

    fn begin(&mut self, (waiter, token): (&Waiter, u64), peer: &BfdPeer, now: Moment) -> Result<(), BfdError> {
        self.ears.open((waiter, token), peer.address.is_ipv6()).map_err(BfdError::Listen)?;
        let speaker = Speaker::new(peer, &self.by_discriminator, now)?;
        self.speakers.push(speaker);
        self.index();
        Ok(())
    }

    /// Our operator holds a session down, or lets it go. The peer is told.
    pub fn pause(&mut self, peer: &NodeId, pauses: bool, now: Moment) {
        self.speakers.iter_mut().filter(|speaker| speaker.name() == peer).for_each(|speaker| speaker.pause(pauses, now));
        self.flush(now);
    }

    /// When something is due.
    #[must_use]
    pub fn next_timeout(&self) -> Option<Moment> {
        self.speakers.iter().filter_map(Speaker::next_timeout).min()
    }

    /// A socket has something.
    pub fn on_readable(&mut self, now: Moment) {
        self.speakers.iter_mut().for_each(|speaker| speaker.runs(now));
        self.read();
        self.flush(now);
    }

    /// Something is due. Before anybody is called silent all that has come is read.
    pub fn on_timeout(&mut self, now: Moment) {
        self.speakers.iter_mut().for_each(|speaker| speaker.runs(now));
        let judges = self.speakers.iter().filter_map(Speaker::next_alarm).any(|alarm| alarm <= now);
        let known = if judges { self.read() } else { now };
        self.speakers.iter_mut().for_each(|speaker| speaker.on_timeout(now, known));
        let before = self.speakers.len();
        self.speakers.retain(|speaker| !speaker.has_left(now));
        if self.speakers.len() < before {
            self.index();
        }
        self.flush(now);
    }

    /// What happened, session by session, the oldest of each first.
    pub fn poll_event(&mut self, now: (Timestamp, Moment)) -> Option<BfdEvent> {
        self.speakers.iter_mut().find_map(|speaker| speaker.poll_event(now))
    }

    /// Every session in full.
    pub fn shown(&mut self, now: (Timestamp, Moment)) -> Vec<OwnLink> {
        self.speakers.iter_mut().filter(|speaker| !speaker.is_leaving()).map(|speaker| speaker.shown(now)).collect()
    }

    /// What of ours keeps a session down, by the peer's name, as it was when they were last shown: nothing is to be said of that peer.
    pub(crate) fn own_faults(&self) -> BTreeMap<NodeId, UnknownCause> {
        self.speakers.iter().filter_map(|speaker| Some((speaker.name().clone(), speaker.own_fault()?))).collect()
    }

    /// Why packets were refused, and how many.
    #[must_use]
    pub fn refusals(&self) -> &Refusals {
        &self.refusals
    }

    /// How many packets the kernel threw away because we did not read them in time.
    #[must_use]
    pub fn overflowed(&self) -> u64 {
        self.ears.overflowed()
    }

    /// The program ends: tells every peer that this is no failure, once.
    pub fn leave(&mut self, now: Moment) {
        self.speakers.iter_mut().for_each(|speaker| speaker.say_farewell(now));
        self.flush(now);
    }

    /// Reads what has come; says up to when all of it is known now.
    fn read(&mut self) -> Moment {
        let Self { ears, speakers, by_discriminator, by_address, refusals, .. } = self;
        ears.receive(&mut |came: Came<'_>| {
            let handed_in = Packet::read(came.bytes).and_then(|packet| {
                let (place, stranger) = match packet.yours {
                    0 => (by_address.get(&came.from), Refused::UnknownPeer),
                    session => (by_discriminator.get(&session), Refused::UnknownSession),
                };
                let speaker = place.and_then(|place| speakers.get_mut(*place)).ok_or(stranger)?;
                speaker.hear(&packet, came.hop_limit, came.at)
            });
            handed_in.err().into_iter().for_each(|why| refusals.count(why));
        })
    }

    fn flush(&mut self, now: Moment) {
        let Self { speakers, waste, .. } = self;
        speakers.iter_mut().for_each(|speaker| speaker.send(now, waste));
    }

    fn index(&mut self) {
        let all = || self.speakers.iter().zip(0..);
        self.by_discriminator = all().map(|(speaker, place)| (speaker.discriminator(), place)).collect();
        self.by_address = all().map(|(speaker, place)| (speaker.address(), place)).collect();
    }
}
