//! A way between two nodes that loses, delays, turns round and doubles packets, decided by a seed: what the nodes make of it is held
//! against what the relay did.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use allswell_mesh::Settings;
use allswell_model::link::{LinkState, OwnLink};
use allswell_testkit::impairment::{Duplicate, Impairment, Jitter, Loss, Probability, Reorder};
use allswell_testkit::relay::Relay;

use crate::node::{Node, name, peer, settings};

/// What the issue of links asks for: a change of the way is seen within so long.
const SEEN_WITHIN: Duration = Duration::from_secs(10);

/// A link is watched for so long before it is known what is normal for it.
const TO_LEARN: Duration = Duration::from_secs(40);

/// Two nodes, each of which takes the relay for the other.
fn through(relay: &Relay) -> (Node, Node) {
    let listen = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
    let (one, other) = (settings("one", listen), settings("other", listen));
    let (first, second) = (Node::start(one.clone()), Node::start(other.clone()));
    relay.forward().aim(second.mesh.addresses()[0]);
    relay.backward().aim(first.mesh.addresses()[0]);
    first.mesh.reload(Settings { peers: vec![peer("other", relay.a())], ..one });
    second.mesh.reload(Settings { peers: vec![peer("one", relay.b())], ..other });
    first.until("other", |link| link.state == LinkState::Up);
    second.until("one", |link| link.state == LinkState::Up);
    (first, second)
}

fn relay(seed: u64) -> Relay {
    Relay::at(IpAddr::V4(Ipv4Addr::LOCALHOST), seed)
}

/// Waits until a node sees it, and says how long that took.
fn seen(node: &Node, peer: &str, within: Duration, what: impl Fn(&OwnLink) -> bool) -> Duration {
    let begun = Instant::now();
    loop {
        let link = node.link(peer);
        if link.as_ref().is_some_and(&what) {
            return begun.elapsed();
        }
        assert!(begun.elapsed() < within, "{} is not seen within {within:?}: {link:#?}", name(peer));
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

#[test]
fn a_loss_of_one_in_a_hundred_is_seen_and_on_which_way() {
    let relay = relay(1);
    let (one, other) = through(&relay);
    relay.forward().set(Impairment::lossy(Loss::EveryNth(100)));
    let took = seen(&one, "other", SEEN_WITHIN, |link| link.loss_forward.is_some_and(|share| share > 0.0));
    let there = seen(&other, "one", SEEN_WITHIN, |link| link.loss_reverse.is_some_and(|share| share > 0.0));
    println!("seen after {took:?} by whose packets were lost, and after {there:?} more by the other");
    let (mine, theirs) = (one.link("other").unwrap(), other.link("one").unwrap());
    assert_eq!((mine.counts.lost_reverse, theirs.counts.lost_forward), (0, 0), "nothing was lost on the way back");
    assert!(mine.loss_forward.unwrap() < 0.03, "{mine:#?}");
    assert_eq!(relay.backward().counters().dropped, 0);
}

#[test]
fn five_milliseconds_more_are_seen() {
    let relay = relay(2);
    let calm = Impairment { jitter: Jitter::Uniform(Duration::from_millis(1)), ..Impairment::delayed(Duration::from_millis(1)) };
    relay.set(calm);
    let (one, _other) = through(&relay);
    seen(&one, "other", TO_LEARN * 2, |link| link.rtt_all.is_some_and(|rtt| rtt.count as u128 * 45 > TO_LEARN.as_millis()));
    assert_eq!(one.state("other"), Some(LinkState::Up), "a jitter is no change");
    relay.forward().set(Impairment { delay: Duration::from_millis(6), ..calm });
    let took = seen(&one, "other", SEEN_WITHIN, |link| link.state == LinkState::Degraded);
    let reason = one.link("other").unwrap().reason;
    println!("seen after {took:?}: {reason}");
    assert!(reason.contains("instead of"), "{reason}");
}

#[test]
fn what_is_turned_round_and_what_comes_twice_is_no_loss() {
    let relay = relay(3);
    let (one, other) = through(&relay);
    let often = Probability::percent(20.0);
    let odd = Impairment {
        reorder: Reorder { share: often, held: Duration::from_millis(120) },
        duplicate: Duplicate { share: often, after: Duration::from_millis(3) },
        ..Impairment::default()
    };
    relay.backward().set(odd);
    let enough = |link: &OwnLink| link.counts.reordered >= 5 && link.counts.duplicates >= 5;
    seen(&one, "other", Duration::from_secs(30), enough);
    relay.backward().set(Impairment::default());
    let mended = |link: &OwnLink| link.loss_reverse == Some(0.0);
    seen(&one, "other", Duration::from_secs(20), mended);
    let link = one.link("other").unwrap();
    assert_eq!((link.counts.lost_reverse, link.counts.lost_forward), (0, 0), "{:?}", link.counts);
    assert!(link.counts.reordering_extent >= 1 && link.sessions.len() == 1, "{link:#?}");
    assert_eq!(other.link("one").unwrap().counts.reordered, 0, "the other way is as it was");
}
