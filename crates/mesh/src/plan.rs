//! Whom a node measures, and when: a function of the members' names and of the wall clock's minutes alone, so that all nodes agree
//! without a word. No clock in here: the time is handed in.

use allswell_model::{NodeId, Timestamp};

/// So long the rotating links stay: a session is there within milliseconds, and two minutes of packets are enough to know a link's
/// median. 200 nodes of 8 neighbours have measured each pair after 98 minutes.
const EPOCH_SECONDS: i64 = 120;

/// Around a border of epochs the links of both are right: those of the last one are kept for so long, and whoever is ahead by no more
/// than this is answered. Clocks that a time service keeps are never so far apart.
pub(crate) const GRACE_SECONDS: i64 = 20;

/// Fewer neighbours than these cannot both keep the mesh in one piece (a ring needs two) and come round to every pair (two more).
pub const LEAST_NEIGHBOURS: usize = 4;

/// The number of the epoch that a moment of the wall clock lies in.
#[must_use]
pub fn epoch_of(utc_seconds: i64) -> u64 {
    u64::try_from(utc_seconds.div_euclid(EPOCH_SECONDS)).unwrap_or(0)
}

/// Who measures whom, for one set of members.
///
/// Few nodes all measure each other. Above that the members stand on a ring, in the order of a hash of their names, and two of them
/// measure each other when their distance on it is one of the *strides* of the moment. The short strides are always among them: they
/// hold the mesh together, and a node that comes or goes changes only the links that pass over its place. The long ones take turns,
/// a few an epoch. What is between two nodes is thereby the same for both, and none has more than `neighbours`.
#[derive(Debug, Clone)]
pub struct Plan {
    /// By hash of the name, then by name.
    ring: Vec<(u64, NodeId)>,
    all_pairs: bool,
    /// Strides of 1 to so many stand always.
    stable: usize,
    /// So many of the longer ones stand in each epoch.
    rotating: usize,
}

impl Plan {
    /// The plan of these members, ours included, in whichever order, each once or more often. Up to `full_mesh_up_to` of them all
    /// pairs are measured; above, each node has at most `neighbours`, which counts as [`LEAST_NEIGHBOURS`] where it is less.
    #[must_use]
    pub fn of(members: &[NodeId], full_mesh_up_to: usize, neighbours: usize) -> Self {
        let mut ring: Vec<(u64, NodeId)> = members.iter().map(|name| (place(name), name.clone())).collect();
        ring.sort();
        ring.dedup();
        let neighbours = neighbours.max(LEAST_NEIGHBOURS);
        // Each stride is two neighbours: one on either side. About half of them stay.
        let stable = neighbours / 4;
        Self { all_pairs: ring.len() <= full_mesh_up_to, ring, stable, rotating: neighbours / 2 - stable }
    }

    /// Whom the node measures in this epoch, by name; nobody when it is no member.
    #[must_use]
    pub fn peers(&self, node: &NodeId, epoch: u64) -> Vec<NodeId> {
        self.distances(node).filter(|(distance, _)| self.stands(*distance, epoch)).map(|(_, peer)| peer).collect::<Sorted>().0
    }

    /// Whom the node measures at this moment: those of the epoch, and for 20 s those of the last one too, so that a link's new
    /// neighbours stand before the old ones go. A link to anybody else is [`Unmeasured`](allswell_model::link::LinkState::Unmeasured).
    #[must_use]
    pub fn measured(&self, node: &NodeId, now: Timestamp) -> Vec<NodeId> {
        let epochs = [now.seconds() - GRACE_SECONDS, now.seconds()].map(epoch_of);
        self.distances(node).filter(|(d, _)| epochs.iter().any(|e| self.stands(*d, *e))).map(|(_, peer)| peer).collect::<Sorted>().0
    }

    /// Whom the node measures at every moment: all others where each pair is measured, else those of the short strides.
    #[must_use]
    pub fn always(&self, node: &NodeId) -> Vec<NodeId> {
        let stands = |distance: usize| self.all_pairs || distance <= self.stable;
        self.distances(node).filter(|(distance, _)| stands(*distance)).map(|(_, peer)| peer).collect::<Sorted>().0
    }

    /// Whether a node answers another that asks for a session: it does for all that it measures, and for those that it will within
    /// 20 s, since the clock of the other may be ahead.
    #[must_use]
    pub fn answers(&self, node: &NodeId, asker: &NodeId, now: Timestamp) -> bool {
        let epochs = [now.seconds() - GRACE_SECONDS, now.seconds(), now.seconds() + GRACE_SECONDS].map(epoch_of);
        self.distances(node).any(|(d, peer)| peer == *asker && epochs.iter().any(|e| self.stands(d, *e)))
    }

    /// Within so many epochs, whichever the first, each pair is measured once at least.
    #[must_use]
    pub fn rounds(&self) -> u64 {
        if self.all_pairs {
            return 1;
        }
        as_u64(self.turns().div_ceil(self.rotating.max(1)).max(1))
    }

    /// How many strides take turns: no distance on a ring is longer than half of it.
    fn turns(&self) -> usize {
        (self.ring.len() / 2).saturating_sub(self.stable)
    }

    /// Whether two nodes at this distance measure each other.
    fn stands(&self, distance: usize, epoch: u64) -> bool {
        if self.all_pairs || distance <= self.stable {
            return true;
        }
        let turns = as_u64(self.turns());
        let Some(first) = (epoch % turns.max(1)).saturating_mul(as_u64(self.rotating)).checked_rem(turns) else { return false };
        // The strides of an epoch follow those of the last one without a gap, round and round: so none waits for longer than a round.
        let mine = as_u64(distance - self.stable - 1);
        (mine + turns - first) % turns < as_u64(self.rotating)
    }

    /// All others, each with its distance from the node.
    fn distances(&self, node: &NodeId) -> impl Iterator<Item = (usize, NodeId)> {
        let own = (place(node), node);
        let at = self.ring.binary_search_by(|(hash, name)| (*hash, name).cmp(&own)).ok();
        let n = self.ring.len();
        let others = move |at: usize| {
            let ring = self.ring.iter().enumerate();
            ring.filter(move |(i, _)| *i != at).map(move |(i, (_, name))| (i.abs_diff(at).min(n - i.abs_diff(at)), name.clone()))
        };
        at.into_iter().flat_map(others)
    }
}

/// Collects in the order of names: the ring's own order says nothing to people.
struct Sorted(Vec<NodeId>);

impl FromIterator<NodeId> for Sorted {
    fn from_iter<I: IntoIterator<Item = NodeId>>(names: I) -> Self {
        let mut names: Vec<NodeId> = names.into_iter().collect();
        names.sort();
        Self(names)
    }
}

/// Where a name stands on the ring: FNV-1a, whose last bits are then mixed (the finalizer of SplitMix64), as names that differ in a
/// digit would else stand side by side. All nodes must get the same number, so neither may ever change.
fn place(name: &NodeId) -> u64 {
    let fnv = name.as_str().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    let mixed = (fnv ^ (fnv >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

fn as_u64(n: usize) -> u64 {
    n.try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
