//! The own links of the made-up mesh, in full.

use std::time::Duration;

use allswell_model::link::{Cell, LinkCounts, LinkPoint, LinkState, OwnLink, RttSummary, SessionRecord};
use allswell_model::{NodeId, Timestamp};

const SECOND: Duration = Duration::from_secs(1);

/// The links of this node, as its cells have them, and a router that speaks BFD.
pub(crate) fn links(cells: &[Cell], ours: &NodeId, now: Timestamp) -> Vec<OwnLink> {
    let own = cells.iter().filter(|cell| cell.from == *ours).map(|cell| link(cell, now));
    own.chain(router(now)).collect()
}

fn link(cell: &Cell, now: Timestamp) -> OwnLink {
    let rtt = |percent: u32| move |median: Duration| summary(median * percent / 100);
    let answers = cell.rtt.is_some();
    OwnLink {
        peer: cell.to.clone(),
        protocol: "link",
        address: "192.0.2.17:8421".to_owned(),
        state: cell.state,
        since: cell.since,
        reason: reason(cell),
        interval: Duration::from_millis(50),
        multiplier: 3,
        detection: Duration::from_millis(150),
        rtt: cell.rtt.map(rtt(100)),
        rtt_all: cell.normal.map(rtt(100)),
        jitter: answers.then_some(Duration::from_micros(12)),
        loss_forward: cell.loss_forward,
        loss_reverse: cell.loss_reverse,
        counts: LinkCounts {
            sent: 5_184_000,
            received: 5_183_871,
            lost_forward: 97,
            lost_reverse: 129,
            reordered: 14,
            reordering_extent: 3,
            duplicates: 2,
        },
        recent: (0..120_u32).map(|ago| point(cell, now, 120 - ago)).collect(),
        sessions: sessions(cell.state, now),
    }
}

fn reason(cell: &Cell) -> String {
    match cell.state {
        LinkState::Down if cell.loss_reverse == Some(0.0) => "Its packets arrive, and it does not hear ours.",
        LinkState::Down => "Nothing heard for 3 min 12 s: neither its process nor its kernel answers.",
        LinkState::PeerStalled => "Its kernel answers in 0.09 ms, its process has said nothing for 3 min.",
        LinkState::SelfStalled => "Our own process was 140 ms too late: nothing can be said of the peer.",
        _ => "Probes go both ways; none of the last 200 was lost.",
    }
    .to_owned()
}

fn summary(p50: Duration) -> RttSummary {
    let of = |percent: u32| p50 * percent / 100;
    RttSummary { count: 200, min: of(81), p50, p90: of(118), p99: of(163), max: of(410) }
}

/// One second: now and then a loss, a slow stretch a minute ago, and the trouble at the end.
fn point(cell: &Cell, now: Timestamp, ago: u32) -> LinkPoint {
    let normal = cell.normal.unwrap_or(SECOND);
    let slow = (55..70).contains(&ago);
    let wobble = 94 + (ago * 37 % 23) + if slow { 90 } else { 0 };
    let bad = cell.state != LinkState::Up && ago <= 48;
    let share = |loss: Option<f64>, every: u32| if bad { loss } else { Some(if ago.is_multiple_of(every) { 0.05 } else { 0.0 }) };
    LinkPoint {
        at: now - SECOND * ago,
        rtt: if bad { cell.rtt } else { Some(normal * wobble / 100) },
        loss_forward: share(cell.loss_forward, 31),
        loss_reverse: share(cell.loss_reverse, 47),
        state: if bad { cell.state } else { LinkState::Up },
    }
}

fn sessions(state: LinkState, now: Timestamp) -> Vec<SessionRecord> {
    let one = |n: u32, ended: Option<(u64, &'static str, &str)>| SessionRecord {
        id: format!("9f3c77d20b1e4a{n:02x}:04ab19c2e05d77{n:02x}"),
        began: now - Duration::from_secs(90_000) * (n + 1),
        up_after: Some(Duration::from_micros(620)),
        initiated: n.is_multiple_of(2),
        ended: ended.map(|(ago, ..)| now - Duration::from_secs(ago)),
        cause: ended.map(|(_, cause, _)| cause),
        sentence: ended.map(|(.., sentence)| sentence.to_owned()),
    };
    let broken = matches!(state, LinkState::Down | LinkState::PeerStalled);
    vec![
        one(0, broken.then_some((192, "silence", "Nothing heard for 150 ms (3 × 50 ms)."))),
        one(1, Some((90_002, "peer_restarted", "The peer began anew: its process was started at 04:12:09 UTC."))),
        one(2, Some((180_004, "path_down", "Our interface eth0 lost its carrier."))),
    ]
}

fn router(now: Timestamp) -> Option<OwnLink> {
    let peer = NodeId::new("core-router").ok()?;
    Some(OwnLink {
        peer,
        protocol: "bfd",
        address: "192.0.2.1".to_owned(),
        state: LinkState::Up,
        since: now - Duration::from_secs(7 * 86_400),
        reason: "The session is Up at both ends.".to_owned(),
        interval: Duration::from_millis(300),
        multiplier: 3,
        detection: Duration::from_millis(900),
        rtt: None,
        rtt_all: None,
        jitter: None,
        loss_forward: None,
        loss_reverse: None,
        counts: LinkCounts { sent: 2_016_000, received: 2_015_990, ..LinkCounts::default() },
        recent: Vec::new(),
        sessions: sessions(LinkState::Up, now).into_iter().take(2).collect(),
    })
}
