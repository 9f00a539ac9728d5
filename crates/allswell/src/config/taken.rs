//! Names and ids that targets of any file have already.

use std::collections::BTreeMap;

use allswell_model::{TargetId, TargetName};

use super::tree::Mark;

/// Names and ids, each with the place of its first target.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    names: BTreeMap<TargetName, Mark>,
    ids: BTreeMap<TargetId, Mark>,
}

impl Taken {
    /// Takes a name; where another target has it, the place of that.
    pub(crate) fn name(&mut self, name: &TargetName, at: Mark) -> Option<Mark> {
        take(&mut self.names, name, at)
    }

    /// Takes an id; where another target has it, the place of that.
    pub(crate) fn id(&mut self, id: &TargetId, at: Mark) -> Option<Mark> {
        take(&mut self.ids, id, at)
    }
}

fn take<K: Ord + Clone>(taken: &mut BTreeMap<K, Mark>, key: &K, at: Mark) -> Option<Mark> {
    let first = taken.get(key).copied();
    if first.is_none() {
        taken.insert(key.clone(), at);
    }
    first
}
