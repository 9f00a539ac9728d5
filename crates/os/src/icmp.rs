//! ICMP echo sockets: one sends to any number of targets, each packet by a way of its own (control messages),
//! and hears the replies with the kernel's time stamps and the errors with the address that raised them.
//!
//! Whose reply it is, and what an error means, is decided elsewhere.

mod filter;
mod heard;
mod kind;
mod parse;
mod receive;
mod send;
mod trial;

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};

use rustix::io::Errno;
use rustix::net::{AddressFamily, SocketFlags, SocketType, ipproto};

use crate::error_queue::{self, Said};
use crate::option;

pub use heard::{Complaint, Heard, Reply};
pub use kind::{Family, Kind};
pub use receive::{BATCH, Batch};
pub use send::{Request, Way};
pub use trial::{Trial, try_loopback};

/// A raw socket hears the identifiers of one block; which one of the block a packet carries is the sender's choice.
pub const RAW_IDS: u16 = 16;

/// A flood must find room until the reader has its turn; and packets to neighbours that have not answered yet wait for seconds.
const BUFFER: i32 = 8 << 20;

/// An echo socket, non-blocking and close-on-exec.
#[derive(Debug)]
pub struct Socket {
    fd: OwnedFd,
    family: Family,
    kind: Kind,
    id: u16,
}

impl Socket {
    /// Opens one. A raw socket uses the block of identifiers that `id` is in; the kernel chooses the one of a datagram socket.
    /// With `whole`, packets are sent with the mark that no router may fragment them.
    ///
    /// # Errors
    /// `EACCES` or `EPERM` when this kind is not permitted, `EPROTONOSUPPORT` when the kernel lacks it, `EAFNOSUPPORT` without IPv6,
    /// `EMFILE`, `ENFILE`, `ENOMEM`.
    pub fn open(family: Family, kind: Kind, id: u16, whole: bool) -> io::Result<Self> {
        let (domain, protocol) = match family {
            Family::V4 => (AddressFamily::INET, ipproto::ICMP),
            Family::V6 => (AddressFamily::INET6, ipproto::ICMPV6),
        };
        let sort = match kind {
            Kind::Datagram => SocketType::DGRAM,
            Kind::Raw => SocketType::RAW,
        };
        let fd = rustix::net::socket_with(domain, sort, SocketFlags::NONBLOCK | SocketFlags::CLOEXEC, Some(protocol))?;
        let mut socket = Self { fd, family, kind, id: id & !(RAW_IDS - 1) };
        socket.set_up(whole)?;
        Ok(socket)
    }

    /// The identifier of its packets; for a raw socket the first of its block of [`RAW_IDS`].
    #[must_use]
    pub fn id(&self) -> u16 {
        self.id
    }

    /// The family of its packets.
    #[must_use]
    pub fn family(&self) -> Family {
        self.family
    }

    /// Datagram or raw.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// How many packets the kernel has thrown away since the socket was opened because nobody had read the ones before.
    ///
    /// # Errors
    /// When the kernel does not count them.
    pub fn dropped(&self) -> io::Result<u32> {
        option::dropped(self.as_fd())
    }

    /// Whether a firewall mark may be set, found by setting none.
    #[must_use]
    pub fn may_mark(&self) -> bool {
        option::set(self.as_fd(), libc::SOL_SOCKET, libc::SO_MARK, 0).is_ok()
    }

    /// Whether an echo request leaves this host, as far as its network device. IPv6 datagram sockets keep it to themselves when the
    /// firewall of this host drops it; so one is sent whose departure the kernel stamps.
    ///
    /// # Errors
    /// What the kernel says of the socket or of the packet.
    pub fn departs(request: &Request<'_>) -> io::Result<bool> {
        let family = if request.to.is_ipv4() { Family::V4 } else { Family::V6 };
        let socket = Self::open(family, Kind::Datagram, 0, false)?;
        let stamps = libc::SOF_TIMESTAMPING_TX_SCHED | libc::SOF_TIMESTAMPING_SOFTWARE | libc::SOF_TIMESTAMPING_OPT_TSONLY;
        option::set_bytes(socket.as_fd(), libc::SOL_SOCKET, libc::SO_TIMESTAMPING, &stamps.to_ne_bytes())?;
        socket.send(request)?;
        Ok(error_queue::drain(&socket)?.iter().any(|entry| entry.said == Said::Other(libc::SO_EE_ORIGIN_TIMESTAMPING)))
    }

    /// Whether it heeds what is asked of one packet: its source, interface and hop limit. IPv6 datagram sockets do so since Linux 5.18
    /// and ignored it without a word before; a source that is nobody's tells.
    #[must_use]
    pub fn heeds_ways(&self) -> bool {
        if self.kind == Kind::Raw || self.family == Family::V4 {
            return true;
        }
        // RFC 3849: for documentation, on no host. Where it is ignored the packet goes no further than the loopback.
        let nobody = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1);
        let way = Way { source: Some(nobody.into()), ..Way::default() };
        let to = SocketAddr::from((Ipv6Addr::LOCALHOST, 0));
        self.send(&Request { to, way: &way, hop_limit: None, id: 0, sequence: 0, payload: &[], size: 0 }).is_err()
    }

    fn set_up(&mut self, whole: bool) -> io::Result<()> {
        match self.kind {
            Kind::Raw => {
                filter::attach(self.as_fd(), self.family, self.id)?;
                // What came before the filter stood is other people's.
                let mut batch = Batch::new(self);
                while self.receive(&mut batch).is_ok() {}
            }
            Kind::Datagram => self.id = bound(self.as_fd(), self.family)?,
        }
        option::buffers(self.as_fd(), BUFFER);
        let set = |level, name, value| option::set(self.as_fd(), level, name, value);
        set(libc::SOL_SOCKET, libc::SO_TIMESTAMPNS, 1)?;
        match self.family {
            Family::V4 => {
                set(libc::SOL_IP, libc::IP_RECVTTL, 1)?;
                set(libc::SOL_IP, libc::IP_MTU_DISCOVER, if whole { libc::IP_PMTUDISC_PROBE } else { libc::IP_PMTUDISC_DONT })?;
            }
            Family::V6 => {
                set(libc::SOL_IPV6, libc::IPV6_RECVHOPLIMIT, 1)?;
                if whole {
                    set(libc::SOL_IPV6, libc::IPV6_MTU_DISCOVER, libc::IPV6_PMTUDISC_PROBE)?;
                    set(libc::SOL_IPV6, libc::IPV6_DONTFRAG, 1)?;
                }
            }
        }
        // A raw socket hears ICMP errors as packets, whole and without a pending error that the next sender would meet.
        match (self.kind, self.family) {
            (Kind::Raw, _) => Ok(()),
            (Kind::Datagram, Family::V4) => set(libc::SOL_IP, libc::IP_RECVERR, 1),
            (Kind::Datagram, Family::V6) => set(libc::SOL_IPV6, libc::IPV6_RECVERR, 1),
        }
    }
}

/// A datagram socket's identifier is the "port" that it is bound to.
fn bound(fd: BorrowedFd<'_>, family: Family) -> io::Result<u16> {
    let any: SocketAddr = match family {
        Family::V4 => (Ipv4Addr::UNSPECIFIED, 0).into(),
        Family::V6 => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    rustix::net::bind(fd, &any)?;
    let name = rustix::net::getsockname(fd)?;
    SocketAddr::try_from(name).map(|name| name.port()).map_err(|_: Errno| io::ErrorKind::InvalidData.into())
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

impl AsRawFd for Socket {
    fn as_raw_fd(&self) -> RawFd {
        self.fd.as_raw_fd()
    }
}

#[cfg(test)]
mod tests;
