//! How addresses are reached, asked of the kernel and remembered for a moment.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use allswell_os::route;
use allswell_os::socket::Via;

use super::cache::Cache;
use super::order::Way;

/// A route that comes or goes is seen after this long.
const HOLDS: Duration = Duration::from_secs(10);

/// The kernel's answers.
#[derive(Debug, Default)]
pub(crate) struct Ways(Mutex<Cache<(IpAddr, Via), Option<Way>>>);

impl Ways {
    /// The way to an address, if there is one.
    pub(crate) fn to(&self, address: IpAddr, via: &Via, now: Instant) -> Option<Way> {
        let key = (address, via.clone());
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(way) = known.find(&key, now) {
            return way;
        }
        let way = route::lookup(address, via).ok().map(|route| Way { source: route.source });
        known.keep(key, way, HOLDS, now);
        way
    }
}
