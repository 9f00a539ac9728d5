//! Questions to the kernel's own tables by netlink: framing only, the meaning is with the asker.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::buffer::spare_capacity;
use rustix::io::Errno;
use rustix::net::{AddressFamily, RecvFlags, SendFlags, SocketFlags, SocketType, recv, send, socket_with};

/// The kernel fills no datagram of a dump beyond this.
const LARGEST: usize = 32 * 1024;

/// One answer is far smaller; a failing probe asks several times, so it does not pay for the largest.
const ONE_ANSWER: usize = 8 * 1024;

/// `nlmsghdr`: length, type, flags, sequence number, port.
const HEADER: usize = 16;

/// A socket to the routing tables of this network namespace.
pub(crate) struct Netlink {
    fd: OwnedFd,
    sequence: u32,
    buffer: Vec<u8>,
}

impl Netlink {
    /// Opens it. The kernel answers within the call that asks, so that nothing here ever waits.
    pub(crate) fn open() -> io::Result<Self> {
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let fd = socket_with(AddressFamily::NETLINK, SocketType::RAW, flags, None)?;
        Ok(Self { fd, sequence: 0, buffer: vec![0; ONE_ANSWER] })
    }

    /// Asks for one thing and returns the answer's body.
    pub(crate) fn ask(&mut self, kind: u16, body: &[u8]) -> io::Result<Vec<u8>> {
        self.send(kind, 0, body)?;
        let mut answer = None;
        while answer.is_none() {
            self.receive(&mut |message| answer = Some(message.to_vec()))?;
        }
        answer.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }

    /// Asks for a whole table and hands each entry's body to `each`.
    pub(crate) fn dump(&mut self, kind: u16, body: &[u8], each: &mut dyn FnMut(&[u8])) -> io::Result<()> {
        self.buffer.resize(LARGEST, 0);
        self.send(kind, libc::NLM_F_DUMP, body)?;
        while !self.receive(each)? {}
        Ok(())
    }

    fn send(&mut self, kind: u16, flags: i32, body: &[u8]) -> io::Result<()> {
        self.sequence = self.sequence.wrapping_add(1);
        let flags = u16::try_from(libc::NLM_F_REQUEST | flags).map_err(|_| io::ErrorKind::InvalidInput)?;
        let length = u32::try_from(HEADER + body.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
        let mut message = Vec::with_capacity(HEADER + body.len());
        message.extend_from_slice(&length.to_ne_bytes());
        message.extend_from_slice(&kind.to_ne_bytes());
        message.extend_from_slice(&flags.to_ne_bytes());
        message.extend_from_slice(&self.sequence.to_ne_bytes());
        message.extend_from_slice(&0_u32.to_ne_bytes());
        message.extend_from_slice(body);
        send(&self.fd, &message, SendFlags::empty())?;
        Ok(())
    }

    /// Reads one datagram; says whether a dump ended with it.
    fn receive(&mut self, each: &mut dyn FnMut(&[u8])) -> io::Result<bool> {
        self.buffer.clear();
        recv(&self.fd, spare_capacity(&mut self.buffer), RecvFlags::empty())?;
        let mut rest = self.buffer.as_slice();
        while let Some((head, body, after)) = split(rest) {
            rest = after;
            if head.sequence != self.sequence {
                continue;
            }
            match i32::from(head.kind) {
                libc::NLMSG_DONE => return Ok(true),
                libc::NLMSG_ERROR => refuse(body)?,
                libc::NLMSG_NOOP => {}
                _ => each(body),
            }
        }
        Ok(false)
    }
}

impl AsFd for Netlink {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

struct Head {
    kind: u16,
    sequence: u32,
}

/// The first message of a datagram: its head, its body, and what follows.
fn split(datagram: &[u8]) -> Option<(Head, &[u8], &[u8])> {
    let length = u32::from_ne_bytes(*datagram.first_chunk()?) as usize;
    let kind = u16::from_ne_bytes(*datagram.get(4..)?.first_chunk()?);
    let sequence = u32::from_ne_bytes(*datagram.get(8..)?.first_chunk()?);
    let body = datagram.get(HEADER..length)?;
    Some((Head { kind, sequence }, body, datagram.get(length.next_multiple_of(4)..).unwrap_or_default()))
}

/// `nlmsgerr` begins with a negative error number; zero is an acknowledgement.
fn refuse(body: &[u8]) -> io::Result<()> {
    let errno = body.first_chunk().map_or(0, |four| i32::from_ne_bytes(*four));
    match errno {
        0 => Ok(()),
        negative => Err(Errno::from_raw_os_error(negative.saturating_neg()).into()),
    }
}

/// The attributes of a message (`rtattr`: length, type, value), as type and value.
pub(crate) fn attributes(mut bytes: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let length = usize::from(u16::from_ne_bytes(*bytes.first_chunk()?));
        let kind = u16::from_ne_bytes(*bytes.get(2..)?.first_chunk()?);
        let value = bytes.get(4..length)?;
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
        // The two highest bits are flags.
        Some((kind & 0x3fff, value))
    })
}

/// Appends an attribute. No value here is longer than an address or an interface's name.
pub(crate) fn push_attribute(message: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(4 + value.len()).unwrap_or(u16::MAX);
    message.extend_from_slice(&length.to_ne_bytes());
    message.extend_from_slice(&kind.to_ne_bytes());
    message.extend_from_slice(value);
    message.resize(message.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests;
