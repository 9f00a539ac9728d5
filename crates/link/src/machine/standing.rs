//! While a session stands: probes out, probes in, and its end.

use std::time::Duration;

use super::opening::attempt;
use super::{Link, Shared, State};
use crate::dropped::Dropped;
use crate::happening::{Death, Happening};
use crate::ids::Pair;
use crate::outbox::{Heard, SentProbe};
use crate::session::Session;
use crate::terms::Terms;
use crate::time::{Moment, Stamp};
use crate::timer::Timer;
use crate::window::Verdict;
use crate::wire::{Farewell, Probe};

/// Until a peer has told of the first probe that it heard, and where a handshake did not tell either, the way there and back may be as long
/// as this.
const LONGEST_WAY: Duration = Duration::from_secs(3);

impl Link {
    /// Sends what is due: a probe, and the cookie again while the peer was not heard.
    pub(super) fn send_probe(&mut self, shared: &mut Shared<'_>, now: Moment) {
        // Where the way is longer than the detection time, the peer has to hear of us before we can hear of it.
        self.acknowledge(shared);
        self.emit(shared, Farewell::None);
        if let State::Up(standing) = &mut self.state {
            standing.session.has_sent(now);
        }
        self.expect_to_send(shared, now);
    }

    /// The next probe is due within our interval.
    pub(super) fn expect_to_send(&mut self, shared: &mut Shared<'_>, now: Moment) {
        let State::Up(standing) = &self.state else { return };
        let wanted = self.terms.sends_every(&standing.session.theirs);
        let interval = standing.session.sends_every(wanted);
        // RFC 5880, 6.8.7: up to a quarter earlier, so that nodes that began at one moment do not beat in step.
        self.timers.arm(Timer::Probe, now + shared.chance.share(interval, 750, 1000));
    }

    fn emit(&mut self, shared: &mut Shared<'_>, farewell: Farewell) {
        let State::Up(standing) = &mut self.state else { return };
        let session = &mut standing.session;
        let terms = Terms { interval: self.terms.sends_every(&session.theirs), ..self.terms };
        let probe = session.probe(terms, farewell);
        let bytes = probe.write((session.pair.theirs, session.pair.ours), &self.keys);
        let sent = SentProbe { peer: self.peer, pair: session.pair, sequence: probe.sequence };
        shared.out.send(self.address, Some(sent), bytes);
    }

    /// The last probe of a session; nothing when none stands.
    pub(super) fn say_farewell(&mut self, shared: &mut Shared<'_>, farewell: Farewell) {
        self.emit(shared, farewell);
    }

    /// Takes in a probe.
    pub(super) fn hear(
        &mut self,
        shared: &mut Shared<'_>,
        now: Moment,
        (pair, at): (Pair, (Moment, Stamp)),
        probe: &Probe,
    ) -> Result<(), Dropped> {
        let State::Up(standing) = &mut self.state else { return Err(Dropped::UnknownSession) };
        if standing.session.pair != pair {
            let old = standing.draining.as_mut().filter(|old| old.pair == pair).ok_or(Dropped::UnknownSession)?;
            let verdict = old.hear(probe, at)?;
            shared.out.heard(Heard { peer: self.peer, pair, at: at.0, stamp: at.1, verdict, probe: *probe, counts: old.window.counts() });
            return Ok(());
        }
        let silent_since = standing.session.heard;
        let verdict = standing.session.hear(probe, at)?;
        let counts = standing.session.window.counts();
        shared.out.heard(Heard { peer: self.peer, pair, at: at.0, stamp: at.1, verdict, probe: *probe, counts });
        if verdict != (Verdict::New { reordered: None }) {
            // A later one came before it: it says nothing new of how the peer is, and whoever held it back shall revive nobody.
            return Ok(());
        }
        self.lives(shared, silent_since, at.0);
        self.forgive(silent_since, at.0);
        match probe.farewell {
            Farewell::None if self.session().is_some_and(|session| self.is_unheard(session, at.0, 2)) => {
                self.die(shared, now, Death::HearsNothing);
            }
            Farewell::None => {}
            Farewell::Leaving => self.die(shared, now, Death::Left),
            Farewell::HearsNothing => self.die(shared, now, Death::HearsNothing),
        }
        Ok(())
    }

    /// After a silence the first packet may have been made before the silence, and what it tells is as old.
    fn forgive(&mut self, silent_since: Moment, at: Moment) {
        let State::Up(standing) = &self.state else { return };
        if at.since(silent_since) >= self.detection(&standing.session)
            && let State::Up(standing) = &mut self.state
        {
            standing.session.forgive(at);
        }
    }

    /// Whether the peer, which we hear, has not heard us for so many detection times. It says so itself when it ends the session; but where
    /// only our packets are kept from it, our kernel answers it and it takes us for stalled.
    pub(super) fn is_unheard(&self, session: &Session, at: Moment, detections: u32) -> bool {
        // The peer's own detection time, as far as that is longer.
        let multiplier = self.terms.multiplier.max(session.theirs.multiplier);
        let sends = session.sends_every(self.terms.sends_every(&session.theirs));
        let detection = self.detection(session).max(sends * u32::from(multiplier));
        let usual = self.round_trip.map_or(LONGEST_WAY, |took| took * 2);
        session.unheard_for(at, usual) >= detection * detections
    }

    /// Takes in a report, which tells as a probe does that the peer lives, unless a later probe was heard. Those of a session that was replaced are too old to matter.
    pub(super) fn hear_report(&mut self, shared: &mut Shared<'_>, (pair, at): (Pair, Moment), number: u64) -> Result<(), Dropped> {
        let State::Up(standing) = &mut self.state else { return Err(Dropped::UnknownSession) };
        if standing.session.pair != pair {
            return Err(Dropped::UnknownSession);
        }
        let silent_since = standing.session.heard;
        if standing.session.hear_report(number, at)? {
            self.lives(shared, silent_since, at);
        }
        Ok(())
    }

    /// The peer was heard in the session that stands.
    fn lives(&mut self, shared: &mut Shared<'_>, silent_since: Moment, at: Moment) {
        let State::Up(standing) = &mut self.state else { return };
        standing.silence.broken();
        if standing.stalled.take().is_some() {
            self.tell(shared, Happening::PeerBack { silent: at.since(silent_since) });
        }
        self.confirm(at);
        self.expect_more(at);
    }

    /// The number of the next report, and the session that it goes in.
    pub(crate) fn next_report(&mut self) -> Option<(u64, Pair, Terms)> {
        let State::Up(standing) = &mut self.state else { return None };
        let session = &mut standing.session;
        let terms = Terms { interval: self.terms.sends_every(&session.theirs), ..self.terms };
        session.is_confirmed().then(|| (session.report(), session.pair, terms))
    }

    /// The session is over, and another is asked for.
    pub(super) fn die(&mut self, shared: &mut Shared<'_>, now: Moment, death: Death) {
        if matches!(death, Death::Silent | Death::SilentUnasked) {
            // Where packets still reach the peer, it learns that its own do not reach us.
            self.say_farewell(shared, Farewell::HearsNothing);
        }
        self.bury(shared, now, death);
        self.timers.cancel_all();
        self.since = now;
        self.state = State::Down(attempt(shared, now), death);
        self.ask(shared, now);
    }

    /// Says of what the session that stands died.
    pub(super) fn bury(&self, shared: &mut Shared<'_>, now: Moment, death: Death) {
        if let Some(session) = self.session() {
            self.tell(shared, Happening::Ended { pair: session.pair, death, silent: now.since(session.heard) });
        }
    }

    /// The session that was replaced is kept no longer.
    pub(super) fn drained(&mut self) {
        if let State::Up(standing) = &mut self.state {
            standing.draining = None;
        }
    }
}
