//! Who is measured: what the settings say, and whose turn it is.

use std::collections::BTreeSet;

use allswell_link::ids::Node;
use allswell_link::key::{self, KeyRing};
use allswell_link::machine::Event;
use allswell_link::terms::Terms;
use allswell_link::time::Moment;

use super::{Driver, now, token};
use crate::plan::Plan;
use crate::settings::{Peer, Settings};

/// The keys as the links take them.
fn ring(settings: &Settings) -> KeyRing {
    KeyRing::new(settings.keys.iter().map(|key| key::Key::new(key.id, &key.secret)).collect())
}

/// What the operator wishes of every link.
pub(super) fn terms(settings: &Settings) -> Terms {
    Terms::every(settings.every, settings.multiplier)
}

impl Driver {
    /// Takes over other settings: what did not change goes on undisturbed.
    pub(super) fn apply(&mut self, settings: Settings) {
        let moment = now();
        if settings.keys != self.settings.keys {
            self.endpoint.rekey(ring(&settings));
        }
        let node = |peer: &Peer| key::node_of(peer.name.as_str());
        let stays = |peer: &Peer| settings.peers.iter().any(|other| other.name == peer.name);
        let gone: Vec<Node> = self.settings.peers.iter().filter(|peer| !stays(peer)).map(node).collect();
        for peer in gone {
            self.endpoint.tell(moment, peer, Event::Leave);
            self.flush_packets();
            self.endpoint.remove(peer);
        }
        self.by_address = settings.peers.iter().map(|peer| (peer.address, node(peer))).collect();
        self.board.watch(&settings, moment);
        for peer in &settings.peers {
            let terms = terms(&settings);
            // What the losses of a link call for, it calls for still.
            let multiplier = self.board.multiplier(node(peer)).unwrap_or(terms.multiplier);
            self.endpoint.add(node(peer), peer.address, Terms { multiplier, ..terms });
        }
        let members: Vec<_> = settings.peers.iter().map(|peer| peer.name.clone()).chain([settings.node.clone()]).collect();
        self.plan = Plan::of(&members, settings.full_mesh_up_to, settings.neighbours);
        if let Err(error) = self.bfd.watch((&self.waiter, token::BFD), &settings.bfd, moment) {
            tracing::error!("{error}; routers are not watched");
        }
        self.always = self.plan.always(&settings.node).iter().map(|peer| key::node_of(peer.as_str())).collect();
        self.settings = settings;
        self.measured.retain(|peer| self.endpoint.link(*peer).is_some());
        self.measure(self.named(), moment);
    }

    /// Measures whom the plan names now, where that has changed. Those that it no longer names are left in order.
    pub(super) fn follow_plan(&mut self, moment: Moment) {
        let named = self.named();
        if named != self.measured {
            self.measure(named, moment);
        }
    }

    /// Whom the plan names now.
    fn named(&self) -> BTreeSet<Node> {
        let named = self.plan.measured(&self.settings.node, self.board.utc());
        named.iter().map(|peer| key::node_of(peer.as_str())).collect()
    }

    fn measure(&mut self, named: BTreeSet<Node>, moment: Moment) {
        self.board.measured((&named, &self.always), moment);
        for peer in self.measured.difference(&named) {
            self.endpoint.tell(moment, *peer, Event::Leave);
        }
        for peer in &named {
            self.endpoint.tell(moment, *peer, Event::LinkUp);
        }
        self.measured = named;
    }

    fn flush_packets(&mut self) {
        while let Some(packet) = self.endpoint.transmit() {
            // A last word: nothing follows from whether it leaves.
            let _ = self.sockets.send(packet.to, &packet.bytes, packet.probe);
        }
    }

    /// Tells every peer that we leave.
    pub(super) fn leave(&mut self) {
        let peers: Vec<Node> = self.endpoint.links().map(allswell_link::machine::Link::peer).collect();
        for peer in peers {
            self.endpoint.tell(now(), peer, Event::Leave);
        }
        self.flush_packets();
        self.bfd.leave(now());
    }
}
