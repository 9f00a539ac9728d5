//! One packet to one peer.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};
use std::sync::atomic::Ordering;

use crate::control::Control;
use crate::datagram::Socket;
use crate::name;

/// A packet's own number, as a control message (`include/uapi/asm-generic/socket.h`, since Linux 6.13).
pub(crate) const SCM_TS_OPT_ID: libc::c_int = 81;

impl Socket {
    /// Sends one, without waiting. It says the number under which its stamp will be told, where packets are stamped.
    ///
    /// # Errors
    /// What the kernel says: `EAGAIN` when its buffer is full, `EPERM` for a firewall of this host, routing errors, `EMSGSIZE`. It may be an
    /// error about an earlier packet, to another peer, which waits in the error queue with its address; so the call is made twice.
    pub fn send(&self, to: SocketAddr, bytes: &[u8]) -> io::Result<u32> {
        let mut control = Control::new();
        if self.stamps_sent && self.tells_numbers {
            control.push(libc::SOL_SOCKET, SCM_TS_OPT_ID, &self.next.load(Ordering::Relaxed).to_ne_bytes());
        }
        let sent = self.once(to, bytes, &control).or_else(|_| self.once(to, bytes, &control));
        sent.map(|()| self.next.fetch_add(u32::from(self.stamps_sent), Ordering::Relaxed))
    }

    fn once(&self, to: SocketAddr, bytes: &[u8], control: &Control) -> io::Result<()> {
        put(self.as_fd(), to, bytes, control).inspect_err(|_| {
            // Where the kernel counts, it counts a packet that our own firewall drops, and not one without a route; what it does with other
            // errors differs between versions.
            self.shifted.store(self.stamps_sent && !self.tells_numbers, Ordering::Relaxed);
        })
    }

    /// The address of ours that packets to there leave from.
    #[must_use]
    pub fn speaks(&self, to: IpAddr) -> bool {
        to.is_ipv6() == self.is_v6
    }
}

/// Hands one packet to the kernel.
pub(crate) fn put(fd: BorrowedFd<'_>, to: SocketAddr, bytes: &[u8], control: &Control) -> io::Result<()> {
    let (name, name_length) = name::of(to);
    let mut part = libc::iovec { iov_base: bytes.as_ptr().cast_mut().cast(), iov_len: bytes.len() };
    // SAFETY: `msghdr` is plain integers and pointers, for which all zeroes are valid.
    let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
    message.msg_name = (&raw const name).cast_mut().cast();
    message.msg_namelen = name_length;
    message.msg_iov = &raw mut part;
    message.msg_iovlen = 1;
    if control.length > 0 {
        message.msg_control = control.bytes.as_ptr().cast_mut().cast();
        message.msg_controllen = control.length as _;
    }
    // SAFETY: the name, the part and the control messages are readable for their lengths, live until after the call, and the kernel only
    // reads them.
    let answer = unsafe { libc::sendmsg(fd.as_raw_fd(), &raw const message, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) };
    if answer < 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
