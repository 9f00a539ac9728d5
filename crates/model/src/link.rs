//! What a node knows of the links between nodes: its own, and what the others tell of theirs.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use crate::ids::NodeId;
use crate::time::Timestamp;

/// How a link is, as its first end sees it: one word each, the same on the page, in the API, in metrics and in `link peers`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkState {
    /// Packets go both ways.
    Up,
    /// They do, but some are lost, or they take longer than they used to.
    Degraded,
    /// The peer's kernel answers, and its process does not.
    PeerStalled,
    /// Our own process was too late to judge.
    SelfStalled,
    /// No session yet, and not for long enough to say anything.
    Opening,
    /// The peer said that it leaves, or the operator paused it.
    Left,
    /// Nothing goes through, in at least one direction.
    Down,
    /// Nobody measures it: it is not in the plan just now.
    Unmeasured,
}

impl LinkState {
    /// All of them.
    pub const ALL: [Self; 8] =
        [Self::Up, Self::Degraded, Self::PeerStalled, Self::SelfStalled, Self::Opening, Self::Left, Self::Down, Self::Unmeasured];

    /// The state as the one word that stands everywhere.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Degraded => "degraded",
            Self::PeerStalled => "peer_stalled",
            Self::SelfStalled => "self_stalled",
            Self::Opening => "opening",
            Self::Left => "left",
            Self::Down => "down",
            Self::Unmeasured => "unmeasured",
        }
    }
}

/// All that one node knows of links, at one moment.
#[derive(Debug, Clone, Serialize)]
pub struct Links {
    /// Who tells.
    pub node: NodeId,
    /// When.
    #[serde(rename = "at_us")]
    pub at: Timestamp,
    /// Every node of the mesh, by location and name; ours among them.
    pub nodes: Vec<MeshNode>,
    /// Every directed pair of which something is known: each node's own view of its links.
    pub cells: Vec<Cell>,
    /// What all of it amounts to, the worst first; empty when all is well.
    pub findings: Vec<Finding>,
    /// Our own links in full, by peer.
    pub own: Vec<OwnLink>,
    /// Packets that were dropped, by reason.
    pub dropped: BTreeMap<&'static str, u64>,
}

/// A node of the mesh.
#[derive(Debug, Clone, Serialize)]
pub struct MeshNode {
    /// Its name.
    pub name: NodeId,
    /// Where it stands: `podset/rack`, or one word, or nothing.
    pub location: Arc<str>,
    /// When its newest row was made, by our clock; `None` when none came yet.
    #[serde(rename = "heard_us")]
    pub heard: Option<Timestamp>,
    /// How often its own process was too late, since it began.
    pub stalls: u64,
    /// The longest of these.
    #[serde(rename = "longest_stall_ms", serialize_with = "millis")]
    pub longest_stall: Duration,
}

/// One directed pair, as its first end sees it.
#[derive(Debug, Clone, Serialize)]
pub struct Cell {
    /// Who measures.
    pub from: NodeId,
    /// The other end.
    pub to: NodeId,
    /// How it is.
    pub state: LinkState,
    /// Since when, by our clock.
    #[serde(rename = "since_us")]
    pub since: Timestamp,
    /// Median round trip of the last seconds.
    #[serde(rename = "rtt_ms", serialize_with = "maybe_millis")]
    pub rtt: Option<Duration>,
    /// The pair's own normal: the median of the last hour or so.
    #[serde(rename = "normal_ms", serialize_with = "maybe_millis")]
    pub normal: Option<Duration>,
    /// Share of packets lost from `from` to `to`, 0 to 1, over the last seconds.
    pub loss_forward: Option<f64>,
    /// Share of packets lost from `to` to `from`.
    pub loss_reverse: Option<f64>,
}

/// Whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Of which kind.
    pub kind: FindingKind,
    /// Of whom: a node, the two ends of a link, a location, or two.
    pub of: Vec<String>,
    /// One sentence that names who says so: "db-3 is down: 4 of 4 nodes do not reach it, nor its kernel."
    pub sentence: String,
    /// Since when.
    #[serde(rename = "since_us")]
    pub since: Timestamp,
}

/// What links together tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// No link crosses between two podsets (or: one podset is cut off as a whole).
    PodsetDown,
    /// Every node of a rack is down.
    RackDown,
    /// Two racks do not reach each other, though each reaches others.
    RackToRack,
    /// Nobody reaches the node, nor its kernel.
    NodeDown,
    /// We ourselves reach nobody: our own interface, cable or switch port.
    OwnNic,
    /// Packets go one way only.
    OneWay,
    /// One pair alone is cut, and both ends reach others.
    LinkDown,
    /// The node's kernel answers, and its process does not.
    PeerStalled,
    /// We ourselves were too late to judge.
    SelfStalled,
    /// A link loses packets or has become slower.
    LinkDegraded,
}

/// One of our own links, in full.
#[derive(Debug, Clone, Serialize)]
pub struct OwnLink {
    /// The other end.
    pub peer: NodeId,
    /// `link` or `bfd`.
    pub protocol: &'static str,
    /// Where it is.
    pub address: String,
    /// How it is.
    pub state: LinkState,
    /// Since when.
    #[serde(rename = "since_us")]
    pub since: Timestamp,
    /// One sentence: why it is so.
    pub reason: String,
    /// From one of its packets to the next, as agreed.
    #[serde(rename = "interval_ms", serialize_with = "millis")]
    pub interval: Duration,
    /// Silence for so many intervals is the end of a session.
    pub multiplier: u32,
    /// And so long is that.
    #[serde(rename = "detection_ms", serialize_with = "millis")]
    pub detection: Duration,
    /// Round trips of the last ten seconds.
    pub rtt: Option<RttSummary>,
    /// Round trips since the link is watched: its own normal.
    pub rtt_all: Option<RttSummary>,
    /// RFC 3550's interarrival jitter.
    #[serde(rename = "jitter_ms", serialize_with = "maybe_millis")]
    pub jitter: Option<Duration>,
    /// Of the last ten seconds.
    pub loss_forward: Option<f64>,
    /// Of the last ten seconds.
    pub loss_reverse: Option<f64>,
    /// Packets, since the link is watched.
    pub counts: LinkCounts,
    /// One for each of the last seconds, the oldest first.
    pub recent: Vec<LinkPoint>,
    /// The session that stands and those before it, the newest first; at most 20.
    pub sessions: Vec<SessionRecord>,
}

/// Quantiles of round trips.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct RttSummary {
    /// How many.
    pub count: u64,
    /// The shortest.
    #[serde(rename = "min_ms", serialize_with = "millis")]
    pub min: Duration,
    /// Half are no longer.
    #[serde(rename = "p50_ms", serialize_with = "millis")]
    pub p50: Duration,
    /// 90 of 100 are no longer.
    #[serde(rename = "p90_ms", serialize_with = "millis")]
    pub p90: Duration,
    /// 99 of 100 are no longer.
    #[serde(rename = "p99_ms", serialize_with = "millis")]
    pub p99: Duration,
    /// The longest.
    #[serde(rename = "max_ms", serialize_with = "millis")]
    pub max: Duration,
}

/// Packets of one link, since it is watched.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct LinkCounts {
    /// Probes that we sent.
    pub sent: u64,
    /// Probes that we heard, each once.
    pub received: u64,
    /// Of ours, those that the peer did not hear.
    pub lost_forward: u64,
    /// Of the peer's, those that we did not hear.
    pub lost_reverse: u64,
    /// Heard after a later one (RFC 4737).
    pub reordered: u64,
    /// The largest extent of that: how many later ones came before (RFC 4737, 4.2).
    pub reordering_extent: u64,
    /// Heard more than once.
    pub duplicates: u64,
}

/// One second of a link.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LinkPoint {
    /// Which.
    #[serde(rename = "at_us")]
    pub at: Timestamp,
    /// Its median round trip.
    #[serde(rename = "rtt_ms", serialize_with = "maybe_millis")]
    pub rtt: Option<Duration>,
    /// Share lost on the way there.
    pub loss_forward: Option<f64>,
    /// Share lost on the way back.
    pub loss_reverse: Option<f64>,
    /// How the link was at its end.
    pub state: LinkState,
}

/// One agreed run of the protocol.
#[derive(Debug, Clone, Serialize)]
pub struct SessionRecord {
    /// Both halves of its identity, for logs: `9f3c…:04ab…`.
    pub id: String,
    /// When it stood.
    #[serde(rename = "began_us")]
    pub began: Timestamp,
    /// How long it took to stand.
    #[serde(rename = "up_after_ms", serialize_with = "maybe_millis")]
    pub up_after: Option<Duration>,
    /// Whether we asked for it.
    pub initiated: bool,
    /// When it ended; `None` while it stands.
    #[serde(rename = "ended_us")]
    pub ended: Option<Timestamp>,
    /// Of what it died: one word.
    pub cause: Option<&'static str>,
    /// And one sentence.
    pub sentence: Option<String>,
}

fn millis<S: serde::Serializer>(d: &Duration, s: S) -> Result<S::Ok, S::Error> {
    s.serialize_f64(precise(*d))
}

#[expect(clippy::ref_option, reason = "serde hands a reference to the field")]
fn maybe_millis<S: serde::Serializer>(d: &Option<Duration>, s: S) -> Result<S::Ok, S::Error> {
    d.map(precise).serialize(s)
}

/// Milliseconds to the nanosecond: round trips on one switch are microseconds, and their differences less.
fn precise(d: Duration) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "2^53 nanoseconds are 104 days")]
    let nanos = d.as_nanos() as f64;
    nanos / 1e6
}
