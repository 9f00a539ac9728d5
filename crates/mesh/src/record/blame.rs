//! Whose fault it is that a peer is not reached: ours, or that of its process, as its kernel says.

use std::time::Duration;

use allswell_link::happening::Death;
use allswell_link::time::Moment;
use allswell_model::link::LinkState;

use super::{Base, Record, TIME_TO_OPEN, cause};
use crate::own::Own;
use crate::sentence::Cause;

/// What hindered us is held against us for so long after it is gone: a session needs some time to open.
const HINDERED_FOR: Duration = Duration::from_secs(3);

/// The kernel is asked for the way of a link that is down once a second at first, and after so long each so often: there may be many.
const OFTEN_FOR: Duration = Duration::from_secs(10);
const SELDOM: Duration = Duration::from_secs(5);

/// A kernel that refuses each packet says so for some of them only, one a second at least.
const REFUSES_FOR: Duration = Duration::from_secs(10);

impl Record {
    /// The peer's kernel says that nobody listens there.
    pub(crate) fn refused(&mut self, at: Moment) {
        self.refused = Some(at);
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
        let refuses = self.refused.is_some_and(|at| now.since(at) <= REFUSES_FOR);
        match self.base {
            _ if self.state == LinkState::Down && self.own().is_some() => Some(Cause::LinkDown),
            Base::Opening | Base::Ended(Death::Silent | Death::SilentUnasked | Death::Unconfirmed) if refuses => Some(Cause::Refused),
            // Its host may have gone meanwhile, and that is not what killed the session.
            Base::Ended(Death::Refused) if !refuses => None,
            Base::Ended(death) => Some(cause(death)),
            _ => None,
        }
    }
}
