//! What an operator asked for: who we are, who the others are, how often, with which keys. Checked already.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::NodeId;

/// The port that nodes of one mesh hear each other on, where none is given.
pub const DEFAULT_PORT: u16 = 8421;

/// All of the mesh's settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Our own name.
    pub node: NodeId,
    /// Where we stand: `podset/rack`, or one word, or nothing.
    pub location: Arc<str>,
    /// Where we listen: at most one address of each family. Packets leave from there, too.
    pub listen: Vec<SocketAddr>,
    /// The first signs; each verifies.
    pub keys: Vec<Key>,
    /// From one packet to the next, at most.
    pub every: Duration,
    /// Silence for so many intervals ends a session; at least 2.
    pub multiplier: u8,
    /// Up to so many nodes, ours included, each pair has its link.
    pub full_mesh_up_to: usize,
    /// Above that each node has links to so many others at a time.
    pub neighbours: usize,
    /// The other nodes. The own name never stands here.
    pub peers: Vec<Peer>,
    /// Routers and others that speak BFD.
    pub bfd: Vec<BfdPeer>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            node: NodeId::new("localhost").unwrap_or_else(|_| unreachable!("a word is a name")),
            location: Arc::from(""),
            listen: Vec::new(),
            keys: Vec::new(),
            every: Duration::from_millis(50),
            multiplier: 3,
            full_mesh_up_to: 32,
            neighbours: 8,
            peers: Vec::new(),
            bfd: Vec::new(),
        }
    }
}

/// A key that all nodes of a mesh share.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    /// Stands in each packet, so that keys can be changed while the mesh runs.
    pub id: u8,
    /// The operator's secret as bytes: at least 16 of them. The keys of packets are derived from it.
    pub secret: Arc<[u8]>,
}

impl fmt::Debug for Key {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Another node of the mesh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer {
    /// Its name.
    pub name: NodeId,
    /// Where it stands.
    pub location: Arc<str>,
    /// Where it listens.
    pub address: SocketAddr,
}

/// A router, or another that speaks BFD (RFC 5881: single hop).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BfdPeer {
    /// What it is called here.
    pub name: NodeId,
    /// Where it is; the port is BFD's.
    pub address: std::net::IpAddr,
    /// From one packet to the next: what we wish to send at and can hear.
    pub every: Duration,
    /// It is down after so many of its own intervals of silence; at least 2.
    pub multiplier: u8,
}
