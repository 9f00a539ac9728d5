//! Many packets in one call (`recvmmsg`).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::os::fd::AsRawFd;

use crate::control::Control;
use crate::datagram::Socket;

/// At most so many packets come with one call.
pub const BATCH: usize = 32;

/// Longer packets are cut off.
pub const LONGEST: usize = 2048;

/// Room for the packets of one call; made once and used again and again.
pub struct Batch {
    slots: Box<[Slot]>,
    filled: usize,
}

struct Slot {
    name: libc::sockaddr_in6,
    control: Control,
    data: [u8; LONGEST],
    length: usize,
    truncated: bool,
}

/// A packet that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it, or says so.
    pub from: SocketAddr,
    /// When the kernel received it: nanoseconds of the wall clock since 1970; 0 when it did not say.
    pub stamp_ns: u64,
    /// The hop limit (TTL) with which it arrived, where that is told.
    pub hop_limit: Option<u8>,
    /// The address of ours that it came to, where that is told.
    pub to: Option<IpAddr>,
    /// Its bytes, at most [`LONGEST`].
    pub bytes: &'a [u8],
    /// Whether there were more of them.
    pub truncated: bool,
}

impl std::fmt::Debug for Batch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Batch").field("filled", &self.filled).finish_non_exhaustive()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::new()
    }
}

impl Batch {
    /// Room for [`BATCH`] packets.
    #[must_use]
    pub fn new() -> Self {
        let slot = || {
            // SAFETY: `sockaddr_in6` is plain integers, for which all zeroes are valid.
            let name = unsafe { std::mem::zeroed() };
            Slot { name, control: Control::new(), data: [0; LONGEST], length: 0, truncated: false }
        };
        Self { slots: (0..BATCH).map(|_| slot()).collect(), filled: 0 }
    }

    /// The packets that the last call brought.
    pub fn packets(&self) -> impl Iterator<Item = Packet<'_>> {
        self.slots.iter().take(self.filled).filter_map(Slot::packet)
    }
}

impl Slot {
    fn packet(&self) -> Option<Packet<'_>> {
        let mut packet = Packet {
            from: address(&self.name)?,
            stamp_ns: 0,
            hop_limit: None,
            to: None,
            bytes: self.data.get(..self.length).unwrap_or_default(),
            truncated: self.truncated,
        };
        for (level, kind, data) in self.control.messages() {
            match (level, kind) {
                (libc::SOL_SOCKET, libc::SO_TIMESTAMPING) => packet.stamp_ns = stamp(data).unwrap_or(0),
                (libc::SOL_IP, libc::IP_TTL) | (libc::SOL_IPV6, libc::IPV6_HOPLIMIT) => {
                    packet.hop_limit = data.first_chunk().and_then(|four| u8::try_from(i32::from_ne_bytes(*four)).ok());
                }
                // `struct in_pktinfo`: interface, our address, and the one in the packet; `struct in6_pktinfo` begins with ours.
                (libc::SOL_IP, libc::IP_PKTINFO) => {
                    packet.to = data.get(8..).and_then(|rest| rest.first_chunk::<4>()).map(|octets| Ipv4Addr::from(*octets).into());
                }
                (libc::SOL_IPV6, libc::IPV6_PKTINFO) => {
                    packet.to = data.first_chunk::<16>().map(|octets| Ipv6Addr::from(*octets).into());
                }
                _ => {}
            }
        }
        Some(packet)
    }
}

/// The first of the three `struct timespec` of `struct scm_timestamping`: the kernel's own, in nanoseconds.
pub(super) fn stamp(data: &[u8]) -> Option<u64> {
    const WORD: usize = size_of::<libc::c_long>();
    let word = |at: usize| data.get(at..)?.first_chunk::<WORD>().map(|bytes| libc::c_long::from_ne_bytes(*bytes));
    let (seconds, nanos) = (u64::try_from(word(0)?).ok()?, u64::try_from(word(WORD)?).ok()?);
    seconds.checked_mul(1_000_000_000)?.checked_add(nanos)
}

/// The address that the kernel wrote into a name. `sockaddr_in` has its port and address where `sockaddr_in6` has port and flow.
pub(super) fn address(name: &libc::sockaddr_in6) -> Option<SocketAddr> {
    let port = u16::from_be(name.sin6_port);
    match i32::from(name.sin6_family) {
        libc::AF_INET => Some(SocketAddr::new(Ipv4Addr::from(name.sin6_flowinfo.to_ne_bytes()).into(), port)),
        libc::AF_INET6 => Some(SocketAddrV6::new(Ipv6Addr::from(name.sin6_addr.s6_addr), port, 0, name.sin6_scope_id).into()),
        _ => None,
    }
}

impl Socket {
    /// Takes the packets that have come, at most [`BATCH`]; fewer than that means that none is left.
    ///
    /// # Errors
    /// `EAGAIN` when there is none. What others say against our packets may come as an error here, too, once; it waits in the error queue.
    pub fn receive(&self, batch: &mut Batch) -> io::Result<usize> {
        batch.filled = 0;
        // SAFETY: `mmsghdr` and `iovec` are plain integers and pointers, for which all zeroes are valid.
        let (mut headers, mut parts): ([libc::mmsghdr; BATCH], [libc::iovec; BATCH]) = unsafe { std::mem::zeroed() };
        for ((slot, part), header) in batch.slots.iter_mut().zip(&mut parts).zip(&mut headers) {
            *part = libc::iovec { iov_base: slot.data.as_mut_ptr().cast(), iov_len: LONGEST };
            header.msg_hdr.msg_name = (&raw mut slot.name).cast();
            header.msg_hdr.msg_namelen = size_of_val(&slot.name) as _;
            header.msg_hdr.msg_iov = part;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = slot.control.bytes.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = slot.control.bytes.len() as _;
        }
        // SAFETY: there are BATCH headers, all written above for as many slots and parts; each points to buffers that are writable for
        // the lengths it says and that outlive the call, during which nothing else touches them. No time limit is pointed to.
        let answer =
            unsafe { libc::recvmmsg(self.fd.as_raw_fd(), headers.as_mut_ptr(), BATCH as _, libc::MSG_DONTWAIT as _, std::ptr::null_mut()) };
        let filled = usize::try_from(answer).map_err(|_| io::Error::last_os_error())?;
        for (slot, header) in batch.slots.iter_mut().zip(&headers).take(filled) {
            slot.length = (header.msg_len as usize).min(LONGEST);
            slot.truncated = header.msg_hdr.msg_flags & libc::MSG_TRUNC != 0;
            let written: usize = header.msg_hdr.msg_controllen as _;
            slot.control.length = written.min(slot.control.bytes.len());
        }
        batch.filled = filled;
        Ok(filled)
    }
}
