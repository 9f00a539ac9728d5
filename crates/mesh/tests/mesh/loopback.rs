//! Two nodes of one host.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use allswell_model::link::LinkState;

use crate::node::{Node, peer, settings};

fn pair(address: IpAddr) -> (Node, Node) {
    let listen = SocketAddr::new(address, 0);
    let (one, other) = (settings("one", listen), settings("other", listen));
    let (first, second) = (Node::start(one.clone()), Node::start(other.clone()));
    let (at, away) = (first.mesh.addresses()[0], second.mesh.addresses()[0]);
    first.mesh.reload(allswell_mesh::Settings { peers: vec![peer("other", away)], ..one });
    second.mesh.reload(allswell_mesh::Settings { peers: vec![peer("one", at)], ..other });
    (first, second)
}

#[test]
fn two_nodes_find_each_other() {
    for address in [IpAddr::from(Ipv4Addr::LOCALHOST), Ipv6Addr::LOCALHOST.into()] {
        let (one, other) = pair(address);
        let link = one.until("other", |link| link.state == LinkState::Up);
        other.until("one", |link| link.state == LinkState::Up);
        assert_eq!(link.detection.as_millis(), 150);
        other.mesh.stop();
        one.until("other", |link| link.state == LinkState::Left);
    }
}
