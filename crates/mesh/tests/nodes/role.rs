//! What a node's process does: it runs a mesh, tells each picture of it, and does as it is told until its input ends.

use std::io::{BufRead, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use allswell_mesh::{Key, Mesh, Peer, Settings, Surroundings};
use allswell_model::link::Links;
use allswell_model::{Full, Inlet, NodeId, ProbeResult, TargetId, Telling, Timestamp};
use allswell_testkit::namespace::hosts::Hosts;
use rustix::process::{Signal, set_parent_process_death_signal};

use crate::picture;

/// The number of the node that this process is to be, and of all nodes: `2 5`.
pub(crate) const MARK: &str = "ALLSWELL_MESH_NODE";

/// As libtest knows it.
pub(crate) const TEST: &str = "role::a_node";

/// What a line begins with that is ours, and not libtest's.
pub(crate) const OURS: &str = "| ";

/// The key that nodes begin with.
pub(crate) const FIRST_KEY: u8 = 1;

const PORT: u16 = 8421;

/// The hosts' names.
pub(crate) fn name(number: u8) -> String {
    format!("node-{number}")
}

/// Results are looked at elsewhere.
struct Nowhere;

impl Inlet for Nowhere {
    fn offer(&self, _: ProbeResult) -> Result<(), Full> {
        Ok(())
    }

    fn telling(&self, _: TargetId, _: Telling) -> bool {
        true
    }
}

fn settings(own: u8, peers: impl Iterator<Item = u8>, keys: impl Iterator<Item = u8>) -> Settings {
    let name = |number| NodeId::new(&name(number)).unwrap();
    let address = |number| SocketAddr::new(Hosts::address(number), PORT);
    let peer = |number| Peer { name: name(number), location: Arc::from(""), address: address(number) };
    let key = |id| Key { id, secret: Arc::from(format!("the tests' secret of key {id}").as_bytes()) };
    Settings {
        node: name(own),
        listen: vec![address(own)],
        keys: keys.map(key).collect(),
        every: Duration::from_millis(50),
        multiplier: 3,
        peers: peers.filter(|peer| *peer != own).map(peer).collect(),
        ..Settings::default()
    }
}

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // libtest may be within a line of its own. Who listens no more has ended, or is about to.
    let _ = writeln!(out, "\n{OURS}{words}").and_then(|()| out.flush());
}

fn numbers(words: &str) -> Vec<u8> {
    words.split_whitespace().map(|word| word.parse().unwrap()).collect()
}

#[test]
#[ignore = "not a test, but what the others start as the process of a node"]
fn a_node() {
    let Ok(who) = std::env::var(MARK) else { return };
    let [own, count] = numbers(&who)[..] else { panic!("{who}") };
    // A stopped process does not see that its input ends.
    set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
    let settings = settings(own, 1..=count, [FIRST_KEY].into_iter());
    let now = || Timestamp(allswell_os::clock::wall_micros());
    let mesh = allswell_mesh::start(settings.clone(), Surroundings { inlet: Arc::new(Nowhere), now: Arc::new(now) }).unwrap();
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| tell(&mesh, &ends));
        obey(own, settings, &mesh);
        ends.store(true, Ordering::SeqCst);
    });
    mesh.stop();
}

/// Says each picture once. Times stand in it: that it is found a little later changes none of them.
fn tell(mesh: &Mesh, ends: &AtomicBool) {
    let mut told: Option<Arc<Links>> = None;
    while !ends.load(Ordering::SeqCst) {
        let links = mesh.links();
        if !told.as_ref().is_some_and(|told| Arc::ptr_eq(told, &links)) {
            say(&picture::written(&links));
            told = Some(links);
        }
        std::thread::park_timeout(Duration::from_millis(2));
    }
}

/// `keys 2 1` and `peers 1 3`, each answered by `done` and the time.
fn obey(own: u8, mut settings: Settings, mesh: &Mesh) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        let (order, of) = line.split_once(' ').unwrap();
        let of = numbers(of).into_iter();
        match order {
            "keys" => settings.keys = self::settings(own, std::iter::empty(), of).keys,
            "peers" => settings.peers = self::settings(own, of, std::iter::empty()).peers,
            _ => panic!("{line}"),
        }
        mesh.reload(settings.clone());
        say(&format!("done {}", allswell_os::clock::wall_micros()));
    }
}
