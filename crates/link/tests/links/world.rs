//! Two or more nodes in memory, and the network between them: virtual time, and chance that a seed decides.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use allswell_link::dropped::Dropped;
use allswell_link::endpoint::{Endpoint, Identity};
use allswell_link::happening::Happening;
use allswell_link::ids::{Node, Pair};
use allswell_link::key::{Key, KeyRing, node_of};
use allswell_link::machine::{Event, State};
use allswell_link::outbox::Heard;
use allswell_link::terms::Terms;
use allswell_link::time::{Moment, Stamp};

mod passing;

pub(crate) use crate::network::{Network, Under};
use crate::watch::Watch;

/// A node: its endpoint, and what it told.
pub(crate) struct Host {
    pub(crate) endpoint: Endpoint,
    pub(crate) name: String,
    pub(crate) told: Vec<(Moment, Node, Happening)>,
    pub(crate) heard: Vec<Heard>,
    pub(crate) sent: BTreeMap<Pair, u64>,
    pub(crate) dropped: Vec<Dropped>,
    /// A process that does not run: packets wait in its socket.
    pub(crate) stopped: bool,
    waiting: Vec<(Moment, Under)>,
    boots: u64,
}

/// All of it.
pub(crate) struct World {
    pub(crate) now: Moment,
    pub(crate) hosts: Vec<Host>,
    pub(crate) network: Network,
    /// From, to: nothing passes.
    pub(crate) cut: BTreeSet<(usize, usize)>,
    /// These have another address by now, and nobody has the one that others know.
    pub(crate) moved: BTreeMap<usize, SocketAddr>,
    /// From, to: a firewall lets nothing pass but what kernels say.
    pub(crate) filtered: BTreeSet<(usize, usize)>,
    pub(crate) under: BTreeSet<(Moment, u64, usize, Under)>,
    /// Every packet that was ever sent, for those who replay.
    pub(crate) recorded: Vec<(usize, Vec<u8>)>,
    pub(crate) bytes: u64,
    pub(crate) chance: u64,
    count: u64,
    pub(crate) watch: Watch,
    pub(crate) terms: Terms,
}

pub(crate) fn ring() -> KeyRing {
    KeyRing::new(vec![Key::new(1, b"a secret of the tests")])
}

pub(crate) fn address(host: usize) -> SocketAddr {
    SocketAddr::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, u8::try_from(host + 1).unwrap())), 8421)
}

fn endpoint(name: &str, boot: u64, seed: u64) -> Endpoint {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    bytes[8..16].copy_from_slice(&boot.to_be_bytes());
    bytes[16..24].copy_from_slice(&node_of(name).0.to_be_bytes());
    Endpoint::new(Identity { node: node_of(name), boot, seed: bytes }, ring())
}

impl World {
    /// So many nodes; links between all of them, switched off.
    pub(crate) fn new(hosts: usize, seed: u64, terms: Terms) -> Self {
        let mut world = Self {
            now: Moment(1_000_000_000),
            hosts: Vec::new(),
            network: Network::CALM,
            cut: BTreeSet::new(),
            filtered: BTreeSet::new(),
            moved: BTreeMap::new(),
            under: BTreeSet::new(),
            recorded: Vec::new(),
            bytes: 0,
            chance: seed,
            count: 0,
            watch: Watch::new(&terms),
            terms,
        };
        for host in 0..hosts {
            let name = format!("node-{host}");
            world.hosts.push(Host {
                endpoint: endpoint(&name, 1, seed),
                name,
                told: Vec::new(),
                heard: Vec::new(),
                sent: BTreeMap::new(),
                dropped: Vec::new(),
                stopped: false,
                waiting: Vec::new(),
                boots: 1,
            });
        }
        (0..hosts).for_each(|host| world.introduce(host));
        world
    }

    fn introduce(&mut self, host: usize) {
        for other in (0..self.hosts.len()).filter(|other| *other != host) {
            let node = node_of(&format!("node-{other}"));
            let terms = self.terms;
            self.hosts[host].endpoint.add(node, address(other), terms);
        }
    }

    pub(crate) fn roll(&mut self) -> u64 {
        self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn node(&self, host: usize) -> Node {
        self.hosts[host].endpoint.node()
    }

    /// Switches all links of a node on.
    pub(crate) fn switch_on(&mut self, host: usize) {
        for other in (0..self.hosts.len()).filter(|other| *other != host) {
            let peer = self.node(other);
            self.tell(host, peer, Event::LinkUp);
        }
    }

    pub(crate) fn tell(&mut self, host: usize, peer: Node, event: Event) {
        let now = self.now;
        self.hosts[host].endpoint.tell(now, peer, event);
        self.collect(host);
    }

    /// The process ends and begins anew; it remembers nothing.
    pub(crate) fn restart(&mut self, host: usize) {
        self.hosts[host].boots += 1;
        let (name, boots) = (self.hosts[host].name.clone(), self.hosts[host].boots);
        let seed = self.roll();
        let own = &mut self.hosts[host];
        own.endpoint = endpoint(&name, boots, seed);
        own.waiting.clear();
        own.stopped = false;
        self.introduce(host);
        self.switch_on(host);
    }

    /// What an endpoint wants to send goes under way; what it counted and told is looked at.
    pub(crate) fn collect(&mut self, host: usize) {
        let now = self.now;
        while let Some(packet) = self.hosts[host].endpoint.transmit() {
            if let Some(probe) = packet.probe {
                self.hosts[host].endpoint.sent(&probe, Stamp(now.0));
                *self.hosts[host].sent.entry(probe.pair).or_default() += 1;
                self.watch.sends(host, &probe);
            }
            for eight in packet.bytes.chunks_exact(8) {
                self.bytes =
                    (self.bytes.rotate_left(5) ^ u64::from_be_bytes(eight.try_into().unwrap())).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            }
            self.recorded.push((host, packet.bytes.to_vec()));
            self.send(host, packet.to, &packet.bytes);
        }
        while let Some((peer, _)) = self.hosts[host].endpoint.question() {
            let other = self.host(peer);
            if !self.cut.contains(&(host, other)) && !self.cut.contains(&(other, host)) {
                let at = now + self.network.delay * 2;
                self.put(at, host, Under::Answer(peer));
            }
        }
        while let Some(heard) = self.hosts[host].endpoint.heard() {
            self.watch.hears(host, &heard, &self.hosts[self.host(heard.peer)].sent);
            self.hosts[host].heard.push(heard);
        }
        while let Some((peer, happening)) = self.hosts[host].endpoint.happening() {
            self.watch.is_told(host, (now, happening));
            self.hosts[host].told.push((now, peer, happening));
        }
        self.watch.is_due(&self.hosts[host].endpoint);
    }

    /// Sends a report to a peer, if a session stands.
    pub(crate) fn report(&mut self, host: usize, other: usize) {
        let peer = self.node(other);
        let report = self.hosts[host].endpoint.report(peer, b"what I know").map(|(to, bytes)| (to, bytes.to_vec()));
        if let Some((to, bytes)) = report {
            self.recorded.push((host, bytes.clone()));
            self.send(host, to, &bytes);
        }
    }

    /// Which host a node is.
    fn host(&self, node: Node) -> usize {
        (0..self.hosts.len()).find(|host| self.node(*host) == node).unwrap()
    }

    fn address(&self, host: usize) -> SocketAddr {
        self.moved.get(&host).copied().unwrap_or_else(|| address(host))
    }

    fn send(&mut self, host: usize, to: SocketAddr, bytes: &[u8]) {
        let Some(other) = (0..self.hosts.len()).find(|other| self.address(*other) == to) else { return };
        if self.cut.contains(&(host, other)) || self.filtered.contains(&(host, other)) {
            return;
        }
        let copies = if self.roll() % 100 < self.network.twice_percent { 2 } else { 1 };
        for _ in 0..copies {
            if self.roll() % 100 < self.network.loss_percent {
                continue;
            }
            let extra = self.roll() % (u64::try_from(self.network.jitter.as_nanos()).unwrap() + 1);
            let at = self.now + self.network.delay + Duration::from_nanos(extra);
            self.put(at, other, Under::Packet { from: self.address(host), bytes: bytes.to_vec() });
        }
    }

    /// Puts something under way towards a host.
    pub(crate) fn put(&mut self, at: Moment, host: usize, what: Under) {
        self.count += 1;
        self.under.insert((at, self.count, host, what));
    }

    /// The session that a host has with another.
    pub(crate) fn session(&self, host: usize, other: usize) -> Option<Pair> {
        self.hosts[host].endpoint.link(self.node(other))?.session().map(|session| session.pair)
    }

    /// Whether both ends have the same session.
    pub(crate) fn agree(&self, one: usize, other: usize) -> bool {
        let turned = |pair: Pair| Pair { ours: pair.theirs, theirs: pair.ours };
        self.session(one, other).is_some() && self.session(one, other) == self.session(other, one).map(turned)
    }

    pub(crate) fn state(&self, host: usize, other: usize) -> &State {
        self.hosts[host].endpoint.link(self.node(other)).unwrap().state()
    }

    /// How often this was said of the other, in a host's own words.
    pub(crate) fn said(&self, host: usize, which: impl Fn(&Happening) -> bool) -> usize {
        self.hosts[host].told.iter().filter(|(_, _, happening)| which(happening)).count()
    }
}
