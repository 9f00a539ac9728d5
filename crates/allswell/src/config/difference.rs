//! What a configuration that was read again changes.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use allswell_engine::Plan;
use allswell_model::TargetId;

use super::Configuration;

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

/// The new targets, but the old ones for those that are the very same: what is read again and means the same is let go of at once, rather
/// than take the place of what is in use.
#[must_use]
pub fn settled(old: &[Arc<Plan>], new: Vec<Arc<Plan>>) -> Vec<Arc<Plan>> {
    let before: BTreeMap<&TargetId, &Arc<Plan>> = old.iter().map(|plan| (&plan.target.id, plan)).collect();
    let settle = |plan: Arc<Plan>| match before.get(&plan.target.id) {
        Some(earlier) if is_the_same(earlier, &plan) => Arc::clone(earlier),
        _ => plan,
    };
    new.into_iter().map(settle).collect()
}

/// Also its place in the file, which pages show, and no file that may hold something else by now.
fn is_the_same(earlier: &Plan, plan: &Plan) -> bool {
    earlier.target.origin == plan.target.origin && earlier.asks_the_same(plan) && !plan.depends_on_files()
}

/// The keys of the first file whose meaning is another, in the order of the reference; targets are told of by [`difference`].
#[must_use]
pub fn changed_keys(old: &Configuration, new: &Configuration) -> Vec<&'static str> {
    let differ = [
        ("listen", old.listen != new.listen),
        ("allowed_hosts", old.allowed_hosts != new.allowed_hosts),
        ("public_url", old.public_url != new.public_url),
        ("node", old.node != new.node || old.location != new.location),
        ("store", old.store != new.store),
        ("retention", old.retention != new.retention),
        ("tls", old.tls != new.tls),
        ("access", old.access != new.access),
        ("deny", old.deny != new.deny),
        ("links", old.links != new.links),
        ("heartbeat", old.heartbeat != new.heartbeat),
        ("channels", old.channels != new.channels),
    ];
    differ.iter().filter(|(_, differs)| *differs).map(|(key, _)| *key).collect()
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
