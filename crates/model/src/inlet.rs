//! The door by which results from elsewhere (mesh, observe, pushes) enter the pipe.

use std::fmt;

use crate::ids::{NodeId, TargetId};
use crate::result::ProbeResult;

/// Hands a result to the one pipeline. It never waits: a source that cannot be heard keeps its own count.
pub trait Inlet: Send + Sync {
    /// # Errors
    /// [`Full`] when the pipe has no place; the result comes back.
    fn offer(&self, result: ProbeResult) -> Result<(), Full>;

    /// How people are told of this target's troubles. It holds until the next word; says whether it was taken, for the pipe may have no
    /// place.
    fn telling(&self, target: TargetId, telling: Telling) -> bool;
}

/// How people are told of a target's troubles, where its source knows more than its results say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Telling {
    /// Another node tells them; `None`: we do.
    pub by: Option<NodeId>,
    /// Why it is in trouble, in one sentence that takes the place of its results' own.
    pub reason: Option<String>,
}

/// The pipe had no place for this result.
#[derive(Debug)]
pub struct Full(pub Box<ProbeResult>);

impl fmt::Display for Full {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pipe is full; the result of {} was not taken", self.0.target)
    }
}

impl std::error::Error for Full {}
