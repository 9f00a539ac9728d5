//! What was last published: pages read it, the links' thread replaces it.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use allswell_model::link::Links;
use allswell_model::{NodeId, Timestamp};

/// The newest picture of all links.
#[derive(Debug)]
pub(crate) struct Shown(Mutex<Arc<Links>>);

impl Shown {
    pub(crate) fn new(node: NodeId, at: Timestamp) -> Self {
        let nothing =
            Links { node, at, nodes: Vec::new(), cells: Vec::new(), findings: Vec::new(), own: Vec::new(), dropped: BTreeMap::new() };
        Self(Mutex::new(Arc::new(nothing)))
    }

    pub(crate) fn links(&self) -> Arc<Links> {
        Arc::clone(&self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn show(&self, links: Links) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(links);
    }
}
