//! What a configuration that was read again changes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use allswell_engine::Plan;
use allswell_model::TargetId;

/// How one set of targets differs from another.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Those that are new.
    pub added: Vec<Arc<Plan>>,
    /// Those that go on under their ids, otherwise than before: probed, judged, called or told of in another way.
    pub changed: Vec<Arc<Plan>>,
    /// Those that are gone.
    pub removed: Vec<TargetId>,
    /// How many are as before; one that only moved to another line or file is.
    pub as_before: usize,
}

/// What changes from the old targets to the new ones.
#[must_use]
pub fn difference(old: &[Arc<Plan>], new: &[Arc<Plan>]) -> Changes {
    let mut before: BTreeMap<&TargetId, &Arc<Plan>> = old.iter().map(|plan| (&plan.target.id, plan)).collect();
    let mut changes = Changes::default();
    for plan in new {
        match before.remove(&plan.target.id) {
            None => changes.added.push(Arc::clone(plan)),
            Some(earlier) if earlier.asks_the_same(plan) => changes.as_before += 1,
            Some(_) => changes.changed.push(Arc::clone(plan)),
        }
    }
    changes.removed = before.into_keys().cloned().collect();
    changes
}

impl Changes {
    /// Whether nothing is other than before.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.changed.is_empty() && self.removed.is_empty()
    }
}

impl fmt::Display for Changes {
    /// `2 added, 1 changed, 1 removed, 9,996 as before`; what is none is left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts =
            [(self.added.len(), "added"), (self.changed.len(), "changed"), (self.removed.len(), "removed"), (self.as_before, "as before")];
        let told: Vec<String> =
            counts.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{} {what}", grouped(*count))).collect();
        f.write_str(if told.is_empty() { "no targets".to_owned() } else { told.join(", ") }.as_str())
    }
}

/// A number with its digits in groups of three.
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests;
