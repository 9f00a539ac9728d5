//! What all questions of a process share: the cache, and what is known of the servers.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hickory_proto::rr::{Name, RecordType};

use allswell_os::socket::Via;

use super::answered::Answered;
use super::cache::Cache;
use super::servers::Servers;

/// Whose servers are asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Scope {
    /// This host's own, as its file had them at this generation.
    Host(u64),
    /// One of the operator's choice, and how its queries leave.
    Chosen(SocketAddr, Via),
}

/// One question, as cache and flights know it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Asked {
    pub(crate) scope: Scope,
    pub(crate) name: Name,
    pub(crate) kind: RecordType,
}

/// Behind locks that are held for a moment, never across a wait.
#[derive(Debug, Default)]
pub(crate) struct Desk {
    cache: Mutex<Cache<Asked, Arc<Answered>>>,
    servers: Mutex<Servers>,
}

impl Desk {
    pub(crate) fn cache(&self) -> MutexGuard<'_, Cache<Asked, Arc<Answered>>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn servers(&self) -> MutexGuard<'_, Servers> {
        self.servers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
