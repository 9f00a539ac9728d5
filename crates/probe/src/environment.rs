//! What all probes of a process share: resolvers, trusted authorities, ICMP sockets.

use std::sync::Arc;

use crate::echo::Echoes;
use crate::handshake::Authorities;
use crate::resolver::{Resolvers, Sources};

/// Made once; cheap to make (nothing is opened until a probe needs it).
#[derive(Debug, Default)]
pub struct Environment {
    /// Every resolver in use, with its cache.
    pub(crate) resolvers: Resolvers,
    /// The certificates that this system trusts.
    pub(crate) authorities: Authorities,
    /// The ICMP sockets.
    pub(crate) echoes: Echoes,
}

impl Environment {
    /// An environment with nothing opened yet.
    #[must_use]
    pub fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    /// An environment that resolves by other files than this host's own.
    #[must_use]
    pub fn resolving_by(sources: &Sources) -> Arc<Self> {
        Arc::new(Self { resolvers: Resolvers::of(sources), ..Self::default() })
    }
}
