//! Who talks, and in which session.

use std::fmt;

/// A node, as a number that its name is hashed to ([`crate::key::node_of`]). Two nodes of one mesh must not share it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Node(pub u64);

/// One end's half of a session's identity: unguessable, made anew for every attempt, never zero.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionId(pub u64);

impl SessionId {
    /// Stands where no session is named: in the receiver's place of a SYN.
    pub const NONE: Self = Self(0);
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// A session's identity, as one end sees it. Both halves stand in every packet, and no packet of another pair is ever counted in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// Our half.
    pub ours: SessionId,
    /// The peer's.
    pub theirs: SessionId,
}
