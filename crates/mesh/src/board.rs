//! What is known of every link: it hears what happens, and makes of it results, what pages show, and what other nodes are told.

mod picture;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use allswell_link::endpoint::Endpoint;
use allswell_link::happening::Happening;
use allswell_link::ids::Node;
use allswell_link::key::node_of;
use allswell_link::outbox::{Heard, SentProbe};
use allswell_link::time::{Moment, Stamp};
use allswell_model::link::{LinkState, OwnLink};
use allswell_model::{NodeId, Telling, Timestamp, UnknownCause};

use crate::gossip::Gossip;
use crate::record::{Record, of_session};
use crate::settings::Settings;
use crate::shown::Shown;
use crate::stalls::Stalls;
use crate::surroundings::Surroundings;

/// All of it.
#[derive(Debug)]
pub(crate) struct Board {
    node: NodeId,
    location: Arc<str>,
    /// In boxes, so that to find one costs no more than to look at a few numbers.
    records: BTreeMap<Node, Box<Record>>,
    surroundings: Surroundings,
    shown: Arc<Shown>,
    stalls: Stalls,
    changed: bool,
    /// The sessions of the other protocol, as they are shown.
    bfd: Vec<OwnLink>,
    gossip: Gossip,
    names: BTreeMap<Node, (NodeId, Arc<str>)>,
    /// Peers to whom the last packet did not leave, and the number of why.
    unsent: BTreeMap<Node, i32>,
    /// Others say something else of their links than what is shown.
    retold: bool,
    /// We tell people of troubles, and are heard.
    tells: bool,
    /// How they are told of each link's troubles, as it was last said and taken.
    tellings: BTreeMap<Node, Telling>,
}

impl Board {
    pub(crate) fn new(settings: &Settings, surroundings: Surroundings, shown: Arc<Shown>) -> Self {
        let boot_seconds = u64::try_from((surroundings.now)().seconds()).unwrap_or(0);
        Self {
            node: settings.node.clone(),
            location: Arc::clone(&settings.location),
            records: BTreeMap::new(),
            surroundings,
            shown,
            stalls: Stalls::default(),
            changed: true,
            bfd: Vec::new(),
            gossip: Gossip::new(node_of(settings.node.as_str()), boot_seconds),
            names: BTreeMap::new(),
            retold: false,
            tells: false,
            tellings: BTreeMap::new(),
            unsent: BTreeMap::new(),
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
            let known = before.remove(&node);
            let mut record = known.unwrap_or_else(|| Box::new(Record::new(peer, (now, moment), settings.multiplier)));
            record.renew(peer, settings.multiplier);
            self.records.insert(node, record);
        }
        let others = settings.peers.iter().map(|peer| (peer.name.clone(), Arc::clone(&peer.location)));
        let all = others.chain([(self.node.clone(), Arc::clone(&self.location))]);
        self.names = all.map(|(name, location)| (node_of(name.as_str()), (name, location))).collect();
        self.unsent.retain(|node, _| self.records.contains_key(node));
        self.tellings.retain(|node, _| self.records.contains_key(node));
        self.gossip.members(self.names.keys().copied());
        self.changed = true;
    }

    /// The multiplier that a link's losses call for.
    pub(crate) fn multiplier(&self, peer: Node) -> Option<u8> {
        self.records.get(&peer).map(|record| record.multiplier())
    }

    /// Whether we tell people of troubles, and are heard by them.
    pub(crate) fn tells(&mut self, tells: bool) {
        self.changed |= tells != self.tells;
        self.tells = tells;
    }

    /// A probe was handed to the kernel.
    pub(crate) fn sent(&mut self, probe: &SentProbe, at: Moment) {
        if let Some(record) = self.records.get_mut(&probe.peer) {
            record.sent(probe, at);
        }
    }

    /// Whether packets to anybody did not leave.
    pub(crate) fn is_hindered(&self) -> bool {
        !self.unsent.is_empty()
    }

    /// Whether the last packet to a peer left, or the number of why not.
    pub(crate) fn hindered(&mut self, peer: Node, sent: Result<(), i32>) {
        match sent {
            Ok(()) => self.unsent.remove(&peer),
            Err(errno) => self.unsent.insert(peer, errno),
        };
    }

    /// We did not run for longer than peers wait.
    pub(crate) fn we_stalled(&mut self, moment: Moment, late: Duration) {
        self.records.values_mut().for_each(|record| record.we_stalled(moment, late));
    }

    /// A peer's kernel says that nobody listens there.
    pub(crate) fn refused(&mut self, peer: Node, at: Moment) {
        if let Some(record) = self.records.get_mut(&peer) {
            record.refused(at);
        }
    }

    /// A peer's kernel was asked, or the question did not leave.
    pub(crate) fn kernel_asked(&mut self, peer: Node, asked: bool, at: Moment) {
        if let Some(record) = self.records.get_mut(&peer) {
            record.kernel_asked(asked, at);
        }
    }

    /// A peer's kernel answered.
    pub(crate) fn kernel_answered(&mut self, peer: Node, at: Moment) {
        if let Some(record) = self.records.get_mut(&peer) {
            record.kernel_answered(at);
        }
    }

    /// Something came from a peer's address that none of our keys signed.
    pub(crate) fn strange(&mut self, peer: Node, at: Moment) {
        if let Some(record) = self.records.get_mut(&peer) {
            record.strange(at);
        }
    }

    /// Those whose kernels are to be asked now, since no session asks.
    pub(crate) fn asks_kernels(&self) -> Vec<Node> {
        self.records.iter().filter_map(|(node, record)| record.asks_kernel().then_some(*node)).collect()
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
            self.changed |= record.confirmed(|| ((self.surroundings.now)(), heard.at));
        }
    }

    /// A peer tells of its own links, and on of others'.
    pub(crate) fn report(&mut self, at: Moment, peer: Node, content: &[u8]) {
        let before = self.gossip.changes();
        self.gossip.receive(at, peer, content);
        self.retold |= self.gossip.changes() > before;
    }

    /// Whether others say something else of their links than what is shown.
    pub(crate) fn is_retold(&self) -> bool {
        self.retold
    }

    /// The next packet that this peer should be told.
    pub(crate) fn next_report(&mut self, peer: Node, moment: Moment) -> Option<Vec<u8>> {
        self.gossip.next_for(peer, moment)
    }

    /// Those with whom a session may stand.
    pub(crate) fn peers(&self) -> Vec<Node> {
        self.records.keys().copied().collect()
    }

    /// Something happened to a link.
    pub(crate) fn happened(&mut self, moment: Moment, (peer, happening): (Node, &Happening), endpoint: &Endpoint) {
        let now = self.now();
        if let Some((record, link)) = self.records.get_mut(&peer).zip(endpoint.link(peer)) {
            tracing::info!(peer = %record.name(), ?happening, "link");
            record.happened((now, moment), happening, (link, self.unsent.get(&peer).copied()));
            self.changed = true;
        }
        if matches!(happening, Happening::Up { .. }) {
            // It may have been restarted, and know nothing.
            self.gossip.forget(peer);
        }
    }

    /// These are measured from now on, and no others.
    pub(crate) fn measured(&mut self, (peers, always): (&BTreeSet<Node>, &BTreeSet<Node>), moment: Moment) {
        let now = self.now();
        for (node, record) in &mut self.records {
            record.measured(peers.contains(node), !always.contains(node), (now, moment));
        }
        self.changed = true;
    }

    /// How the sessions of the other protocol are; told at once when one has changed; and what of ours keeps some down.
    pub(crate) fn bfd(&mut self, (shown, own_faults): (Vec<OwnLink>, &BTreeMap<NodeId, UnknownCause>), changed: bool) {
        self.bfd = shown;
        self.changed |= changed;
        let now = self.now();
        for result in self.bfd.iter().filter_map(|link| of_session(link, own_faults.get(&link.peer), now)) {
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
                multipliers.push((*node, record.second((now, moment), (link, self.unsent.get(node).copied()))));
            }
        }
        // It is said again each second: whoever judges may not have watched the link when it was said before.
        self.tellings.retain(|_, telling| *telling == Telling::default());
        self.see_whether_we_are_deaf();
        self.update_row(moment);
        self.offer(moment, endpoint, |_| true);
        self.show(moment, endpoint);
        multipliers
    }

    /// That all stop at once is less likely than that something here keeps them from us.
    fn see_whether_we_are_deaf(&mut self) {
        let states: Vec<LinkState> =
            self.records.values().map(|record| record.state()).filter(|state| *state != LinkState::Unmeasured).collect();
        let deaf = states.len() > 1 && states.iter().all(|state| *state == LinkState::PeerStalled);
        self.records.values_mut().for_each(|record| record.we_are_deaf(deaf));
    }

    /// Whether a link has changed since that was last told.
    pub(crate) fn has_changed(&self) -> bool {
        self.changed
    }

    /// Tells how links are that have changed.
    pub(crate) fn publish(&mut self, moment: Moment, endpoint: &Endpoint) {
        self.changed = false;
        self.update_row(moment);
        self.offer(moment, endpoint, Record::changed);
        self.show(moment, endpoint);
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
}
