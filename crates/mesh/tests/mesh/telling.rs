//! Which node tells people of what several see.

use std::net::{Ipv4Addr, SocketAddr};

use allswell_mesh::Settings;
use allswell_model::link::LinkState;

use crate::node::{Node, peer, settings, until};

#[test]
fn the_first_that_can_tells_of_a_node_that_several_lost() {
    let names = ["a", "b", "c", "d"];
    let listen = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    let mut nodes: Vec<Node> = names.iter().map(|name| Node::start(settings(name, listen))).collect();
    let peers: Vec<_> = names.iter().zip(&nodes).map(|(name, node)| peer(name, node.mesh.addresses()[0])).collect();
    for (name, node) in names.iter().zip(&nodes) {
        let peers = peers.iter().filter(|peer| peer.name.as_str() != *name).cloned().collect();
        node.mesh.reload(Settings { peers, ..settings(name, listen) });
        node.mesh.tells(*name != "a");
    }
    for (name, node) in names.iter().zip(&nodes) {
        names.iter().filter(|other| *other != name).for_each(|other| drop(node.until(other, |link| link.state == LinkState::Up)));
    }
    let told_by = |nodes: &[Node]| nodes.iter().map(|node| node.kept.telling("d").by.map(|by| by.to_string())).collect::<Vec<_>>();
    let told = |nodes: &[Node], expected: [Option<&str>; 3]| {
        until(|| told_by(nodes).iter().map(Option::as_deref).eq(expected)).unwrap_or_else(|()| panic!("{:?}", told_by(nodes)));
    };
    assert_eq!(told_by(&nodes[..3]), [None, None, None], "nothing is wrong");
    nodes.pop().unwrap().mesh.stop();
    // a tells nobody, so c leaves it to b. Whoever comes first by name, as a does, leaves it to nobody.
    told(&nodes, [None, None, Some("b")]);
    nodes[1].mesh.tells(false);
    told(&nodes, [None, None, None]);
    nodes[0].mesh.tells(true);
    told(&nodes, [None, Some("a"), Some("a")]);
    // Who told is gone as well.
    nodes[1].mesh.tells(true);
    nodes.remove(0).mesh.stop();
    let told = |expected: [Option<&str>; 2]| until(|| told_by(&nodes).iter().map(Option::as_deref).eq(expected));
    told([None, Some("b")]).unwrap_or_else(|()| panic!("{:?}", told_by(&nodes)));
}
