//! Other settings while it runs.

use std::net::{Ipv4Addr, SocketAddr};

use allswell_mesh::{Plan, Settings};
use allswell_model::Timestamp;
use allswell_model::link::LinkState;

use crate::node::{Node, name, peer, settings};

fn nobody() -> SocketAddr {
    SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0)
}

/// Two nodes with a link, and the settings of the first.
fn pair() -> (Node, Node, Settings) {
    let (one, other) = (settings("one", nobody()), settings("other", nobody()));
    let (first, second) = (Node::start(one.clone()), Node::start(other.clone()));
    let (at, away) = (first.mesh.addresses()[0], second.mesh.addresses()[0]);
    let one = Settings { peers: vec![peer("other", away)], ..one };
    first.mesh.reload(one.clone());
    second.mesh.reload(Settings { peers: vec![peer("one", at)], ..other });
    first.until("other", |link| link.state == LinkState::Up);
    second.until("one", |link| link.state == LinkState::Up);
    (first, second, one)
}

#[test]
fn another_multiplier_holds_for_links_that_stand() {
    let (first, _second, one) = pair();
    first.mesh.reload(Settings { multiplier: 7, ..one.clone() });
    first.until("other", |link| link.multiplier == 7 && link.state == LinkState::Up);
    // Each second says anew what losses call for.
    let session = first.links().own[0].sessions[0].id.clone();
    let seconds = first.kept.all().len() + 3;
    crate::node::until(|| first.kept.all().len() >= seconds).unwrap();
    let link = first.link("other").unwrap();
    assert_eq!((link.multiplier, &link.sessions[0].id), (7, &session));
}

#[test]
fn a_link_that_the_new_plan_does_not_name_is_left() {
    let (first, second, one) = pair();
    let unnamed = |prefix: &str| {
        let fillers: Vec<_> =
            (0..60_u16).map(|n| peer(&format!("{prefix}-{n}"), SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 1 + n))).collect();
        let all: Vec<_> = fillers.iter().chain(&one.peers).cloned().collect();
        let members: Vec<_> = all.iter().map(|peer| peer.name.clone()).chain([one.node.clone()]).collect();
        let now = allswell_os::clock::wall_micros();
        let plan = Plan::of(&members, 2, 4);
        let named = |after: i64| plan.measured(&one.node, Timestamp(now + after * 1_000_000)).contains(&name("other"));
        (!named(0) && !named(60)).then_some(all)
    };
    let peers = (0..100_u8).find_map(|n| unnamed(&format!("filler{n}"))).unwrap();
    first.mesh.reload(Settings { peers, full_mesh_up_to: 2, neighbours: 4, ..one });
    first.until("other", |link| link.state == LinkState::Unmeasured);
    second.until("one", |link| link.state == LinkState::Left);
}

#[test]
fn a_link_that_takes_turns_has_time_for_clocks_that_differ() {
    let closed = |n: u16| SocketAddr::new(Ipv4Addr::new(127, 0, 0, 9).into(), 1 + n);
    let peers: Vec<_> = (0..40).map(|n| peer(&format!("peer-{n}"), closed(n))).collect();
    let members: Vec<_> = peers.iter().map(|peer| peer.name.clone()).chain([name("one")]).collect();
    let always = Plan::of(&members, 2, 4).always(&name("one"));
    let node = Node::start(Settings { peers, full_mesh_up_to: 2, neighbours: 4, ..settings("one", nobody()) });
    assert_eq!(always.len(), 2);
    for peer in &always {
        node.until(peer.as_str(), |link| link.state == LinkState::Down);
    }
    let own = &node.links().own;
    let others = || own.iter().filter(|link| !always.contains(&link.peer));
    assert!(others().any(|link| link.state == LinkState::Opening), "{own:#?}");
    assert!(others().all(|link| matches!(link.state, LinkState::Opening | LinkState::Unmeasured)), "{own:#?}");
}
