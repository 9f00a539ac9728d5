//! A process with a mesh: `role node NAME LISTEN EVERY_MS MULTIPLIER PEER=ADDRESS...`. It says what it counted when it is asked.

use std::collections::BTreeMap;
use std::io::BufRead;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allswell_mesh::{Key, Peer, Settings, Surroundings};
use allswell_model::link::{LinkState, Links};
use allswell_model::{Full, Inlet, NodeId, Outcome, ProbeResult, TargetId, Telling, Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// The secret that all of the bench share.
pub(crate) const SECRET: &[u8] = b"a secret of the bench";

/// Counts what is said.
#[derive(Default)]
struct Counting(Mutex<BTreeMap<String, (String, u64)>>);

impl Inlet for Counting {
    fn offer(&self, result: ProbeResult) -> Result<(), Full> {
        let mut counted = self.0.lock().unwrap();
        let said = match (&result.outcome, &result.degraded) {
            (Outcome::Up, Some(_)) => "degraded",
            (outcome, _) => outcome.word(),
        };
        let (last, downs) = counted.entry(result.target.to_string()).or_default();
        *downs += u64::from(said == "down" && last != "down");
        said.clone_into(last);
        Ok(())
    }

    fn telling(&self, _: TargetId, _: Telling) -> bool {
        true
    }
}

pub(crate) fn run(words: &[&str]) {
    let [name, listen, every, multiplier, peers @ ..] = words else { panic!("{words:?}") };
    let peers = peers.iter().map(|peer| {
        let (name, address) = peer.split_once('=').unwrap();
        Peer { name: NodeId::new(name).unwrap(), location: Arc::from(""), address: address.parse().unwrap() }
    });
    let settings = Settings {
        node: NodeId::new(name).unwrap(),
        listen: vec![listen.parse().unwrap()],
        keys: vec![Key { id: 1, secret: Arc::from(SECRET) }],
        every: Duration::from_millis(every.parse().unwrap()),
        multiplier: multiplier.parse().unwrap(),
        full_mesh_up_to: 10_000,
        peers: peers.collect(),
        ..Settings::default()
    };
    let counting = Arc::new(Counting::default());
    let inlet: Arc<dyn Inlet> = Arc::clone(&counting) as Arc<dyn Inlet>;
    let now = || Timestamp(allswell_os::clock::wall_micros());
    let mesh = allswell_mesh::start(settings, Surroundings { inlet, now: Arc::new(now) }).unwrap();
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        match line.as_str() {
            "count" => println!("{}", counted(&mesh.links(), &counting)),
            "stalls" => println!("{}", stalls(&mesh.links())),
            "rtt" => println!("{}", rtt(&mesh.links())),
            _ => panic!("{line}"),
        }
    }
}

/// `up downs sent received cpu_us`
fn counted(links: &Links, counting: &Counting) -> String {
    let up = links.own.iter().filter(|link| matches!(link.state, LinkState::Up | LinkState::Degraded)).count();
    let downs: u64 = counting.0.lock().unwrap().values().map(|(_, downs)| downs).sum();
    let sent: u64 = links.own.iter().map(|link| link.counts.sent).sum();
    let received: u64 = links.own.iter().map(|link| link.counts.received).sum();
    let cpu = clock_gettime(ClockId::ProcessCPUTime);
    format!("{up} {downs} {sent} {received} {}", cpu.tv_sec * 1_000_000 + cpu.tv_nsec / 1000)
}

/// `own longest_own_ms`
fn stalls(links: &Links) -> String {
    let own = links.nodes.iter().find(|node| node.name == links.node);
    let (count, longest) = own.map_or((0, 0), |own| (own.stalls, own.longest_stall.as_millis()));
    format!("{count} {longest}")
}

/// `count p50_ns p99_ns max_ns` of the first link, since it is watched.
fn rtt(links: &Links) -> String {
    let rtt = links.own[0].rtt_all.unwrap();
    format!("{} {} {} {}", rtt.count, rtt.p50.as_nanos(), rtt.p99.as_nanos(), rtt.max.as_nanos())
}
