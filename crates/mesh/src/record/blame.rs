//! Whose fault it is that a peer is not reached: ours, or that of its process, as its kernel says.

use std::time::Duration;

use allswell_link::happening::Death;
use allswell_link::time::Moment;
use allswell_model::link::LinkState;

use super::saying::cause;
use super::standing::TIME_TO_OPEN;
use super::{Base, Record};
use crate::own::Own;
use crate::sentence::Cause;

/// What hindered us is held against us for so long after it is gone: a session needs some time to open.
const HINDERED_FOR: Duration = Duration::from_secs(3);

/// The kernel is asked for the way of a link that is down once a second at first, and after so long each so often: there may be many.
const OFTEN_FOR: Duration = Duration::from_secs(10);
const SELDOM: Duration = Duration::from_secs(5);

/// What is heard of a peer that is not in a session counts for so long. A kernel that refuses each packet says so for some of them only, one
/// a second at least, and we ask no oftener.
const COUNTS_FOR: Duration = Duration::from_secs(4);

/// What is known of a peer outside its sessions: when it last was so.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Outside {
    /// Its kernel said that nobody listens.
    refused: Option<Moment>,
    /// Its kernel was asked, and answered.
    asked: Option<Moment>,
    answered: Option<Moment>,
    /// Something came from its address that none of our keys signed.
    strange: Option<Moment>,
}

impl Outside {
    /// What is known when a session has just ended: no more than of what it died.
    pub(super) fn after(death: Death, now: Moment) -> Self {
        Self { refused: (death == Death::Refused).then_some(now), ..Self::default() }
    }
}

fn counts(at: Option<Moment>, now: Moment) -> bool {
    at.is_some_and(|at| now.since(at) <= COUNTS_FOR)
}

impl Record {
    /// The peer's kernel says that nobody listens there.
    pub(crate) fn refused(&mut self, at: Moment) {
        self.outside.refused = Some(at);
    }

    /// Its kernel answered.
    pub(crate) fn kernel_answered(&mut self, at: Moment) {
        self.outside.answered = Some(at);
    }

    /// Something came from its address that none of our keys signed.
    pub(crate) fn strange(&mut self, at: Moment) {
        self.outside.strange = Some(at);
    }

    /// Whether its kernel is to be asked now: while there is no session that asks by itself.
    pub(crate) fn asks_kernel(&self) -> bool {
        matches!(self.base, Base::Opening | Base::Ended(_))
    }

    /// It was asked, or the question did not leave: then its silence says nothing.
    pub(crate) fn kernel_asked(&mut self, asked: bool, at: Moment) {
        self.outside.asked = asked.then_some(at);
    }

    /// Whether its kernel answers while we are in no session with it, and does not say that nobody listens.
    pub(super) fn is_mute(&self, now: Moment) -> bool {
        let Outside { refused, answered, .. } = self.outside;
        counts(answered, now) && !counts(refused, now)
    }

    /// Whether it speaks with a key that we do not have, and we are in no session with it. Anybody can send such a packet under its address, so
    /// of a host that does not answer it says nothing.
    pub(super) fn has_wrong_key(&self, now: Moment) -> bool {
        let is_there = counts(self.outside.answered, now) && counts(self.outside.strange, now);
        is_there && !matches!(self.base, Base::Up | Base::Unmeasured)
    }

    /// Whether it is our own fault that the peer is not reached.
    pub(super) fn look(&mut self, moment: Moment, unsent: Option<i32>) {
        let unsent = unsent.and_then(Own::unsent);
        let is_silent = match self.base {
            Base::Opening => moment.since(self.opened) > TIME_TO_OPEN,
            Base::Ended(death) => !matches!(death, Death::Left | Death::WeLeft),
            _ => false,
        };
        let pause = if moment.since(self.without) <= OFTEN_FOR { Duration::ZERO } else { SELDOM };
        let asks = unsent.is_none() && is_silent && moment.since(self.looked) >= pause;
        let on_the_way = || {
            self.looked = moment;
            Own::on_the_way(self.address)
        };
        let own = unsent.or_else(|| asks.then(on_the_way).flatten());
        let before = self.own.take();
        let lasts = pause + HINDERED_FOR;
        self.own = own.map(|own| (own, moment)).or_else(|| before.clone().filter(|(_, at)| moment.since(*at) < lasts && is_silent));
        let which = |own: &Option<(Own, Moment)>| own.as_ref().map(|(own, _)| own.clone());
        self.changed |= self.state == LinkState::Down && which(&before) != which(&self.own);
    }

    /// What keeps our packets here.
    pub(crate) fn own(&self) -> Option<&Own> {
        self.own.as_ref().map(|(own, _)| own).filter(|_| matches!(self.state, LinkState::Down | LinkState::Degraded))
    }

    /// Of what the last session died, or what keeps one from standing now.
    pub(crate) fn cause(&self, now: Moment) -> Option<Cause> {
        let Outside { refused, asked, .. } = self.outside;
        match self.base {
            _ if self.state == LinkState::Down && self.own().is_some() => Some(Cause::LinkDown),
            _ if self.has_wrong_key(now) => Some(Cause::WrongKey),
            Base::Opening | Base::Ended(Death::Silent | Death::SilentUnasked | Death::Unconfirmed | Death::Refused) => {
                // Its host may have gone or come meanwhile: what is so now counts, not what ended the session.
                Some(match (self.base, asked) {
                    _ if counts(refused, now) => Cause::Refused,
                    (_, Some(_)) => Cause::Silent,
                    (Base::Ended(death), None) => cause(death),
                    _ => Cause::SilentKernelUnasked,
                })
            }
            Base::Ended(death) => Some(cause(death)),
            _ => None,
        }
    }
}
