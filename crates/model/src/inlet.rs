//! The door by which results from elsewhere (mesh, observe, pushes) enter the pipe.

use std::fmt;

use crate::result::ProbeResult;

/// Hands a result to the one pipeline. It never waits: a source that cannot be heard keeps its own count.
pub trait Inlet: Send + Sync {
    /// # Errors
    /// [`Full`] when the pipe has no place; the result comes back.
    fn offer(&self, result: ProbeResult) -> Result<(), Full>;
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
