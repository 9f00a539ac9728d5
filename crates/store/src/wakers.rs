//! Who wants to be woken after a commit.

use std::sync::{Arc, Mutex};

use crate::shared::lock;

type Wake = Arc<dyn Fn() + Send + Sync>;

/// Who wants to be woken after a commit.
#[derive(Default)]
pub(crate) struct Wakers {
    list: Mutex<(u64, Vec<(u64, Wake)>)>,
}

impl Wakers {
    pub(crate) fn add(&self, wake: Wake) -> u64 {
        let mut list = lock(&self.list);
        list.0 += 1;
        let number = list.0;
        list.1.push((number, wake));
        number
    }

    pub(crate) fn remove(&self, number: u64) {
        lock(&self.list).1.retain(|(known, _)| *known != number);
    }

    /// Calls them all, without the lock: a callback may subscribe or unsubscribe.
    pub(crate) fn wake(&self) {
        let all: Vec<Wake> = lock(&self.list).1.iter().map(|(_, wake)| Arc::clone(wake)).collect();
        all.iter().for_each(|wake| wake());
    }
}
