//! What is known of our own links. Their series are as many as there are peers.

use std::time::Duration;

use allswell_model::link::{LinkState, Links, OwnLink, RttSummary};

use super::list;
use super::metric::Metric;
use super::targets::seconds;
use super::text::{Text, figure};
use crate::links::verdict;

/// A state as a figure, as targets have it: what an alert compares with.
fn code(state: LinkState) -> f64 {
    figure(match state {
        LinkState::Opening | LinkState::Left | LinkState::Unmeasured => 0,
        LinkState::Up => 1,
        LinkState::Degraded => 2,
        LinkState::PeerStalled | LinkState::SelfStalled => 3,
        LinkState::Down => 4,
    })
}

/// The quantiles that are served, by the label's value.
fn quantiles(rtt: &RttSummary) -> [(&'static str, Duration); 3] {
    [("0.5", rtt.p50), ("0.9", rtt.p90), ("0.99", rtt.p99)]
}

/// All families of links; without samples where none are configured.
pub(super) fn write(out: &mut Text, links: Option<&Links>) {
    let own = links.map_or(&[][..], |links| &links.own);
    each(out, own, &list::LINK_STATE, |link| Some(code(link.state)));
    each(out, own, &list::LINK_SINCE, |link| Some(seconds(link.since)));
    out.family(&list::LINK_RTT);
    for (link, rtt) in own.iter().filter_map(|link| Some((link, link.rtt?))) {
        for (quantile, took) in quantiles(&rtt) {
            out.sample(&list::LINK_RTT, &[link.peer.as_str(), link.protocol, quantile], took.as_secs_f64());
        }
    }
    directions(out, own, &list::LINK_LOSS, |link| [link.loss_forward, link.loss_reverse]);
    each(out, own, &list::LINK_JITTER, |link| Some(link.jitter?.as_secs_f64()));
    each(out, own, &list::LINK_SENT, |link| Some(figure(link.counts.sent)));
    each(out, own, &list::LINK_RECEIVED, |link| Some(figure(link.counts.received)));
    directions(out, own, &list::LINK_LOST, |link| {
        [link.counts.lost_forward, link.counts.lost_reverse].map(|lost| knows_losses(link).then(|| figure(lost)))
    });
    each(out, own, &list::LINK_REORDERED, |link| knows_losses(link).then(|| figure(link.counts.reordered)));
    each(out, own, &list::LINK_DUPLICATES, |link| knows_losses(link).then(|| figure(link.counts.duplicates)));
    out.family(&list::LINK_DROPPED);
    for (reason, count) in links.into_iter().flat_map(|links| &links.dropped) {
        out.sample(&list::LINK_DROPPED, &[reason], figure(*count));
    }
    out.family(&list::LINK_FINDINGS);
    for kind in verdict::KINDS.into_iter().filter(|_| links.is_some()) {
        let count = links.into_iter().flat_map(|links| &links.findings).filter(|finding| finding.kind == kind).count();
        out.sample(&list::LINK_FINDINGS, &[verdict::code(kind)], figure(count as u64));
    }
}

/// BFD numbers its packets not, or not so that a loss would show: it has no counts of them, and a 0 would be a lie.
fn knows_losses(link: &OwnLink) -> bool {
    link.protocol != "bfd"
}

fn each(out: &mut Text, own: &[OwnLink], metric: &Metric, value: impl Fn(&OwnLink) -> Option<f64>) {
    out.family(metric);
    for link in own {
        if let Some(value) = value(link) {
            out.sample(metric, &[link.peer.as_str(), link.protocol], value);
        }
    }
}

/// Forward is from us to the peer.
fn directions(out: &mut Text, own: &[OwnLink], metric: &Metric, values: impl Fn(&OwnLink) -> [Option<f64>; 2]) {
    out.family(metric);
    for link in own {
        for (direction, value) in ["forward", "reverse"].into_iter().zip(values(link)) {
            if let Some(value) = value {
                out.sample(metric, &[link.peer.as_str(), link.protocol, direction], value);
            }
        }
    }
}
