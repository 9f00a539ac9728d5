//! What all probes of a process share: resolvers, trusted authorities, ICMP sockets.

use std::sync::Arc;

use crate::resolver::Resolvers;

/// Made once; cheap to make (nothing is opened until a probe needs it).
#[derive(Debug, Default)]
pub struct Environment {
    /// Every resolver in use, with its cache.
    pub(crate) resolvers: Resolvers,
}

impl Environment {
    /// An environment with nothing opened yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }
}
