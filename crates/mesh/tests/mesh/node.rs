//! A node for tests: its mesh, and the results that it handed in.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use allswell_mesh::{Key, Mesh, Peer, Settings, Surroundings};
use allswell_model::link::{LinkState, Links, OwnLink};
use allswell_model::{Full, Inlet, NodeId, ProbeResult, TargetId, Telling, Timestamp};

/// Keeps what is handed in.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    results: Mutex<Vec<ProbeResult>>,
    tellings: Mutex<BTreeMap<TargetId, Telling>>,
}

impl Inlet for Kept {
    fn offer(&self, result: ProbeResult) -> Result<(), Full> {
        self.results.lock().unwrap().push(result);
        Ok(())
    }

    fn telling(&self, target: TargetId, telling: Telling) -> bool {
        self.tellings.lock().unwrap().insert(target, telling);
        true
    }
}

impl Kept {
    pub(crate) fn all(&self) -> Vec<ProbeResult> {
        self.results.lock().unwrap().clone()
    }

    /// How people are told of the link to this peer.
    pub(crate) fn telling(&self, peer: &str) -> Telling {
        let target = TargetId::new(&format!("link/{peer}")).unwrap();
        self.tellings.lock().unwrap().get(&target).cloned().unwrap_or_default()
    }
}

/// A node.
pub(crate) struct Node {
    pub(crate) mesh: Mesh,
    pub(crate) kept: Arc<Kept>,
}

pub(crate) fn name(text: &str) -> NodeId {
    NodeId::new(text).unwrap()
}

pub(crate) fn peer(text: &str, address: SocketAddr) -> Peer {
    Peer { name: name(text), location: Arc::from(""), address }
}

/// Settings of a node that listens there; without peers.
pub(crate) fn settings(text: &str, listen: SocketAddr) -> Settings {
    let key = Key { id: 1, secret: Arc::from(&b"a secret of the tests"[..]) };
    Settings { node: name(text), listen: vec![listen], keys: vec![key], ..Settings::default() }
}

impl Node {
    pub(crate) fn start(settings: Settings) -> Self {
        Self::start_with(settings, || Timestamp(allswell_os::clock::wall_micros()))
    }

    /// With a clock of the test's, which the thread of the links reads.
    pub(crate) fn start_with(settings: Settings, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let kept = Arc::new(Kept::default());
        let inlet: Arc<dyn Inlet> = Arc::clone(&kept) as Arc<dyn Inlet>;
        let mesh = allswell_mesh::start(settings, Surroundings { inlet, now: Arc::new(now) }).unwrap();
        Self { mesh, kept }
    }

    pub(crate) fn links(&self) -> Arc<Links> {
        self.mesh.links()
    }

    pub(crate) fn link(&self, peer: &str) -> Option<OwnLink> {
        self.links().own.iter().find(|link| link.peer.as_str() == peer).cloned()
    }

    pub(crate) fn state(&self, peer: &str) -> Option<LinkState> {
        self.link(peer).map(|link| link.state)
    }

    /// Waits until a link is so.
    pub(crate) fn until(&self, peer: &str, wanted: impl Fn(&OwnLink) -> bool) -> OwnLink {
        let mut last = None;
        until(|| {
            last = self.link(peer);
            last.as_ref().is_some_and(&wanted)
        })
        .unwrap_or_else(|()| panic!("{peer}: {last:#?}"));
        last.unwrap()
    }
}

/// Waits for a condition, ten seconds at most.
pub(crate) fn until(mut condition: impl FnMut() -> bool) -> Result<(), ()> {
    let deadline = Instant::now() + Duration::from_secs(10);
    while !condition() {
        if Instant::now() > deadline {
            return Err(());
        }
        std::thread::park_timeout(Duration::from_millis(1));
    }
    Ok(())
}
