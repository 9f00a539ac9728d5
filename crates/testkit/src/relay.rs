//! A UDP relay that each of two ends takes for the other one, and that impairs what they send: for links whose kernels cannot.
//! What it does to which packet is decided in `impairment`.
//!
//! ```text
//! end A ---- a  relay  b ---- end B        forward: A to B, backward: B to A
//! ```

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

mod counters;
mod direction;
mod serve;

use std::io::PipeWriter;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

pub use counters::Counters;
pub use direction::Direction;

use crate::impairment::{Impairment, Random};

/// The relay; it ends when it is dropped, and what is then under way is gone.
///
/// Its packets are new ones: they carry the TTL and the DSCP of the relay's sockets. A datagram that comes while the relay does not get a
/// processor for long may be lost in its socket's buffer, and no counter knows of it; [`Counters::late_ns`] tells of such times.
#[derive(Debug)]
pub struct Relay {
    forward: Arc<Direction>,
    backward: Arc<Direction>,
    stop: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Relay {
    /// Relays between two sockets of the caller: end A sends to `a` and hears from it, end B to `b`. They may be in different namespaces,
    /// each bound inside its own with `Space::run`. An end is whoever sent to its socket last, unless [`Direction::aim`] says who it is;
    /// what goes to an end that nobody knows yet is counted as unsent.
    ///
    /// Both directions decide alike in every run with the same seed, and differently from each other.
    ///
    /// # Panics
    /// When the sockets cannot be shaped.
    #[must_use]
    pub fn start(a: UdpSocket, b: UdpSocket, seed: u64) -> Self {
        for socket in [&a, &b] {
            serve::prepare(socket);
        }
        let mut seeds = Random::new(seed);
        let [a, b] = [a, b].map(Arc::new);
        let forward = Arc::new(Direction::new(Arc::clone(&b), seeds.draw()));
        let backward = Arc::new(Direction::new(Arc::clone(&a), seeds.draw()));
        let (stopped, stop) = std::io::pipe().unwrap();
        let desk = serve::Desk { sockets: [a, b], ways: [Arc::clone(&forward), Arc::clone(&backward)], stopped: OwnedFd::from(stopped) };
        let thread = thread::spawn(move || desk.serve());
        Self { forward, backward, stop: Some(stop), thread: Some(thread) }
    }

    /// Relays in the caller's own namespace, at two ports of one address.
    ///
    /// # Panics
    /// When the address is not of this host.
    #[must_use]
    pub fn at(address: IpAddr, seed: u64) -> Self {
        let [a, b] = [(); 2].map(|()| UdpSocket::bind((address, 0)).unwrap());
        Self::start(a, b, seed)
    }

    /// Where end A sends to: what it takes for end B.
    ///
    /// # Panics
    /// When the socket has no address.
    #[must_use]
    pub fn a(&self) -> SocketAddr {
        self.backward.sends_from()
    }

    /// Where end B sends to: what it takes for end A.
    ///
    /// # Panics
    /// When the socket has no address.
    #[must_use]
    pub fn b(&self) -> SocketAddr {
        self.forward.sends_from()
    }

    /// From A to B.
    #[must_use]
    pub fn forward(&self) -> &Direction {
        &self.forward
    }

    /// From B to A.
    #[must_use]
    pub fn backward(&self) -> &Direction {
        &self.backward
    }

    /// Sets both directions alike.
    pub fn set(&self, impairment: Impairment) {
        self.forward.set(impairment);
        self.backward.set(impairment);
    }

    /// Cuts both directions. What each did before is kept for [`Relay::mend`].
    pub fn cut(&self) {
        self.forward.cut();
        self.backward.cut();
    }

    /// Ends the cuts of both directions.
    pub fn mend(&self) {
        self.forward.mend();
        self.backward.mend();
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        drop(self.stop.take());
        // Its panic has been printed; a second one here would abort the test.
        let _ = self.thread.take().map(JoinHandle::join);
    }
}

#[cfg(test)]
mod tests;
