//! Why a link is as it is, in words: what sentences may name, and what a session's death is called.

use std::time::Duration;

use allswell_link::happening::Death;
use allswell_link::machine::Link;
use allswell_link::time::Moment;

use super::{Record, WINDOW};
use crate::sentence::{self, Cause};

impl Record {
    /// What sentences may name.
    pub(super) fn told<'a>(&'a self, address: &'a str, now: Moment, link: &Link) -> sentence::Figures<'a> {
        let (interval, _) = link.pace();
        let figures = self.figures.as_ref();
        sentence::Figures {
            peer: self.name.as_str(),
            address,
            silence: self.heard.map(|heard| now.since(heard)),
            interval,
            multiplier: link.multiplier().into(),
            rtt: figures.and_then(|figures| figures.rtt).map(|rtt| rtt.p50),
            normal: figures.and_then(|figures| figures.normal),
            loss_forward: figures.and_then(|figures| figures.loss_forward),
            loss_reverse: figures.and_then(|figures| figures.loss_reverse),
            window: WINDOW,
            kernel: None,
            late: self.late.map_or(Duration::ZERO, |(_, late)| late),
            elsewhere: link.elsewhere(),
        }
    }

    pub(super) fn reason(&self, now: Moment, link: &Link) -> String {
        let address = self.address.to_string();
        match self.own() {
            Some(own) => own.sentence(self.name.as_str(), &address),
            None => sentence::of_state(self.state, self.cause(now), &self.told(&address, now, link)),
        }
    }
}

pub(super) fn cause(death: Death) -> Cause {
    match death {
        Death::Silent => Cause::Silent,
        Death::SilentUnasked => Cause::SilentKernelUnasked,
        Death::Refused => Cause::Refused,
        Death::HearsNothing => Cause::PeerHearsNothing,
        Death::Left => Cause::PeerLeft,
        Death::Unconfirmed => Cause::Unconfirmed,
        Death::Replaced => Cause::Replaced,
        Death::LinkDown => Cause::LinkDown,
        Death::WeLeft => Cause::Removed,
    }
}
