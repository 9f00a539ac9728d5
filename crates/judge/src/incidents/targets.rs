//! The watched targets by their id, in one order.

use std::collections::BTreeMap;

use allswell_model::TargetId;

use crate::incidents::watched::Watched;

#[derive(Debug, Default)]
pub(crate) struct Targets {
    watched: BTreeMap<TargetId, Watched>,
    /// How often one was looked up.
    #[cfg(test)]
    pub(crate) looked: std::cell::Cell<usize>,
}

impl Targets {
    pub(crate) fn get(&self, id: &TargetId) -> Option<&Watched> {
        #[cfg(test)]
        self.looked.set(self.looked.get() + 1);
        self.watched.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &TargetId) -> Option<&mut Watched> {
        #[cfg(test)]
        self.looked.set(self.looked.get() + 1);
        self.watched.get_mut(id)
    }

    pub(crate) fn insert(&mut self, id: TargetId, watched: Watched) {
        self.watched.insert(id, watched);
    }

    pub(crate) fn remove(&mut self, id: &TargetId) -> Option<Watched> {
        self.watched.remove(id)
    }

    #[cfg(test)]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&TargetId, &Watched)> {
        self.watched.iter()
    }
}
