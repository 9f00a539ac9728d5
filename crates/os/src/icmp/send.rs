//! One echo request, sent by its own way.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;

use rustix::io::Errno;

use crate::control::Control;
use crate::icmp::Socket;
use crate::icmp::kind::Family;
use crate::interface;
use crate::name;
use crate::socket::Via;

/// How a packet leaves this host; absent parts are the kernel's choice.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Way {
    /// The address it leaves from.
    pub source: Option<IpAddr>,
    /// The interface's number.
    pub interface: Option<u32>,
    /// The firewall mark.
    pub mark: Option<u32>,
}

impl Way {
    /// With the interface's present number.
    ///
    /// # Errors
    /// `ENODEV` when there is no such interface.
    pub fn of(via: &Via) -> io::Result<Self> {
        let interface = match &via.interface {
            Some(name) => Some(interface::index(name).ok_or(Errno::NODEV)?),
            None => None,
        };
        Ok(Self { source: via.source, interface, mark: via.mark })
    }
}

/// An echo request.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// The target; the port is of no account, an IPv6 scope is.
    pub to: SocketAddr,
    /// How it leaves.
    pub way: &'a Way,
    /// Its hop limit (TTL); the kernel's default when absent.
    pub hop_limit: Option<u8>,
    /// The identifier; a datagram socket puts its own.
    pub id: u16,
    /// The sequence number.
    pub sequence: u16,
    /// What the payload begins with.
    pub payload: &'a [u8],
    /// How long the payload is; zeros fill it up, at most 64 KiB of them.
    pub size: usize,
}

/// What fills payloads up. Zeros add nothing to a checksum.
static ZEROS: [u8; 65_536] = [0; 65_536];

impl Socket {
    /// Sends one, without waiting.
    ///
    /// # Errors
    /// What the kernel says: `EAGAIN` when its buffer is full, `EPERM` for a firewall of this host, routing errors, `EMSGSIZE`.
    /// On a datagram socket it may be an error about an earlier packet, to another target: the same call tells when repeated.
    pub fn send(&self, request: &Request<'_>) -> io::Result<()> {
        let header = header(self.family(), request);
        let fill = ZEROS.get(..request.size.saturating_sub(request.payload.len())).unwrap_or(&ZEROS);
        let mut parts =
            [&header, request.payload, fill].map(|part| libc::iovec { iov_base: part.as_ptr().cast_mut().cast(), iov_len: part.len() });
        let (name, name_length) = name::without_port(request.to);
        let mut control = Control::new();
        leave_by(&mut control, self.family(), request);
        // SAFETY: `msghdr` is plain integers and pointers, for which all zeroes are valid.
        let mut message: libc::msghdr = unsafe { std::mem::zeroed() };
        message.msg_name = (&raw const name).cast_mut().cast();
        message.msg_namelen = name_length;
        message.msg_iov = parts.as_mut_ptr();
        message.msg_iovlen = parts.len() as _;
        if control.length > 0 {
            message.msg_control = control.bytes.as_mut_ptr().cast();
            message.msg_controllen = control.length as _;
        }
        loop {
            // SAFETY: the name, the parts and the control messages are readable for their lengths, live until after the call,
            // and the kernel only reads them.
            let answer = unsafe { libc::sendmsg(self.as_raw_fd(), &raw const message, libc::MSG_DONTWAIT | libc::MSG_NOSIGNAL) };
            match answer {
                0.. => return Ok(()),
                _ => match io::Error::last_os_error() {
                    error if error.kind() == io::ErrorKind::Interrupted => {}
                    error => return Err(error),
                },
            }
        }
    }
}

/// The ICMP header. The kernel makes the checksum of ICMPv6, and of datagram sockets.
fn header(family: Family, request: &Request<'_>) -> [u8; 8] {
    let kind = match family {
        Family::V4 => 8,
        Family::V6 => 128,
    };
    let ([i, d], [s, q]) = (request.id.to_be_bytes(), request.sequence.to_be_bytes());
    let bare = [kind, 0, 0, 0, i, d, s, q];
    let [high, low] = checksum(&bare, request.payload).to_be_bytes();
    [kind, 0, high, low, i, d, s, q]
}

/// RFC 1071, over a header of even length and a payload.
fn checksum(header: &[u8; 8], payload: &[u8]) -> u16 {
    let pair = |pair: &[u8]| match *pair {
        [high, low] => u32::from(u16::from_be_bytes([high, low])),
        [high] => u32::from(high) << 8,
        _ => 0,
    };
    let mut sum: u32 = header.chunks(2).chain(payload.chunks(2)).map(pair).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or(u16::MAX)
}

/// Control messages for all that differs from the kernel's choice.
fn leave_by(control: &mut Control, family: Family, request: &Request<'_>) {
    let Way { source, interface, mark } = *request.way;
    if source.is_some() || interface.is_some() {
        let index = interface.unwrap_or(0);
        match family {
            Family::V4 => control.push(libc::SOL_IP, libc::IP_PKTINFO, &pktinfo4(source, index)),
            Family::V6 => control.push(libc::SOL_IPV6, libc::IPV6_PKTINFO, &pktinfo6(source, index)),
        }
    }
    if let Some(mark) = mark {
        control.push(libc::SOL_SOCKET, libc::SO_MARK, &mark.to_ne_bytes());
    }
    if let Some(hops) = request.hop_limit {
        let (level, name) = match family {
            Family::V4 => (libc::SOL_IP, libc::IP_TTL),
            Family::V6 => (libc::SOL_IPV6, libc::IPV6_HOPLIMIT),
        };
        control.push(level, name, &i32::from(hops).to_ne_bytes());
    }
}

/// `struct in_pktinfo`: interface, source, and an address that only matters when received.
fn pktinfo4(source: Option<IpAddr>, index: u32) -> [u8; 12] {
    let source = match source {
        Some(IpAddr::V4(source)) => source.octets(),
        _ => [0; 4],
    };
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().zip(index.to_ne_bytes().into_iter().chain(source)) {
        *to = from;
    }
    bytes
}

/// `struct in6_pktinfo`: source, interface.
fn pktinfo6(source: Option<IpAddr>, index: u32) -> [u8; 20] {
    let source = match source {
        Some(IpAddr::V6(source)) => source.octets(),
        _ => [0; 16],
    };
    let mut bytes = [0; 20];
    for (to, from) in bytes.iter_mut().zip(source.into_iter().chain(index.to_ne_bytes())) {
        *to = from;
    }
    bytes
}

#[cfg(test)]
mod tests;
