//! All hosts with their nodes, and what is waited for.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use allswell_model::link::LinkState;
use allswell_testkit::namespace::hosts::Hosts;

use crate::picture::{Own, Picture};
use crate::process::Process;
use crate::role::name;

/// Longer than anything takes that works.
const PATIENCE: Duration = Duration::from_secs(20);

/// The hosts, a node on each.
pub(crate) struct World {
    pub(crate) hosts: Hosts,
    pub(crate) count: u8,
    nodes: BTreeMap<u8, Process>,
}

/// Sessions by who says so, and of whom.
pub(crate) type Sessions = BTreeMap<(u8, u8), String>;

/// The wall clock, in microseconds: that of pictures.
pub(crate) fn now_us() -> i64 {
    allswell_os::clock::wall_micros()
}

/// From then on, in milliseconds.
pub(crate) fn millis(from_us: i64, to_us: i64) -> f64 {
    Duration::from_micros(u64::try_from(to_us - from_us).unwrap_or(0)).as_secs_f64() * 1e3
}

/// Waits for a condition; what is missing is said where it does not come about.
pub(crate) fn until(what: &str, mut missing: impl FnMut() -> Option<String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Some(so_far) = missing() {
        assert!(Instant::now() < deadline, "{what} did not come about: {so_far}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

impl World {
    /// Starts a node on each host, and returns when each has a session with each.
    pub(crate) fn start(hosts: Hosts) -> Self {
        let count = hosts.numbers().last().unwrap();
        let nodes = hosts.numbers().map(|number| (number, Process::start(hosts.space(number), number, count))).collect();
        let world = Self { hosts, count, nodes };
        let begun = now_us();
        let _ = world.until_all_up();
        println!("{count} nodes: all links are up {:.0} ms after their processes were started", millis(begun, now_us()));
        world
    }

    /// The numbers of all nodes.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u8> + use<> {
        1..=self.count
    }

    /// Each node with each other one.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (u8, u8)> + use<> {
        let count = self.count;
        (1..=count).flat_map(move |a| (1..=count).map(move |b| (a, b))).filter(|(a, b)| a != b)
    }

    pub(crate) fn node(&self, number: u8) -> &Process {
        &self.nodes[&number]
    }

    pub(crate) fn node_mut(&mut self, number: u8) -> &mut Process {
        self.nodes.get_mut(&number).unwrap()
    }

    /// Ends a node's process, and reaps it.
    pub(crate) fn end(&mut self, number: u8) {
        drop(self.nodes.remove(&number));
    }

    /// Starts it again.
    pub(crate) fn begin(&mut self, number: u8) {
        self.nodes.insert(number, Process::start(self.hosts.space(number), number, self.count));
    }

    /// The newest picture that a node drew.
    pub(crate) fn picture(&self, number: u8) -> Option<Picture> {
        Some(self.nodes.get(&number)?.picture()?.1)
    }

    /// What a node says of its link to another.
    pub(crate) fn own(&self, (of, to): (u8, u8)) -> Option<Own> {
        self.picture(of)?.own.remove(&name(to))
    }

    /// Waits until every link is up, and both ends mean the same session.
    pub(crate) fn until_all_up(&self) -> Sessions {
        let pairs: Vec<(u8, u8)> = self.pairs().collect();
        until("links that are all up", || self.sessions(&pairs).err());
        self.sessions(&pairs).unwrap_or_else(|why| panic!("{why}"))
    }

    /// The sessions of these pairs, or which of them has none.
    pub(crate) fn sessions(&self, pairs: &[(u8, u8)]) -> Result<Sessions, String> {
        pairs.iter().map(|pair| Ok((*pair, self.session(*pair)?))).collect()
    }

    /// Which of these has drawn no picture since then.
    pub(crate) fn not_looked_since(&self, mut numbers: impl Iterator<Item = u8>, at_us: i64) -> Option<String> {
        numbers
            .find(|number| self.picture(*number).is_none_or(|picture| picture.at_us < at_us))
            .map(|number| format!("{number} has drawn none"))
    }

    fn session(&self, (a, b): (u8, u8)) -> Result<String, String> {
        let [ours, theirs] = [(a, b), (b, a)].map(|pair| self.own(pair).filter(|own| stands(own.state)).and_then(|own| own.session.ok()));
        let turned = theirs.as_ref().and_then(|id| id.split_once(':')).map(|(one, other)| format!("{other}:{one}"));
        match ours {
            Some(ours) if turned.as_ref() == Some(&ours) => Ok(ours),
            _ => Err(format!("{a} says {:?}, {b} says {:?}", self.own((a, b)), self.own((b, a)))),
        }
    }
}

/// Whether packets go both ways. On a busy machine a link may take longer than it used to, which is not what is tried here.
pub(crate) fn stands(state: LinkState) -> bool {
    matches!(state, LinkState::Up | LinkState::Degraded)
}
