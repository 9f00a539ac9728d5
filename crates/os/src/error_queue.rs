//! A socket's error queue: what was said against its packets, and by whom.

use std::io;
use std::mem::size_of;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd};

/// Who raised an error (`ee_origin` of `struct sock_extended_err`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Said {
    /// Our own kernel, without a packet.
    Local,
    /// An ICMP message; also our own kernel's, when the offender is our own address.
    Icmp,
    /// An ICMPv6 message.
    Icmp6,
    /// Something else, by the kernel's number (4 is a send timestamp).
    Other(u8),
}

/// One entry of the queue.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct QueuedError {
    /// The error's number.
    pub errno: i32,
    /// Who raised it.
    pub said: Said,
    /// The ICMP type.
    pub kind: u8,
    /// The ICMP code.
    pub code: u8,
    /// The address that sent the ICMP message.
    pub offender: Option<IpAddr>,
}

/// A flood of ICMP must not keep a probe in here; what is left is found by the next call.
const AT_MOST: usize = 256;

/// Takes all entries of the error queue, oldest first. This also clears the pending `SO_ERROR`.
///
/// # Errors
/// When the descriptor has no error queue.
pub fn drain(fd: impl AsFd) -> io::Result<Vec<QueuedError>> {
    let mut queued = Vec::new();
    let mut control = Control([0; 256]);
    while queued.len() < AT_MOST {
        match receive(fd.as_fd(), &mut control) {
            Ok(length) => queued.extend(control.0.get(..length).and_then(parse)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(queued)
}

/// Room for the control messages of one entry, aligned as the kernel's `struct cmsghdr`.
#[repr(C, align(8))]
struct Control([u8; 256]);

/// Takes one entry and returns the length of its control messages. The packet that it answers is not wanted.
fn receive(fd: BorrowedFd<'_>, control: &mut Control) -> io::Result<usize> {
    // SAFETY: `msghdr` is plain integers and pointers, for which all zeroes are valid (no name, no data, no control).
    let mut header: libc::msghdr = unsafe { std::mem::zeroed() };
    header.msg_control = control.0.as_mut_ptr().cast();
    header.msg_controllen = control.0.len() as _;
    // SAFETY: the header points to `control`, which is writable for `msg_controllen` bytes and outlives the call; nothing else is pointed to.
    let answer = unsafe { libc::recvmsg(fd.as_raw_fd(), &raw mut header, libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT) };
    if answer < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(header.msg_controllen as usize)
}

/// The first `IP_RECVERR` or `IPV6_RECVERR` among control messages.
fn parse(mut messages: &[u8]) -> Option<QueuedError> {
    const WORD: usize = size_of::<usize>();
    const HEADER: usize = size_of::<libc::cmsghdr>();
    loop {
        let length = usize::from_ne_bytes(*messages.first_chunk::<WORD>()?);
        let level = number(messages, HEADER - 8)?;
        let kind = number(messages, HEADER - 4)?;
        let data = messages.get(HEADER..length)?;
        if matches!((level, kind), (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR)) {
            return entry(data);
        }
        messages = messages.get(length.next_multiple_of(WORD)..)?;
    }
}

/// `struct sock_extended_err` (16 bytes: errno, origin, type, code, pad, info, data), then the offender's address.
pub(crate) fn entry(data: &[u8]) -> Option<QueuedError> {
    let [origin, kind, code] = *data.get(4..)?.first_chunk()?;
    let said = match origin {
        libc::SO_EE_ORIGIN_LOCAL => Said::Local,
        libc::SO_EE_ORIGIN_ICMP => Said::Icmp,
        libc::SO_EE_ORIGIN_ICMP6 => Said::Icmp6,
        other => Said::Other(other),
    };
    Some(QueuedError { errno: number(data, 0)?, said, kind, code, offender: data.get(16..).and_then(address) })
}

/// The address in a `struct sockaddr_in` or `sockaddr_in6`.
fn address(sockaddr: &[u8]) -> Option<IpAddr> {
    match i32::from(u16::from_ne_bytes(*sockaddr.first_chunk()?)) {
        libc::AF_INET => sockaddr.get(4..)?.first_chunk::<4>().map(|octets| Ipv4Addr::from(*octets).into()),
        libc::AF_INET6 => sockaddr.get(8..)?.first_chunk::<16>().map(|octets| IpAddr::from(Ipv6Addr::from(*octets)).to_canonical()),
        _ => None,
    }
}

fn number(bytes: &[u8], at: usize) -> Option<i32> {
    bytes.get(at..)?.first_chunk().map(|four| i32::from_ne_bytes(*four))
}

#[cfg(test)]
mod tests;
