//! What is known of every link: it hears what happens, and makes of it results, what pages show, and what other nodes are told.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use allswell_link::endpoint::Endpoint;
use allswell_link::happening::Happening;
use allswell_link::ids::Node;
use allswell_link::key::node_of;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::time::{Moment, Stamp};
use allswell_model::link::{Cell, Links, MeshNode, OwnLink};
use allswell_model::{NodeId, Timestamp};

use crate::record::{Brief, Record, of_session};
use crate::settings::Settings;
use crate::shown::Shown;
use crate::stalls::Stalls;
use crate::surroundings::Surroundings;

/// All of it.
#[derive(Debug)]
pub(crate) struct Board {
    node: NodeId,
    location: Arc<str>,
    records: BTreeMap<Node, Record>,
    surroundings: Surroundings,
    shown: Arc<Shown>,
    stalls: Stalls,
    changed: bool,
    /// The sessions of the other protocol, as they are shown.
    bfd: Vec<OwnLink>,
}

impl Board {
    pub(crate) fn new(settings: &Settings, surroundings: Surroundings, shown: Arc<Shown>) -> Self {
        Self {
            node: settings.node.clone(),
            location: Arc::clone(&settings.location),
            records: BTreeMap::new(),
            surroundings,
            shown,
            stalls: Stalls::default(),
            changed: true,
            bfd: Vec::new(),
        }
    }

    pub(crate) fn node(&self) -> &NodeId {
        &self.node
    }

    fn now(&self) -> Timestamp {
        (self.surroundings.now)()
    }

    /// Takes over who is watched.
    pub(crate) fn watch(&mut self, settings: &Settings, moment: Moment) {
        let now = self.now();
        self.location = Arc::clone(&settings.location);
        let mut before = std::mem::take(&mut self.records);
        for peer in &settings.peers {
            let node = node_of(peer.name.as_str());
            let record = before.remove(&node).unwrap_or_else(|| Record::new(peer, (now, moment), settings.multiplier));
            self.records.insert(node, record.with(peer));
        }
        self.changed = true;
    }

    /// A probe was handed to the kernel.
    pub(crate) fn sent(&mut self, probe: &SentProbe, at: Moment) {
        if let Some(record) = self.records.get_mut(&probe.peer) {
            record.sent(probe, at);
        }
    }

    /// And it left.
    pub(crate) fn left(&mut self, probe: &SentProbe, stamp: Stamp) {
        if let Some(record) = self.records.get_mut(&probe.peer) {
            record.left(probe, stamp);
        }
    }

    /// A probe was heard.
    pub(crate) fn heard(&mut self, heard: &Heard) {
        if let Some(record) = self.records.get_mut(&heard.peer) {
            record.heard(heard);
        }
    }

    /// A peer tells of its own links.
    pub(crate) fn report(&mut self, _at: Moment, _peer: Node, _content: &[u8]) {}

    /// Something happened to a link.
    pub(crate) fn happened(&mut self, moment: Moment, (peer, happening): (Node, &Happening), endpoint: &Endpoint) {
        let now = self.now();
        if let Some((record, link)) = self.records.get_mut(&peer).zip(endpoint.link(peer)) {
            tracing::info!(peer = %record.name(), ?happening, "link");
            record.happened((now, moment), happening, link);
            self.changed = true;
        }
    }

    /// These are measured from now on, and no others.
    pub(crate) fn measured(&mut self, peers: &BTreeSet<Node>, moment: Moment) {
        let now = self.now();
        for (node, record) in &mut self.records {
            record.measured(peers.contains(node), (now, moment));
        }
        self.changed = true;
    }

    /// How the sessions of the other protocol are; told at once when one has changed.
    pub(crate) fn bfd(&mut self, shown: Vec<OwnLink>, changed: bool) {
        self.bfd = shown;
        self.changed |= changed;
        let now = self.now();
        for result in self.bfd.iter().filter_map(|link| of_session(link, now)) {
            let _ = self.surroundings.inlet.offer(result);
        }
    }

    /// The time of results.
    pub(crate) fn utc(&self) -> Timestamp {
        self.now()
    }

    /// What is done once a second. It hands out the multiplier that each link's losses call for.
    pub(crate) fn second(&mut self, moment: Moment, endpoint: &Endpoint, stalls: &Stalls) -> Vec<(Node, u8)> {
        let now = self.now();
        self.stalls = *stalls;
        let mut multipliers = Vec::with_capacity(self.records.len());
        for (node, record) in &mut self.records {
            if let Some(link) = endpoint.link(*node) {
                multipliers.push((*node, record.second((now, moment), link)));
            }
        }
        self.offer(moment, endpoint, |_| true);
        self.show(moment, endpoint);
        multipliers
    }

    /// A change of state is told at once.
    pub(crate) fn publish_if_changed(&mut self, moment: Moment, endpoint: &Endpoint) {
        if std::mem::take(&mut self.changed) {
            self.offer(moment, endpoint, Record::changed);
            self.show(moment, endpoint);
        }
    }

    /// Hands in the results of those links that are wanted.
    fn offer(&mut self, moment: Moment, endpoint: &Endpoint, wanted: impl Fn(&mut Record) -> bool) {
        let now = self.now();
        for (node, record) in &mut self.records {
            let result = wanted(record).then(|| endpoint.link(*node)).flatten().and_then(|link| record.result((now, moment), link));
            // Where the pipe is full, the next second brings the next result, and the pipe counts what it refuses.
            let _ = result.map(|result| self.surroundings.inlet.offer(result));
        }
    }

    fn show(&mut self, moment: Moment, endpoint: &Endpoint) {
        let now = self.now();
        let cells = self.records.values().map(|record| cell(&self.node, record)).collect();
        let own = self.records.iter_mut().filter_map(|(node, record)| Some(record.shown((now, moment), endpoint.link(*node)?)));
        let own = own.chain(self.bfd.iter().cloned()).collect();
        let dropped = endpoint.drops().iter().map(|(why, count)| (why.word(), count)).collect();
        self.shown.show(Links { node: self.node.clone(), at: now, nodes: self.nodes(now), cells, findings: Vec::new(), own, dropped });
    }

    fn nodes(&self, now: Timestamp) -> Vec<MeshNode> {
        let us = MeshNode {
            name: self.node.clone(),
            location: Arc::clone(&self.location),
            heard: Some(now),
            stalls: self.stalls.count,
            longest_stall: self.stalls.longest,
        };
        let others = self.records.values().map(|record| MeshNode {
            name: record.name().clone(),
            location: record.location(),
            heard: None,
            stalls: 0,
            longest_stall: Duration::ZERO,
        });
        let mut nodes: Vec<MeshNode> = std::iter::once(us).chain(others).collect();
        nodes.sort_by(|a, b| (&a.location, &a.name).cmp(&(&b.location, &b.name)));
        nodes
    }
}

/// What we see of a link of ours.
fn cell(us: &NodeId, record: &Record) -> Cell {
    let Brief { state, since, rtt, normal, loss_forward, loss_reverse, .. } = record.brief();
    Cell { from: us.clone(), to: record.peer(), state, since, rtt, normal, loss_forward, loss_reverse }
}
