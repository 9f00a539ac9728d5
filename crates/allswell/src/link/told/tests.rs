use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::link::{
    Cell, Finding as Found, FindingKind, LinkCounts, LinkPoint, LinkState, Links, MeshNode, OwnLink, RttSummary, SessionRecord,
};
use allswell_model::{NodeId, Timestamp};

use super::*;

const NOW: i64 = 1_800_000_000_000_000;

fn node(name: &str) -> NodeId {
    NodeId::new(name).unwrap()
}

fn ago(seconds: i64) -> Timestamp {
    Timestamp(NOW - seconds * 1_000_000)
}

fn session(id: &str, began: i64, ended: Option<i64>) -> SessionRecord {
    SessionRecord {
        id: id.into(),
        began: ago(began),
        up_after: Some(Duration::from_millis(1)),
        initiated: true,
        ended: ended.map(ago),
        cause: ended.map(|_| "timed_out"),
        sentence: ended.map(|_| "Nothing was heard for 150 ms.".into()),
    }
}

fn own(peer: &str, state: LinkState) -> OwnLink {
    let ms = |hundredths: u64| Duration::from_micros(hundredths * 10);
    let rtt = RttSummary { count: 200, min: ms(18), p50: ms(21), p90: ms(30), p99: ms(45), max: ms(60) };
    let lives = state == LinkState::Up;
    let point = |second: i64| LinkPoint {
        at: ago(60 - second),
        rtt: lives.then(|| ms(20 + u64::try_from(second % 7).unwrap())),
        loss_forward: Some(if second == 59 { 0.05 } else { 0.0 }),
        loss_reverse: lives.then_some(0.0),
        state,
    };
    OwnLink {
        peer: node(peer),
        protocol: "link",
        address: "10.0.0.2:8421".into(),
        state,
        since: ago(3 * 3600 + 12 * 60),
        reason: if lives { "Packets go both ways." } else { "Neither its process nor its kernel answers." }.into(),
        interval: Duration::from_millis(50),
        multiplier: 3,
        detection: Duration::from_millis(150),
        rtt: lives.then_some(rtt),
        rtt_all: Some(rtt),
        jitter: Some(Duration::from_micros(12)),
        loss_forward: Some(0.005),
        loss_reverse: Some(0.0),
        counts: LinkCounts::default(),
        recent: (0..60).map(point).collect(),
        sessions: vec![session("9f3c…:04ab…", 3 * 3600, (!lives).then_some(7)), session("1111…:2222…", 9000, Some(8000))],
    }
}

/// As the API tells it: a link that is up, and one that is down.
pub(crate) fn links() -> Links {
    Links {
        node: node("fra-1"),
        at: Timestamp(NOW),
        nodes: vec![MeshNode { name: node("fra-1"), location: Arc::from("eu"), heard: None, stalls: 0, longest_stall: Duration::ZERO }],
        cells: vec![Cell {
            from: node("fra-1"),
            to: node("fra-2"),
            state: LinkState::Up,
            since: ago(5),
            rtt: None,
            normal: None,
            loss_forward: None,
            loss_reverse: None,
        }],
        findings: vec![Found {
            kind: FindingKind::NodeDown,
            of: vec!["fra-3".into()],
            sentence: "fra-3 is down: 2 of 2 nodes do not reach it, nor its kernel.".into(),
            since: ago(7),
        }],
        own: vec![own("fra-2", LinkState::Up), own("fra-3", LinkState::Down)],
        dropped: BTreeMap::new(),
    }
}

/// The same as it is read here.
pub(crate) fn told() -> Told {
    Told::deserialize(serde_json::to_value(links()).unwrap()).unwrap()
}

#[test]
fn what_the_model_writes_is_read() {
    let told = told();
    assert_eq!((told.node.as_str(), told.at_us, told.own.len()), ("fra-1", NOW, 2));
    let [up, down] = told.own.as_slice() else { panic!("{told:?}") };
    assert!((up.rtt.unwrap().p50_ms - 0.21).abs() < 1e-9);
    assert_eq!(up.standing().unwrap().id, "9f3c…:04ab…");
    assert_eq!(up.last_end().unwrap().id, "1111…:2222…");
    assert!(down.standing().is_none() && down.rtt.is_none());
    assert_eq!(down.last_end().unwrap().cause.as_deref(), Some("timed_out"));
}
