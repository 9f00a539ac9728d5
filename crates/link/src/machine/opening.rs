//! The handshake: asking, answering without keeping anything, taking an offer, granting what was offered.

use std::net::SocketAddr;
use std::time::Duration;

use super::silence::Silence;
use super::{Attempt, Link, Shared, Standing, State};
use crate::cookie::COOKIE_FOR;
use crate::dropped::Dropped;
use crate::happening::{Death, Happening};
use crate::ids::{Pair, SessionId};
use crate::session::Session;
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::{Farewell, Handshake, Kind};

/// The first wait for an answer to a SYN. Each further one is twice as long.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// The longest: a link that comes back is found within about this.
const ASK_SELDOMEST: Duration = Duration::from_secs(1);

/// No way there and back is longer; a satellite's has 600 ms.
const LONGEST_WAY: Duration = Duration::from_secs(1);

/// While no round trip is known, a SYN that is younger than twice this may be crossing the peer's.
const CROSSING: Duration = Duration::from_millis(5);

/// So many doublings lead from the first wait past the longest.
const DOUBLINGS: u32 = 3;

impl Link {
    /// Switches the link on.
    pub(super) fn open(&mut self, shared: &mut Shared<'_>, now: Moment) {
        self.since = now;
        self.state = State::Opening(attempt(shared, now));
        self.ask(shared, now);
    }

    /// Switches it off; the peer is told where we leave of our own will.
    pub(super) fn close(&mut self, shared: &mut Shared<'_>, now: Moment, death: Death) {
        if death == Death::WeLeft {
            self.say_farewell(shared, Farewell::Leaving);
        }
        self.bury(shared, now, death);
        self.timers.cancel_all();
        self.state = State::Closed;
    }

    /// Asks for a session, for the first time or again.
    pub(super) fn ask(&mut self, shared: &mut Shared<'_>, now: Moment) {
        let (State::Opening(current) | State::Down(current, _)) = &mut self.state else { return };
        if now.since(current.began) > COOKIE_FOR {
            // An answer to what was asked so long ago would hold a cookie that is no good any more.
            *current = attempt(shared, now);
        }
        current.tries = current.tries.saturating_add(1);
        current.asked = now;
        let tries = current.tries;
        self.send_syn(shared);
        let wait = (ASK_AGAIN * 2_u32.pow((tries - 1).min(DOUBLINGS))).min(ASK_SELDOMEST);
        // Nodes that lost each other at one moment shall not ask at one moment.
        self.timers.arm(Timer::Syn, now + shared.chance.share(wait, 750, 1000));
    }

    fn send_syn(&self, shared: &mut Shared<'_>) {
        if let State::Opening(attempt) | State::Down(attempt, _) = &self.state {
            self.send_hello(shared, Kind::Syn, (self.address, (SessionId::NONE, attempt.id)), [0; 16]);
        }
    }

    /// Answers a SYN, and forgets it. The answer goes where all of the session would go, wherever the SYN came from: a session that stands has
    /// been shown to reach the peer, and whoever else calls itself by the peer's name hears nothing.
    pub(super) fn answer(&mut self, shared: &mut Shared<'_>, now: Moment, (from, theirs): (SocketAddr, SessionId)) {
        if matches!(self.state, State::Down(_, Death::HearsNothing)) {
            self.elsewhere = Some(from).filter(|from| *from != self.address);
        }
        if self.goes_before(shared, now) {
            // Where ours came too early for a peer that had not begun, it is heard now; where both crossed, it does not matter.
            return self.send_syn(shared);
        }
        let claim = self.claim(from, theirs);
        let ours = shared.secrets.answer(&claim, now);
        let cookie = shared.secrets.cookie(&claim, ours, now);
        self.send_hello(shared, Kind::SynAck, (self.address, (theirs, ours)), cookie);
    }

    /// Whether a SYN of ours, which may have crossed the peer's, goes before it: both ends have the same rule, so one session comes of
    /// both. One that has had its time is lost, and the peer's is as good.
    fn goes_before(&self, shared: &Shared<'_>, now: Moment) -> bool {
        let crossing = self.round_trip.unwrap_or_default().max(CROSSING) * 2;
        let asks = match &self.state {
            State::Opening(attempt) | State::Down(attempt, _) => now.since(attempt.asked) < crossing,
            State::Up(_) | State::Closed => false,
        };
        asks && shared.us < self.peer
    }

    /// The peer offers the session that we asked for.
    pub(super) fn take_offer(&mut self, shared: &mut Shared<'_>, now: Moment, pair: Pair, hello: &Handshake) {
        if let State::Opening(attempt) | State::Down(attempt, _) = &self.state
            && attempt.tries == 1
        {
            // Which of several SYNs was answered cannot be told (Karn's rule), and the first may have been sent long before the peer began.
            self.round_trip_took(now.since(attempt.asked));
        }
        // The way there and back took no longer than this, and the peer's first probe needs it once more.
        let way = self.asked_for(now).min(LONGEST_WAY);
        let mut session = Session::new(pair, true, (hello.boot, hello.terms), now);
        session.cookie = Some(hello.cookie);
        let detection = self.detection(&session);
        let replaced = self.take_session();
        self.stand(shared, now, session, replaced);
        self.timers.arm(Timer::Detect, now + way + detection);
        // One answer to one packet: the first probe follows at its pace.
        self.acknowledge(shared);
        self.expect_to_send(shared, now);
    }

    /// For how long a session was asked for. Of a stalled peer it was asked under one identity after the other.
    fn asked_for(&self, now: Moment) -> Duration {
        match &self.state {
            State::Opening(attempt) | State::Down(attempt, _) => now.since(attempt.began),
            State::Up(_) | State::Closed => self.round_trip.unwrap_or_default(),
        }
    }

    /// Shows the cookie; again until the peer is heard.
    pub(super) fn acknowledge(&self, shared: &mut Shared<'_>) {
        let Some(session) = self.session() else { return };
        let Some(cookie) = session.cookie else { return };
        self.send_hello(shared, Kind::Ack, (self.address, (session.pair.theirs, session.pair.ours)), cookie);
    }

    /// The peer takes what we offered: only now anything of ours changes.
    pub(super) fn grant(
        &mut self,
        shared: &mut Shared<'_>,
        now: Moment,
        (from, pair): (SocketAddr, Pair),
        hello: &Handshake,
    ) -> Result<(), Dropped> {
        let replaced = match &self.state {
            State::Up(standing) if standing.session.pair == pair => return Err(Dropped::Duplicate),
            State::Up(standing) if standing.draining.as_ref().is_some_and(|old| old.pair == pair) => return Err(Dropped::Duplicate),
            State::Up(standing) => Some(&standing.session),
            _ => None,
        };
        if replaced.is_some_and(|session| !session.is_confirmed()) && shared.us < self.peer {
            return Err(Dropped::TieBreak);
        }
        if !shared.secrets.is_ours(&hello.cookie, &self.claim(from, pair.theirs), pair.ours, now) {
            return Err(Dropped::Cookie);
        }
        let replaced = self.take_session();
        let session = Session::new(pair, false, (hello.boot, hello.terms), now);
        self.generation += 1;
        self.stand(shared, now, session, replaced);
        self.send_probe(shared, now);
        Ok(())
    }

    /// The session that another will take the place of.
    fn take_session(&mut self) -> Option<Session> {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Up(standing) => Some(standing.session),
            _ => None,
        }
    }

    /// From here on this session is the one.
    fn stand(&mut self, shared: &mut Shared<'_>, now: Moment, session: Session, replaced: Option<Session>) {
        let Session { pair, initiated, boot, .. } = session;
        if let Some(old) = &replaced {
            let silent = now.since(old.heard);
            self.tell(shared, Happening::Ended { pair: old.pair, death: Death::Replaced, silent });
        }
        let took = if replaced.is_some() { Duration::ZERO } else { now.since(self.since) };
        let restarted = self.boot.replace(boot).is_some_and(|before| before != boot);
        self.timers.cancel_all();
        if let Some(old) = &replaced {
            self.timers.arm(Timer::Drain, now + self.detection(old));
        }
        let draining = replaced.map(Box::new);
        self.state = State::Up(Box::new(Standing { session, draining, stalled: None, silence: Silence::default() }));
        self.elsewhere = None;
        self.tell(shared, Happening::Up { pair, initiated, took, restarted });
        self.expect_more(now);
    }

    /// The peer was heard in the session that we asked for: it stands at both ends, and all cookies of before are used up.
    pub(super) fn confirm(&mut self, at: Moment) {
        if let State::Up(standing) = &mut self.state
            && standing.session.cookie.take().is_some()
        {
            self.generation += 1;
            let Session { began, theirs, .. } = standing.session;
            let took = at.since(began);
            // The peer speaks as soon as it has the cookie. So soon it was shown once only, and the answer is to that.
            if took < self.terms.sends_every(&theirs) * 3 / 4 {
                self.round_trip_took(took);
            }
        }
    }

    fn round_trip_took(&mut self, took: Duration) {
        self.round_trip = Some(self.round_trip.map_or(took, |before| before.min(took)));
    }
}

pub(super) fn attempt(shared: &mut Shared<'_>, now: Moment) -> Attempt {
    Attempt { id: shared.secrets.attempt(), began: now, tries: 0, asked: now }
}
