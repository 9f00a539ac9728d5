//! One end of one link: what it does when a packet, a timer or a word from its kernel comes. One state, one event, one `match`.
//!
//! It is handed the time, and hands out packets, questions and happenings ([`crate::outbox`]); it keeps no socket and reads no clock.

use std::net::SocketAddr;
use std::time::Duration;

use crate::chance::Chance;
use crate::cookie::{Claim, Secrets};
use crate::dropped::Dropped;
use crate::happening::{Death, Happening};
use crate::ids::{Node, Pair, SessionId};
use crate::key::PairKeys;
use crate::outbox::Outbox;
use crate::session::Session;
use crate::terms::Terms;
use crate::time::{Moment, Stamp};
use crate::timer::{Armed, Timer, Timers};
use crate::wire::{Handshake, Kind};

mod event;
mod opening;
mod silence;
mod standing;
mod state;

pub use event::Event;
pub use state::{Attempt, Standing, State};

/// What all links of a node share, lent to one of them for one event.
pub(crate) struct Shared<'a> {
    pub(crate) us: Node,
    pub(crate) boot: u64,
    pub(crate) secrets: &'a mut Secrets,
    pub(crate) chance: &'a mut Chance,
    pub(crate) out: &'a mut Outbox,
    /// Whether kernels can be asked at all: it needs ICMP, which not everybody may send.
    pub(crate) may_ask: bool,
}

/// One end of one link.
#[derive(Debug, Clone)]
pub struct Link {
    pub(crate) peer: Node,
    pub(crate) address: SocketAddr,
    pub(crate) keys: PairKeys,
    pub(crate) terms: Terms,
    pub(crate) state: State,
    pub(crate) timers: Timers,
    /// How many sessions there were: a cookie of before the last one is used up.
    generation: u64,
    /// Which start of the peer was last spoken with.
    boot: Option<u64>,
    /// When the link was switched on or lost its last session.
    since: Moment,
    /// The shortest time in which the peer answered a SYN.
    round_trip: Option<Duration>,
    /// From where the peer last asked while it heard nothing of us, where that is not its address. It is told to people, and decides nothing.
    elsewhere: Option<SocketAddr>,
}

impl Link {
    pub(crate) fn new((peer, address): (Node, SocketAddr), keys: PairKeys, terms: Terms) -> Self {
        Self {
            peer,
            address,
            keys,
            terms,
            state: State::Closed,
            timers: Timers::default(),
            generation: 0,
            boot: None,
            since: Moment::default(),
            round_trip: None,
            elsewhere: None,
        }
    }

    /// When our kernel sent a probe of ours.
    pub(crate) fn sent_at(&mut self, pair: Pair, sequence: u64, stamp: Stamp) {
        if let State::Up(standing) = &mut self.state
            && standing.session.pair == pair
        {
            standing.session.sent_at(sequence, stamp);
        }
    }

    /// The other end.
    #[must_use]
    pub fn peer(&self) -> Node {
        self.peer
    }

    /// Where it is.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// From where the peer last asked for a session while it heard nothing of us, where that is not its [`address`](Self::address).
    #[must_use]
    pub fn elsewhere(&self) -> Option<SocketAddr> {
        self.elsewhere
    }

    /// How the link is.
    #[must_use]
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Its timers.
    #[must_use]
    pub fn timers(&self) -> &Timers {
        &self.timers
    }

    /// The session that stands.
    #[must_use]
    pub fn session(&self) -> Option<&Session> {
        match &self.state {
            State::Up(standing) => Some(&standing.session),
            _ => None,
        }
    }

    /// From one of our packets to the next at most, and the silence that ends a session, as agreed or else as we wish.
    #[must_use]
    pub fn pace(&self) -> (Duration, Duration) {
        match self.session() {
            Some(session) => (self.terms.sends_every(&session.theirs), self.detection(session)),
            None => (self.terms.interval, self.terms.interval * u32::from(self.terms.multiplier)),
        }
    }

    /// The multiplier that counts: the larger of both ends'.
    #[must_use]
    pub fn multiplier(&self) -> u8 {
        self.session().map_or(self.terms.multiplier, |session| session.theirs.multiplier.max(self.terms.multiplier))
    }

    fn detection(&self, session: &Session) -> Duration {
        session.hears_every(&self.terms) * u32::from(self.terms.multiplier.max(session.theirs.multiplier))
    }

    /// Takes in one event.
    ///
    /// # Errors
    /// Why a packet was dropped. Then nothing has changed.
    pub(crate) fn handle(&mut self, shared: &mut Shared<'_>, now: Moment, event: Event) -> Result<(), Dropped> {
        match (&mut self.state, event) {
            // A timer that was cancelled or armed anew while this one was on its way fires for nobody.
            (_, Event::Timeout(armed)) => {
                if self.timers.take(armed) {
                    self.timeout(shared, now, armed);
                }
            }
            (State::Closed, Event::LinkUp) => self.open(shared, now),
            (State::Closed, Event::LinkDown | Event::Leave | Event::KernelAnswered | Event::KernelUnasked | Event::Refused) => {}
            (State::Closed, _) => return Err(Dropped::Closed),

            (_, Event::LinkUp) => {}
            (_, Event::LinkDown) => self.close(shared, now, Death::LinkDown),
            (_, Event::Leave) => self.close(shared, now, Death::WeLeft),

            // To answer costs no state and touches none: whoever sent this may be a recording.
            (_, Event::Syn { from, id }) => self.answer(shared, now, (from, id)),
            (State::Opening(attempt) | State::Down(attempt, _), Event::SynAck { pair, hello }) => {
                if attempt.id != pair.ours {
                    return Err(Dropped::Unasked);
                }
                self.take_offer(shared, now, pair, &hello);
            }
            (State::Up(_), Event::SynAck { pair, hello }) => self.process_answers(shared, now, pair, &hello)?,
            (_, Event::Ack { from, pair, hello }) => self.grant(shared, now, (from, pair), &hello)?,

            (State::Up(_), Event::Probe { pair, at, probe }) => self.hear(shared, now, (pair, at), &probe)?,
            (State::Up(_), Event::Report { pair, at, number }) => self.hear_report(shared, (pair, at), number)?,
            (State::Opening(_) | State::Down(..), Event::Probe { .. } | Event::Report { .. }) => return Err(Dropped::UnknownSession),

            (State::Up(standing), Event::KernelAnswered) => standing.silence.answered(),
            (State::Up(standing), Event::KernelUnasked) => standing.silence.unasked(),
            (State::Up(standing), Event::Refused) => {
                standing.silence.refused(now);
                self.refused_while_stalled(shared, now);
            }
            (State::Opening(_) | State::Down(..), Event::KernelAnswered | Event::KernelUnasked | Event::Refused) => {}
        }
        Ok(())
    }

    fn timeout(&mut self, shared: &mut Shared<'_>, now: Moment, armed: Armed) {
        match armed.timer {
            Timer::Syn => self.ask(shared, now),
            Timer::Probe => self.send_probe(shared, now),
            Timer::Miss => self.missed(shared, now),
            Timer::Detect => self.detect(shared, now, armed.at),
            Timer::Drain => self.drained(),
        }
    }

    /// Our halves of the sessions in which the peer may speak: the one that stands, and the one before it.
    pub(crate) fn ids(&self) -> [Option<SessionId>; 2] {
        self.pairs().map(|pair| pair.map(|pair| pair.ours))
    }

    /// The identities of both.
    pub(crate) fn pairs(&self) -> [Option<Pair>; 2] {
        match &self.state {
            State::Up(standing) => [Some(standing.session.pair), standing.draining.as_ref().map(|old| old.pair)],
            _ => [None, None],
        }
    }

    fn claim(&self, address: SocketAddr, initiator: SessionId) -> Claim {
        Claim { peer: self.peer, address, initiator, generation: self.generation }
    }

    fn hello(&self, shared: &Shared<'_>, cookie: [u8; 16]) -> Handshake {
        Handshake { from: shared.us, to: self.peer, boot: shared.boot, cookie, terms: self.terms }
    }

    fn send_hello(&self, shared: &mut Shared<'_>, kind: Kind, (to, pair): (SocketAddr, (SessionId, SessionId)), cookie: [u8; 16]) {
        let bytes = self.hello(shared, cookie).write(kind, pair, &self.keys);
        shared.out.send(to, None, bytes);
    }

    fn tell(&self, shared: &mut Shared<'_>, happening: Happening) {
        shared.out.tell(self.peer, happening);
    }
}

#[cfg(test)]
mod tests;
