//! The session with one peer: what goes in and out of it, how it is and since when, and those before it.

use std::collections::{BTreeMap, VecDeque};
use std::net::IpAddr;
use std::num::{NonZeroU8, NonZeroU32};
use std::time::Duration;

use allswell_link::bfd::happening::{Cause, Happening};
use allswell_link::bfd::pace::{Pace, SLOW};
use allswell_link::bfd::packet::Packet;
use allswell_link::bfd::refused::Refused;
use allswell_link::bfd::session::Session;
use allswell_link::bfd::state::State;
use allswell_link::time::Moment;
use allswell_model::link::{LinkCounts, LinkState, OwnLink, SessionRecord};
use allswell_model::{NodeId, Timestamp, UnknownCause};
use allswell_os::datagram::Batch;
use allswell_os::random;

use super::mouth::{Mouth, Trouble};
use super::sentence::{of_happening, of_state};
use super::{BfdError, BfdEvent};
use crate::settings::BfdPeer;

/// Sessions that are remembered.
const SESSIONS: usize = 20;

/// Until a session has had this long to come up, nothing is said of it: three rounds of packets that come once a second.
const TIME_TO_OPEN: Duration = Duration::from_secs(5);

/// A peer.
#[derive(Debug)]
pub(super) struct Speaker {
    name: NodeId,
    address: IpAddr,
    multiplier: u8,
    session: Session,
    mouth: Mouth,
    opened: Moment,
    /// It goes, and says so until then.
    leaves: Option<Moment>,
    /// When we last were too late to send, and by how much.
    late: Option<(Moment, Duration)>,
    /// How it was when somebody last looked, and since when.
    state: Option<(LinkState, Timestamp)>,
    /// What of ours kept it down then, and when that was last seen.
    own: Option<(UnknownCause, Moment)>,
    counts: LinkCounts,
    sessions: VecDeque<SessionRecord>,
}

/// A peer that gives us up within so long after we were late does so for that.
const LATELY: Duration = Duration::from_secs(1);

/// What chance decides of a session.
struct Chance {
    discriminator: NonZeroU32,
    port: u16,
    seed: u64,
}

impl Chance {
    /// Until the discriminator is nobody else's.
    fn draw(taken: &BTreeMap<u32, usize>) -> Result<Self, BfdError> {
        loop {
            let (mut name, mut port, mut seed) = ([0; 4], [0; 2], [0; 8]);
            random::fill(&mut name).map_err(BfdError::Chance)?;
            random::fill(&mut port).map_err(BfdError::Chance)?;
            random::fill(&mut seed).map_err(BfdError::Chance)?;
            let free = NonZeroU32::new(u32::from_ne_bytes(name)).filter(|name| !taken.contains_key(&name.get()));
            if let Some(discriminator) = free {
                return Ok(Self { discriminator, port: u16::from_ne_bytes(port), seed: u64::from_ne_bytes(seed) });
            }
        }
    }
}

/// What hindered us is held against us for so long after it is gone: a session opens in three packets, one a second.
const HINDERED_FOR: Duration = Duration::from_secs(5);

/// A peer is asked for what we ourselves would send.
fn pace(peer: &BfdPeer) -> Pace {
    Pace { sends: peer.every, hears: peer.every, multiplier: NonZeroU8::new(peer.multiplier).unwrap_or(NonZeroU8::MIN) }
}

impl Speaker {
    pub(super) fn new(peer: &BfdPeer, taken: &BTreeMap<u32, usize>, now: Moment) -> Result<Self, BfdError> {
        let chance = Chance::draw(taken)?;
        let mouth = Mouth::open(peer.address, chance.port).map_err(|error| BfdError::Speak(peer.address, error))?;
        Ok(Self {
            name: peer.name.clone(),
            address: peer.address,
            multiplier: peer.multiplier,
            session: Session::new(chance.discriminator, pace(peer), chance.seed, now),
            mouth,
            opened: now,
            leaves: None,
            late: None,
            state: None,
            own: None,
            counts: LinkCounts::default(),
            sessions: VecDeque::new(),
        })
    }

    pub(super) fn name(&self) -> &NodeId {
        &self.name
    }

    pub(super) fn address(&self) -> IpAddr {
        self.address
    }

    pub(super) fn discriminator(&self) -> u32 {
        self.session.discriminator().get()
    }

    /// Whoever has the address is the peer, whatever it is called: there are not two sessions with it.
    pub(super) fn is_with(&self, peer: &BfdPeer) -> bool {
        self.address == peer.address
    }

    pub(super) fn is_leaving(&self) -> bool {
        self.leaves.is_some()
    }

    pub(super) fn has_left(&self, now: Moment) -> bool {
        self.leaves.is_some_and(|until| until <= now)
    }

    /// What the operator wishes of it now. One that was leaving stays.
    pub(super) fn wish(&mut self, peer: &BfdPeer, now: Moment) {
        (self.name, self.multiplier) = (peer.name.clone(), peer.multiplier);
        self.session.set_pace(now, pace(peer));
        if self.leaves.take().is_some() {
            self.opened = now;
            self.session.resume(now);
        }
    }

    pub(super) fn pause(&mut self, pauses: bool, now: Moment) {
        if pauses {
            self.session.pause(now);
        } else if !self.is_leaving() {
            self.session.resume(now);
        }
    }

    /// Says for a detection time that it is no failure (RFC 5880, 6.8.16): by then the peer has heard it, if it hears anything.
    pub(super) fn say_farewell(&mut self, now: Moment) {
        self.session.pause(now);
        let pace = self.session.sends_every().unwrap_or(SLOW).max(SLOW);
        self.leaves = self.leaves.or(Some(now + pace * u32::from(self.multiplier)));
    }

    pub(super) fn next_timeout(&self) -> Option<Moment> {
        self.session.next_timeout().into_iter().chain(self.leaves).min()
    }

    pub(super) fn next_alarm(&self) -> Option<Moment> {
        self.session.next_alarm()
    }

    pub(super) fn hear(&mut self, packet: &Packet, hop_limit: u8, at: Moment) -> Result<(), Refused> {
        self.session.handle_packet(at, packet, hop_limit)?;
        self.counts.received += 1;
        self.mouth.heard();
        Ok(())
    }

    /// We run only now. When a packet was due an interval ago or more, the peer may have given us up for it.
    pub(super) fn runs(&mut self, now: Moment) {
        let late = self.session.next_timeout().map(|due| now.since(due));
        let late = late.filter(|late| self.session.sends_every().is_some_and(|interval| *late >= interval));
        self.late = late.map(|late| (now, late)).or(self.late);
    }

    /// What is due by `now`, where all packets of up to `known` were handed in.
    pub(super) fn on_timeout(&mut self, now: Moment, known: Moment) {
        self.session.handle_timeout_knowing(now, known);
    }

    /// Sends what wants to be sent.
    pub(super) fn send(&mut self, now: Moment, waste: &mut Batch) {
        while let Some(bytes) = self.session.poll_transmit(now) {
            self.counts.sent += u64::from(self.mouth.send(&bytes, waste));
        }
    }

    pub(super) fn poll_event(&mut self, (now, moment): (Timestamp, Moment)) -> Option<BfdEvent> {
        let happening = self.session.poll_happening()?;
        let late = self.late.filter(|(at, _)| moment.since(*at) < LATELY).map(|(_, late)| late);
        let sentence = of_happening(&happening, self.session.hears_every(), late);
        match happening {
            Happening::Up { took } => self.began(took, now),
            Happening::Down { cause, .. } => self.ended(cause, &sentence, now),
            Happening::SelfStalled { .. } => {}
        }
        Some(BfdEvent { peer: self.name.clone(), happening, sentence })
    }

    /// What of ours keeps it down, or did so just now.
    pub(super) fn own_fault(&self) -> Option<UnknownCause> {
        self.own.as_ref().map(|(own, _)| own.clone())
    }

    /// The session in full.
    pub(super) fn shown(&mut self, now: (Timestamp, Moment)) -> OwnLink {
        let state = self.link_state(now.1);
        let since = self.state.filter(|(known, _)| *known == state).map_or(now.0, |(_, since)| since);
        self.state = Some((state, since));
        let is_down = matches!(state, LinkState::Down | LinkState::Opening);
        let trouble = if is_down { self.mouth.trouble() } else { None };
        self.own = match trouble.as_ref().and_then(Trouble::own) {
            Some(own) => Some((own, now.1)),
            None => self.own.take().filter(|(_, at)| is_down && now.1.since(*at) <= HINDERED_FOR),
        };
        let reason = of_state(state, &self.session, trouble);
        let (interval, remote) = (self.session.hears_every(), self.session.remote());
        let multiplier = if remote.multiplier == 0 { self.multiplier } else { remote.multiplier };
        OwnLink {
            peer: self.name.clone(),
            protocol: "bfd",
            address: self.address.to_string(),
            state,
            since,
            reason,
            interval,
            multiplier: multiplier.into(),
            detection: interval * u32::from(multiplier),
            rtt: None,
            rtt_all: None,
            jitter: None,
            loss_forward: None,
            loss_reverse: None,
            counts: self.counts,
            recent: Vec::new(),
            sessions: self.sessions.iter().cloned().collect(),
        }
    }

    fn link_state(&self, now: Moment) -> LinkState {
        match (self.session.state(), self.session.cause()) {
            (State::Up, _) if self.session.is_excused() => LinkState::SelfStalled,
            (State::Up, _) => LinkState::Up,
            (State::AdminDown, _) | (_, Some(Cause::PeerAdminDown)) => LinkState::Left,
            (State::Init | State::Down, _) if self.sessions.is_empty() && now.since(self.opened) < TIME_TO_OPEN => LinkState::Opening,
            (State::Init | State::Down, _) => LinkState::Down,
        }
    }

    fn began(&mut self, took: Duration, now: Timestamp) {
        let id = format!("{:08x}:{:08x}", self.discriminator(), self.session.remote().discriminator);
        let record = SessionRecord { id, began: now, up_after: Some(took), initiated: true, ended: None, cause: None, sentence: None };
        self.sessions.push_front(record);
        self.sessions.truncate(SESSIONS);
    }

    fn ended(&mut self, cause: Cause, sentence: &str, now: Timestamp) {
        if let Some(session) = self.sessions.front_mut().filter(|session| session.ended.is_none()) {
            session.ended = Some(now);
            session.cause = Some(cause.word());
            session.sentence = Some(sentence.to_owned());
        }
    }
}
