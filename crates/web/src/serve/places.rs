//! A bounded number of places, of which one caller's address gets no more than its share.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Where somebody calls from. Who has one address of an IPv6 network mostly has all of it: its /64 counts as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Whence(IpAddr);

impl Whence {
    /// Where this address is.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                let [a, b, c, d, ..] = address.segments();
                IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
            }
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

/// So many places. Who finds none waits or is told so, as the user of the places decides.
#[derive(Debug)]
pub(crate) struct Places {
    free: Arc<Semaphore>,
    share: usize,
    held: Mutex<BTreeMap<Whence, usize>>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Places>,
    whence: Whence,
    _free: OwnedSemaphorePermit,
}

impl Places {
    /// So many in all, and so many of one address.
    pub(crate) fn new(most: usize, share: usize) -> Arc<Self> {
        Arc::new(Self { free: Arc::new(Semaphore::new(most)), share, held: Mutex::default() })
    }

    /// Waits until there is a place for anybody. Nothing else bounds this wait: whoever has a place is made to leave it.
    pub(crate) async fn room(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.free).acquire_owned().await.ok()
    }

    /// The place for which there is room, unless this caller's share is used up.
    pub(crate) fn give(self: &Arc<Self>, room: OwnedSemaphorePermit, whence: Whence) -> Option<Place> {
        let mut held = self.held();
        let own = held.entry(whence).or_default();
        if *own >= self.share {
            return None;
        }
        *own += 1;
        Some(Place { places: Arc::clone(self), whence, _free: room })
    }

    /// A place for this caller, when there is one now.
    pub(crate) fn take(self: &Arc<Self>, whence: Whence) -> Option<Place> {
        let room = Arc::clone(&self.free).try_acquire_owned().ok()?;
        self.give(room, whence)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<Whence, usize>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut held = self.places.held();
        if let Some(own) = held.get_mut(&self.whence) {
            *own -= 1;
            if *own == 0 {
                held.remove(&self.whence);
            }
        }
    }
}

#[cfg(test)]
mod tests;
