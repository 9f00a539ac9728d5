//! Waiting for the ends of many descriptors at once (epoll, edge-triggered). Data that comes or goes wakes nobody here.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::event::epoll::{CreateFlags, Event, EventData, EventFlags, add, create, delete, wait};
use rustix::event::{EventfdFlags, eventfd};

use crate::events::Events;

/// How many descriptors are told of by one call; what is more waits for the next.
const AT_ONCE: usize = 256;

/// The token of the descriptor that ends the waiting.
const STOP: u64 = u64::MAX;

/// A set of watched descriptors.
#[derive(Debug)]
pub struct Watcher {
    epoll: OwnedFd,
    stop: OwnedFd,
}

impl Watcher {
    /// Watches nothing yet.
    ///
    /// # Errors
    /// When no descriptor is left.
    pub fn new() -> io::Result<Self> {
        let epoll = create(CreateFlags::CLOEXEC)?;
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        add(&epoll, &stop, EventData::new_u64(STOP), EventFlags::IN)?;
        Ok(Self { epoll, stop })
    }

    /// Watches a socket for errors and ends, under a token of the caller's; once for each that happens. It ends by itself
    /// when the last descriptor of that socket is closed. What was so before is told, too.
    ///
    /// # Errors
    /// When the kernel's limit of watches is reached, or the descriptor cannot be watched.
    pub fn add(&self, fd: impl AsFd, token: u64) -> io::Result<()> {
        // Errors and hang-ups are told unasked. To be woken by data nobody asks here: a busy connection costs nothing.
        Ok(add(&self.epoll, fd, EventData::new_u64(token), EventFlags::RDHUP | EventFlags::ET)?)
    }

    /// Watches a socket no longer.
    ///
    /// # Errors
    /// When it was not watched.
    pub fn remove(&self, fd: impl AsFd) -> io::Result<()> {
        Ok(delete(&self.epoll, fd)?)
    }

    /// Waits until something happened, and hands each token with its events to `each`. Says `false` once it was stopped.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn wait(&self, each: &mut dyn FnMut(u64, Events)) -> io::Result<bool> {
        let mut happened: Vec<Event> = Vec::with_capacity(AT_ONCE);
        match wait(&self.epoll, spare_capacity(&mut happened), None) {
            Ok(_) => {}
            Err(rustix::io::Errno::INTR) => return Ok(true),
            Err(errno) => return Err(errno.into()),
        }
        let mut goes_on = true;
        for event in happened {
            // The kernel packs this structure, so its fields are copied out.
            let Event { flags, data } = event;
            match data.u64() {
                STOP => goes_on = false,
                token => each(token, Events::from_bits(flags.bits())),
            }
        }
        Ok(goes_on)
    }

    /// Waits again after it was stopped.
    pub fn go_on(&self) {
        // Nothing is to be read where nobody has stopped it.
        let _ = rustix::io::read(&self.stop, &mut [0; 8]);
    }

    /// Ends the waiting, now and until somebody says [`Watcher::go_on`].
    pub fn stop(&self) {
        // A count that cannot be raised further stands above zero already.
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
    }
}

#[cfg(test)]
mod tests;
