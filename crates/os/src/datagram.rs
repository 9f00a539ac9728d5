//! UDP sockets whose packets the kernel stamps, both ways: one socket speaks with any number of peers.
//!
//! Received packets come many at a time with stamp, hop limit and the address that they came to ([`Batch`]). What was sent is stamped, too;
//! the stamps wait in the error queue, beside what others say against our packets ([`Told`]).

mod receive;
mod send;
mod told;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto};

use crate::control::Control;
use crate::{option, socket};

pub use receive::{BATCH, Batch, LONGEST, Packet};
pub use told::Told;

/// A burst of hundreds of peers must find room until the reader has its turn.
const BUFFER: i32 = 8 << 20;

/// How a socket is made.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// The hop limit (TTL) of what is sent; the kernel's default when absent.
    pub hop_limit: Option<u8>,
    /// The traffic class (TOS); 0 when absent.
    pub class: Option<u8>,
    /// Whether the kernel tells when packets left.
    pub stamps_sent: bool,
    /// Whether it tells with which hop limit packets came, and to which address of ours. To be told costs a little for each.
    pub tells_way: bool,
}

/// A socket, non-blocking and close-on-exec.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    is_v6: bool,
    stamps_sent: bool,
    /// Whether the kernel takes our numbers; else it counts by itself.
    tells_numbers: bool,
    /// The number of the next packet.
    next: AtomicU32,
    /// The number of the packet that the kernel counts as its first.
    first: AtomicU32,
    /// A packet was refused, and whether the kernel counted it is not known.
    shifted: AtomicBool,
}

impl Socket {
    /// Opens one and binds it. One of IPv6 hears IPv6 alone.
    ///
    /// # Errors
    /// `EADDRINUSE`, `EADDRNOTAVAIL`, `EAFNOSUPPORT` without IPv6, `EMFILE`, `ENFILE`, `ENOMEM`.
    pub fn bind(address: SocketAddr, options: &Options) -> io::Result<Self> {
        let domain = if address.is_ipv6() { AddressFamily::INET6 } else { AddressFamily::INET };
        let fd = rustix::net::socket_with(domain, SocketType::DGRAM, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, Some(ipproto::UDP))?;
        let socket = Self {
            fd,
            is_v6: address.is_ipv6(),
            stamps_sent: options.stamps_sent,
            tells_numbers: takes_numbers(),
            next: AtomicU32::new(0),
            first: AtomicU32::new(0),
            shifted: AtomicBool::new(false),
        };
        socket.set_up(options)?;
        rustix::net::bind(&socket.fd, &address)?;
        Ok(socket)
    }

    /// Where it listens.
    ///
    /// # Errors
    /// Never, on Linux.
    pub fn local(&self) -> io::Result<SocketAddr> {
        SocketAddr::try_from(rustix::net::getsockname(&self.fd)?).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    /// Whether it speaks IPv6.
    #[must_use]
    pub fn is_v6(&self) -> bool {
        self.is_v6
    }

    /// How many packets the kernel has thrown away because nobody had read the ones before.
    ///
    /// # Errors
    /// When the kernel does not count them.
    pub fn dropped(&self) -> io::Result<u32> {
        option::dropped(self.as_fd())
    }

    /// Has packets stamped that come, and those that leave.
    fn stamp(&self, sent: bool) -> io::Result<()> {
        let mut stamps = libc::SOF_TIMESTAMPING_RX_SOFTWARE | libc::SOF_TIMESTAMPING_SOFTWARE;
        if sent {
            // Each stamp comes with the number of its packet, and without the packet.
            stamps |= libc::SOF_TIMESTAMPING_TX_SOFTWARE | libc::SOF_TIMESTAMPING_OPT_ID | libc::SOF_TIMESTAMPING_OPT_TSONLY;
        }
        option::set_bytes(self.as_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPING, &stamps.to_ne_bytes())
    }

    /// Counts anew, together with the kernel, whose count begins when it is asked for.
    fn count_anew(&self) -> io::Result<()> {
        self.stamp(false)?;
        self.stamp(true)?;
        self.first.store(self.next.load(Ordering::Relaxed), Ordering::Relaxed);
        self.shifted.store(false, Ordering::Relaxed);
        Ok(())
    }

    fn set_up(&self, options: &Options) -> io::Result<()> {
        let set = |level, name, value| option::set(self.as_fd(), level, name, value);
        option::buffers(self.as_fd(), BUFFER);
        self.stamp(options.stamps_sent)?;
        if self.is_v6 {
            set(libc::SOL_IPV6, libc::IPV6_V6ONLY, 1)?;
            set(libc::SOL_IPV6, libc::IPV6_RECVHOPLIMIT, options.tells_way.into())?;
            set(libc::SOL_IPV6, libc::IPV6_RECVPKTINFO, options.tells_way.into())?;
            set(libc::SOL_IPV6, libc::IPV6_RECVERR, 1)?;
            options.hop_limit.map_or(Ok(()), |hops| set(libc::SOL_IPV6, libc::IPV6_UNICAST_HOPS, hops.into()))?;
            options.class.map_or(Ok(()), |class| set(libc::SOL_IPV6, libc::IPV6_TCLASS, class.into()))
        } else {
            set(libc::SOL_IP, libc::IP_RECVTTL, options.tells_way.into())?;
            set(libc::SOL_IP, libc::IP_PKTINFO, options.tells_way.into())?;
            set(libc::SOL_IP, libc::IP_RECVERR, 1)?;
            options.hop_limit.map_or(Ok(()), |hops| set(libc::SOL_IP, libc::IP_TTL, hops.into()))?;
            options.class.map_or(Ok(()), |class| set(libc::SOL_IP, libc::IP_TOS, class.into()))
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Whether the kernel lets us number packets (since Linux 6.13), tried once, with one from a socket to itself.
fn takes_numbers() -> bool {
    static TAKES: OnceLock<bool> = OnceLock::new();
    let tried = || -> io::Result<()> {
        let fd = rustix::net::socket_with(AddressFamily::INET, SocketType::DGRAM, SocketFlags::CLOEXEC, None)?;
        rustix::net::bind(&fd, &SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
        let stamps = libc::SOF_TIMESTAMPING_SOFTWARE | libc::SOF_TIMESTAMPING_OPT_ID | libc::SOF_TIMESTAMPING_OPT_TSONLY;
        option::set_bytes(fd.as_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPING, &stamps.to_ne_bytes())?;
        let mut control = Control::new();
        control.push(libc::SOL_SOCKET, send::SCM_TS_OPT_ID, &0_u32.to_ne_bytes());
        send::put(fd.as_fd(), socket::local(&fd).ok_or(io::ErrorKind::AddrNotAvailable)?, &[], &control)
    };
    *TAKES.get_or_init(|| tried().is_ok())
}

#[cfg(test)]
mod tests;
