//! A link as pages show it.

use std::time::Duration;

use allswell_link::machine::Link;
use allswell_link::measure::figures::{Summary, Totals};
use allswell_link::time::Moment;
use allswell_model::link::{LinkCounts, LinkPoint, LinkState, OwnLink, RttSummary};
use allswell_model::{NodeId, Timestamp};

use super::{Now, Record};
use crate::verdict::Detail;

/// What other nodes are told of a link, beside its state.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Brief {
    pub(crate) state: LinkState,
    pub(crate) detail: Option<Detail>,
    pub(crate) since: Timestamp,
    pub(crate) rtt: Option<Duration>,
    pub(crate) normal: Option<Duration>,
    pub(crate) loss_forward: Option<f64>,
    pub(crate) loss_reverse: Option<f64>,
}

impl Record {
    pub(crate) fn brief(&self, now: Moment) -> Brief {
        let figures = self.figures.as_ref();
        Brief {
            state: self.state,
            detail: self.cause(now).and_then(crate::sentence::Cause::detail),
            since: self.since,
            rtt: figures.and_then(|figures| figures.rtt).map(|rtt| rtt.p50),
            normal: figures.and_then(|figures| figures.normal),
            loss_forward: figures.and_then(|figures| figures.loss_forward),
            loss_reverse: figures.and_then(|figures| figures.loss_reverse),
        }
    }

    /// All that is known of it.
    pub(crate) fn shown(&mut self, now: Now, link: &Link) -> OwnLink {
        let (interval, detection) = link.pace();
        let recent = self.recent(now);
        let figures = self.figures.as_ref();
        OwnLink {
            peer: self.name.clone(),
            protocol: "link",
            address: self.address.to_string(),
            state: self.state,
            since: self.since,
            reason: self.reason(now.1, link),
            interval,
            multiplier: link.multiplier().into(),
            detection,
            rtt: figures.and_then(|figures| figures.rtt).as_ref().map(summary),
            rtt_all: figures.and_then(|figures| figures.rtt_all).as_ref().map(summary),
            jitter: figures.and_then(|figures| figures.jitter),
            loss_forward: figures.and_then(|figures| figures.loss_forward),
            loss_reverse: figures.and_then(|figures| figures.loss_reverse),
            counts: figures.map(|figures| counts(&figures.counts)).unwrap_or_default(),
            recent,
            sessions: self.sessions.iter().cloned().collect(),
        }
    }

    fn recent(&mut self, (now, moment): Now) -> Vec<LinkPoint> {
        let at = |began: Moment| now - moment.since(began);
        let points = self.measures.points(moment).map(|point| LinkPoint {
            at: at(point.began),
            rtt: point.rtt,
            loss_forward: point.loss_forward,
            loss_reverse: point.loss_reverse,
            state: if point.rtt.is_some() { LinkState::Up } else { LinkState::Unmeasured },
        });
        points.collect()
    }

    pub(crate) fn peer(&self) -> NodeId {
        self.name.clone()
    }
}

fn summary(of: &Summary) -> RttSummary {
    let Summary { count, min, p50, p90, p99, max } = *of;
    RttSummary { count, min, p50, p90, p99, max }
}

fn counts(of: &Totals) -> LinkCounts {
    LinkCounts {
        sent: of.sent,
        received: of.received,
        lost_forward: of.lost_forward,
        lost_reverse: of.lost_reverse,
        reordered: of.reordered,
        reordering_extent: of.extent,
        duplicates: of.duplicates,
    }
}
