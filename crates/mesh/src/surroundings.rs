//! What the mesh is lent by the program around it.

use std::fmt;
use std::sync::Arc;

use allswell_model::{Inlet, Timestamp};

/// What the mesh is lent.
#[derive(Clone)]
pub struct Surroundings {
    /// Where results go.
    pub inlet: Arc<dyn Inlet>,
    /// The time by the clock that stamps all results.
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}
