//! While the peer is silent: its kernel is asked at the first interval that was missed, and the answer decides at the end of the
//! detection time between *down* and *peer stalled*. A node that was late itself judges nobody.

use std::time::Duration;

use super::{Link, Shared, Standing, State};
use crate::dropped::Dropped;
use crate::happening::{Death, Happening};
use crate::ids::{Pair, SessionId};
use crate::time::Moment;
use crate::timer::Timer;
use crate::wire::{Handshake, Kind};

/// What is added to twice the round trip before a kernel counts as silent: for the peer's interrupts.
const KERNEL_SLACK: Duration = Duration::from_millis(1);

/// What is known of a silence that lasts.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Silence {
    /// When the peer's kernel was last asked.
    asked: Option<Moment>,
    /// Whether it answered that.
    answered: bool,
    /// The last question did not leave.
    unasked: bool,
    /// When it last said that nobody listens.
    refused: Option<Moment>,
    /// Whether we were late in this silence already: one more chance is given for that, and not two.
    excused: bool,
    /// The SYN by which the peer's process was last asked whether it lives.
    pub(super) inquiry: Option<SessionId>,
    /// When it first answered one in this silence.
    lives_since: Option<Moment>,
}

impl Silence {
    pub(super) fn answered(&mut self) {
        self.answered = self.asked.is_some();
    }

    pub(super) fn unasked(&mut self) {
        (self.asked, self.unasked) = (None, true);
    }

    pub(super) fn refused(&mut self, now: Moment) {
        self.refused = Some(now);
    }

    pub(super) fn broken(&mut self) {
        *self = Self::default();
    }
}

impl Link {
    /// The peer was heard just now: from here on its silence is counted.
    pub(super) fn expect_more(&mut self, heard: Moment) {
        let State::Up(standing) = &self.state else { return };
        let heard = heard.max(standing.session.heard);
        let interval = standing.session.hears_every(&self.terms);
        let detection = self.detection(&standing.session);
        self.timers.arm(Timer::Miss, heard + interval + interval / 4);
        self.timers.arm(Timer::Detect, heard + detection);
    }

    /// An interval went by without a packet. While the peer is stalled: a detection time went by since its kernel was asked.
    pub(super) fn missed(&mut self, shared: &mut Shared<'_>, now: Moment) {
        let State::Up(standing) = &self.state else { return };
        if standing.stalled.is_none() {
            return self.ask_kernel(shared, now);
        }
        match standing.silence {
            Silence { answered: true, .. } => self.ask_both(shared, now),
            Silence { unasked: true, .. } => self.die(shared, now, Death::SilentUnasked),
            _ => self.die(shared, now, Death::Silent),
        }
    }

    /// While the peer is stalled, once a detection time: its kernel, since it is down as soon as that does not answer either; and its
    /// process, by a SYN, which one that is merely stopped cannot answer.
    fn ask_both(&mut self, shared: &mut Shared<'_>, now: Moment) {
        self.ask_kernel(shared, now);
        let (_, detection) = self.pace();
        self.timers.arm(Timer::Miss, now + detection.max(self.grace()));
        let id = shared.secrets.attempt();
        if let State::Up(standing) = &mut self.state {
            standing.silence.inquiry = Some(id);
        }
        self.send_hello(shared, Kind::Syn, (self.address, (SessionId::NONE, id)), [0; 16]);
    }

    /// The process of a stalled peer answers a SYN. If it just goes on, it is heard in this session within an interval. One that answers
    /// again and is not heard has left it for another: both ends had asked, their packets were long on their way, and each took the
    /// other's session. Neither would ever end, as the kernels of both answer. So the session that it offers takes the place of this one.
    pub(super) fn process_answers(&mut self, shared: &mut Shared<'_>, now: Moment, pair: Pair, hello: &Handshake) -> Result<(), Dropped> {
        let grace = self.grace();
        let State::Up(standing) = &mut self.state else { return Err(Dropped::Unasked) };
        if standing.silence.inquiry != Some(pair.ours) {
            return Err(Dropped::Unasked);
        }
        let patience = standing.session.hears_every(&self.terms) + grace;
        let since = *standing.silence.lives_since.get_or_insert(now);
        if now.since(since) >= patience {
            self.take_offer(shared, now, pair, hello);
        }
        Ok(())
    }

    fn ask_kernel(&mut self, shared: &mut Shared<'_>, now: Moment) {
        let State::Up(standing) = &mut self.state else { return };
        if shared.may_ask {
            standing.silence.asked = Some(now);
            (standing.silence.answered, standing.silence.unasked) = (false, false);
            shared.out.ask(self.peer, self.address.ip());
        }
    }

    /// How long a kernel has to answer.
    fn grace(&self) -> Duration {
        let interval = self.session().map_or(self.terms.interval, |session| session.hears_every(&self.terms));
        // Who did not ask for the session knows the way by what the peer told of it, at its pace.
        let way = self.session().and_then(|session| session.told_after()).unwrap_or_default().saturating_sub(interval);
        (interval / 2).max(self.round_trip.unwrap_or(way) * 2 + KERNEL_SLACK)
    }

    /// The detection time is over. The caller has emptied its sockets before, so the silence is the network's or the peer's, unless we
    /// ourselves did not run.
    pub(super) fn detect(&mut self, shared: &mut Shared<'_>, now: Moment, due: Moment) {
        let late = now.since(due);
        let grace = self.grace();
        let State::Up(standing) = &mut self.state else { return };
        let interval = standing.session.hears_every(&self.terms);
        let confirmed = standing.session.is_confirmed();
        let silent = now.since(standing.session.heard);
        let silence = &mut standing.silence;
        if late > interval / 2 && !silence.excused {
            silence.excused = true;
            self.tell(shared, Happening::SelfStalled { late });
            self.ask_kernel(shared, now);
            return self.timers.arm(Timer::Detect, now + interval.max(grace));
        }
        match *silence {
            _ if !confirmed => self.die(shared, now, Death::Unconfirmed),
            Silence { refused: Some(_), .. } => self.die(shared, now, Death::Refused),
            Silence { answered: true, .. } => self.stall(shared, now, silent),
            Silence { unasked: true, .. } => self.die(shared, now, Death::SilentUnasked),
            _ if !shared.may_ask => self.die(shared, now, Death::SilentUnasked),
            Silence { asked: Some(asked), .. } if asked + grace <= now => self.die(shared, now, Death::Silent),
            Silence { asked: Some(asked), .. } => self.timers.arm(Timer::Detect, asked + grace),
            Silence { asked: None, .. } => {
                self.ask_kernel(shared, now);
                self.timers.arm(Timer::Detect, now + grace);
            }
        }
    }

    fn stall(&mut self, shared: &mut Shared<'_>, now: Moment, silent: Duration) {
        let State::Up(standing) = &mut self.state else { return };
        let Standing { stalled, session, .. } = &mut **standing;
        *stalled = Some(session.heard);
        self.tell(shared, Happening::PeerStalled { silent });
        self.ask_both(shared, now);
    }

    /// The process is gone, not merely stopped: nothing is left to wait for.
    pub(super) fn refused_while_stalled(&mut self, shared: &mut Shared<'_>, now: Moment) {
        if let State::Up(standing) = &self.state
            && standing.stalled.is_some()
        {
            self.die(shared, now, Death::Refused);
        }
    }
}
