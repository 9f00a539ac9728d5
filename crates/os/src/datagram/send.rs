//! One packet to one peer.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsFd;
use std::sync::atomic::Ordering;

use rustix::net::{SendFlags, sendto};

use crate::datagram::Socket;

impl Socket {
    /// Sends one, without waiting. It says the number under which its stamp will be told, where packets are stamped.
    ///
    /// # Errors
    /// What the kernel says: `EAGAIN` when its buffer is full, `EPERM` for a firewall of this host, routing errors, `EMSGSIZE`. It may be an
    /// error about an earlier packet, to another peer, which waits in the error queue with its address; so the call is made twice.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) -> io::Result<u32> {
        let sent = self.once(to, bytes).or_else(|_| self.once(to, bytes));
        sent.map(|()| self.next.fetch_add(u32::from(self.stamps_sent), Ordering::Relaxed))
    }

    fn once(&self, to: SocketAddr, bytes: &[u8]) -> io::Result<()> {
        sendto(self.as_fd(), bytes, SendFlags::NOSIGNAL | SendFlags::DONTWAIT, &to).inspect_err(|_| {
            // A packet that our own firewall drops is counted by the kernel; one without a route is not.
            self.shifted.store(self.stamps_sent, Ordering::Relaxed);
        })?;
        Ok(())
    }

    /// The address of ours that packets to there leave from.
    #[must_use]
    pub fn speaks(&self, to: IpAddr) -> bool {
        to.is_ipv6() == self.is_v6
    }
}
