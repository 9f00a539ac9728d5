//! This process's own connections to a peer, also those that a client library hides.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use allswell_os::descriptor;

use crate::keepalive::Keepalive;
use crate::verdict::Verdict;

/// A connection of this process whose descriptor somebody else holds. As long as this lives the connection stays open, even if its
/// owner closes it: drop it soon.
#[derive(Debug)]
pub struct Mine {
    fd: OwnedFd,
}

impl Mine {
    /// What can be said of it without taking anything from its owner.
    ///
    /// # Errors
    /// Those of [`Verdict::of_borrowed`].
    pub fn verdict(&self) -> io::Result<Verdict> {
        Verdict::of_borrowed(&self.fd)
    }
}

impl AsFd for Mine {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// All TCP connections of this process to `peer`. It looks at every descriptor of the process, about 1 µs each.
///
/// ```
/// # use std::net::{TcpListener, TcpStream};
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// let hidden = TcpStream::connect(listener.local_addr()?)?; // within some client
/// for connection in allswell_liveness::mine(listener.local_addr()?)? {
///     println!("{}", connection.verdict()?);
/// }
/// # std::io::Result::Ok(())
/// ```
///
/// # Errors
/// When `/proc` is not mounted, or no descriptor is left.
pub fn mine(peer: SocketAddr) -> io::Result<Vec<Mine>> {
    Ok(descriptor::connected_to(peer)?.into_iter().map(|fd| Mine { fd }).collect())
}

impl Keepalive {
    /// Applies it to all TCP connections of this process to `peer`, also those that a client hides, and says to how many.
    ///
    /// # Errors
    /// Those of [`mine`] and of [`Keepalive::apply`]; connections that were reached before stay as they are then.
    pub fn apply_to_mine(&self, peer: SocketAddr) -> io::Result<usize> {
        let connections = mine(peer)?;
        connections.iter().try_for_each(|connection| self.apply(connection).map(|_| ()))?;
        Ok(connections.len())
    }
}
