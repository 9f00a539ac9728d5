//! Questions under way: whoever asks the same meanwhile joins. A question that nobody waits for any more is dropped with its sockets.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// A wait that many share.
pub(crate) type Joined<V> = Shared<BoxFuture<'static, V>>;

/// By what is asked.
pub(crate) struct Flights<K, V: Clone, N>(Arc<Mutex<Table<K, V, N>>>);

struct Table<K, V: Clone, N> {
    /// Each with its number, so that the end of one does not strike out its successor.
    under_way: HashMap<K, (u64, WeakShared<BoxFuture<'static, V>>, N)>,
    begun: u64,
}

impl<K, V: Clone, N> Default for Flights<K, V, N> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(Table { under_way: HashMap::new(), begun: 0 })))
    }
}

impl<K, V: Clone, N> fmt::Debug for Flights<K, V, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flights").finish_non_exhaustive()
    }
}

impl<K: Clone + Eq + Hash + Send + 'static, V: Clone + Send + Sync + 'static, N: Clone + Send + 'static> Flights<K, V, N> {
    /// Joins the wait for `key`, or begins it. The note is what was given when it began.
    pub(crate) fn join(&self, key: &K, note: N, begin: impl FnOnce() -> BoxFuture<'static, V>) -> (Joined<V>, N) {
        let mut table = lock(&self.0);
        if let Some((_, under_way, noted)) = table.under_way.get(key)
            && let Some(joined) = under_way.upgrade()
        {
            return (joined, noted.clone());
        }
        table.begun += 1;
        let number = table.begun;
        let leaving = Leaving { table: Arc::clone(&self.0), key: key.clone(), number };
        let wait = begin();
        let joined = async move {
            let _leaving = leaving;
            wait.await
        };
        let joined = joined.boxed().shared();
        if let Some(weak) = joined.downgrade() {
            table.under_way.insert(key.clone(), (number, weak, note.clone()));
        }
        (joined, note)
    }

    /// How many are under way.
    #[cfg(test)]
    pub(crate) fn count(&self) -> usize {
        lock(&self.0).under_way.len()
    }
}

/// Strikes a wait out of the table when it has ended or was dropped.
struct Leaving<K: Eq + Hash, V: Clone, N> {
    table: Arc<Mutex<Table<K, V, N>>>,
    key: K,
    number: u64,
}

impl<K: Eq + Hash, V: Clone, N> Drop for Leaving<K, V, N> {
    fn drop(&mut self) {
        let mut table = lock(&self.table);
        if table.under_way.get(&self.key).is_some_and(|(number, ..)| *number == self.number) {
            table.under_way.remove(&self.key);
        }
    }
}

fn lock<K, V: Clone, N>(table: &Mutex<Table<K, V, N>>) -> MutexGuard<'_, Table<K, V, N>> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests;
