//! Many messages in one call (`recvmmsg`), from the socket itself or from its error queue.

use std::io;
use std::mem::MaybeUninit;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd;
use std::time::Duration;

use crate::control::Control;
use crate::error_queue;
use crate::icmp::heard::{Complaint, Heard, Reply};
use crate::icmp::kind::{Family, Kind};
use crate::icmp::{Socket, parse};

/// At most so many messages come with one call.
pub const BATCH: usize = 32;

/// Two IP headers with all options, two ICMP headers, and the beginning of a payload.
const DATA: usize = 256;

/// Room for the messages of one call; made once and used again and again.
#[derive(Debug)]
pub struct Batch {
    slots: Box<[Slot]>,
    filled: usize,
    /// What was received is quoted by the error queue.
    queue: bool,
    family: Family,
    kind: Kind,
}

struct Slot {
    name: libc::sockaddr_in6,
    name_length: usize,
    control: Control,
    data: [u8; DATA],
    data_length: usize,
}

impl std::fmt::Debug for Slot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Slot").field("data_length", &self.data_length).finish_non_exhaustive()
    }
}

impl Slot {
    fn new() -> Self {
        // SAFETY: `sockaddr_in6` is plain integers, for which all zeroes are valid.
        let name = unsafe { std::mem::zeroed() };
        Self { name, name_length: 0, control: Control::new(), data: [0; DATA], data_length: 0 }
    }

    /// The sender, or for the error queue the target of the quoted request.
    fn address(&self) -> Option<IpAddr> {
        match i32::from(self.name.sin6_family) {
            libc::AF_INET if self.name_length >= 8 => Some(Ipv4Addr::from(self.name.sin6_flowinfo.to_ne_bytes()).into()),
            libc::AF_INET6 if self.name_length >= 24 => Some(Ipv6Addr::from(self.name.sin6_addr.s6_addr).into()),
            _ => None,
        }
    }

    fn data(&self) -> &[u8] {
        self.data.get(..self.data_length).unwrap_or_default()
    }
}

impl Batch {
    /// Room for the messages of one socket.
    #[must_use]
    pub fn new(socket: &Socket) -> Self {
        let slots = (0..BATCH).map(|_| Slot::new()).collect();
        Self { slots, filled: 0, queue: false, family: socket.family(), kind: socket.kind() }
    }

    /// How many messages the last call brought, understood or not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.filled
    }

    /// Whether the last call brought nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    /// What the last call brought, as far as it concerns echoes.
    pub fn heard(&self) -> impl Iterator<Item = Heard<'_>> {
        self.slots.iter().take(self.filled).filter_map(|slot| self.understand(slot))
    }

    fn understand<'a>(&self, slot: &'a Slot) -> Option<Heard<'a>> {
        if self.queue {
            return self.queued(slot).map(Heard::Complaint);
        }
        let (from, hop_limit, message) = match (self.kind, self.family) {
            (Kind::Raw, Family::V4) => parse::ip4(slot.data()).map(|(from, hops, rest)| (from, Some(hops), rest))?,
            _ => (slot.address()?, None, slot.data()),
        };
        match parse::reply(self.family, from, message) {
            Some(reply) => Some(Heard::Reply(stamped(reply, hop_limit, &slot.control))),
            None => parse::complaint(self.family, from, message).map(Heard::Complaint),
        }
    }

    fn queued<'a>(&self, slot: &'a Slot) -> Option<Complaint<'a>> {
        let wanted = |level, kind| matches!((level, kind), (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR));
        let (_, _, data) = slot.control.messages().find(|(level, kind, _)| wanted(*level, *kind))?;
        let said = error_queue::entry(data)?;
        let info = u32::from_ne_bytes(*data.get(8..)?.first_chunk()?);
        parse::quoted(self.family, said, info, (slot.address()?, slot.data()))
    }
}

/// The reply with what the control messages say of it.
fn stamped<'a>(mut reply: Reply<'a>, hop_limit: Option<u8>, control: &Control) -> Reply<'a> {
    reply.hop_limit = hop_limit;
    for (level, kind, data) in control.messages() {
        match (level, kind) {
            (libc::SOL_SOCKET, libc::SCM_TIMESTAMPNS) => reply.received = timestamp(data),
            (libc::SOL_IP, libc::IP_TTL) | (libc::SOL_IPV6, libc::IPV6_HOPLIMIT) => {
                reply.hop_limit = data.first_chunk().and_then(|four| u8::try_from(i32::from_ne_bytes(*four)).ok());
            }
            _ => {}
        }
    }
    reply
}

/// `struct timespec`: seconds and nanoseconds, each a machine word.
fn timestamp(data: &[u8]) -> Option<Duration> {
    const WORD: usize = size_of::<libc::c_long>();
    let word = |at: usize| data.get(at..)?.first_chunk::<WORD>().map(|bytes| libc::c_long::from_ne_bytes(*bytes));
    Some(Duration::new(u64::try_from(word(0)?).ok()?, u32::try_from(word(WORD)?).ok()?))
}

impl Socket {
    /// Takes the messages that have come, at most [`BATCH`]; fewer than that means that none is left.
    ///
    /// # Errors
    /// `EAGAIN` when there is none; on a datagram socket also an error that waits in the error queue.
    pub fn receive(&self, batch: &mut Batch) -> io::Result<usize> {
        self.take(batch, 0)
    }

    /// Takes entries of the error queue, at most [`BATCH`].
    ///
    /// # Errors
    /// `EAGAIN` when there is none.
    pub fn receive_errors(&self, batch: &mut Batch) -> io::Result<usize> {
        self.take(batch, libc::MSG_ERRQUEUE)
    }

    fn take(&self, batch: &mut Batch, flags: libc::c_int) -> io::Result<usize> {
        batch.filled = 0;
        batch.queue = flags & libc::MSG_ERRQUEUE != 0;
        let mut parts = [const { MaybeUninit::<libc::iovec>::uninit() }; BATCH];
        // SAFETY: `mmsghdr` is plain integers and pointers, for which all zeroes are valid.
        let mut headers: [libc::mmsghdr; BATCH] = unsafe { std::mem::zeroed() };
        for ((slot, part), header) in batch.slots.iter_mut().zip(&mut parts).zip(&mut headers) {
            let part = part.write(libc::iovec { iov_base: slot.data.as_mut_ptr().cast(), iov_len: DATA });
            header.msg_hdr.msg_name = (&raw mut slot.name).cast();
            header.msg_hdr.msg_namelen = size_of_val(&slot.name) as _;
            header.msg_hdr.msg_iov = part;
            header.msg_hdr.msg_iovlen = 1;
            header.msg_hdr.msg_control = slot.control.bytes.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = slot.control.bytes.len() as _;
        }
        let flags = flags | libc::MSG_DONTWAIT;
        // SAFETY: there are BATCH headers, all written above for as many slots and parts; each points to buffers that are writable for
        // the lengths it says and that outlive the call, during which nothing else touches them. No time limit is pointed to.
        let answer = unsafe { libc::recvmmsg(self.as_raw_fd(), headers.as_mut_ptr(), BATCH as _, flags as _, std::ptr::null_mut()) };
        let filled = usize::try_from(answer).map_err(|_| io::Error::last_os_error())?;
        for (slot, header) in batch.slots.iter_mut().zip(&headers).take(filled) {
            slot.data_length = (header.msg_len as usize).min(DATA);
            slot.name_length = header.msg_hdr.msg_namelen as usize;
            let written: usize = header.msg_hdr.msg_controllen as _;
            slot.control.length = written.min(slot.control.bytes.len());
        }
        batch.filled = filled;
        Ok(filled)
    }
}
