//! What waits in the error queue: when packets left, and what others say against them.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::AsRawFd;
use std::sync::atomic::Ordering;

use crate::control::Control;
use crate::datagram::Socket;
use crate::datagram::receive::{address, stamp};
use crate::error_queue::{self, QueuedError, Said};

/// So many entries are taken with one call.
const AT_ONCE: usize = 32;

/// An entry of the error queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A packet left.
    Sent {
        /// Its number, as [`Socket::send`] said.
        number: u32,
        /// When: nanoseconds of the wall clock since 1970.
        stamp_ns: u64,
    },
    /// Somebody says something against a packet of ours.
    Against {
        /// Where the packet was going.
        to: SocketAddr,
        /// What is said, and by whom.
        said: QueuedError,
    },
}

impl Told {
    /// The address against which nobody listens: the target itself says so (port unreachable).
    #[must_use]
    pub fn refused(&self) -> Option<SocketAddr> {
        const PORT4: (u8, u8) = (3, 3);
        const PORT6: (u8, u8) = (1, 4);
        let Self::Against { to, said } = self else { return None };
        let is_port = match said.said {
            Said::Icmp => (said.kind, said.code) == PORT4,
            Said::Icmp6 => (said.kind, said.code) == PORT6,
            _ => false,
        };
        (is_port && said.offender == Some(to.ip())).then_some(*to)
    }

    /// Who says so, where it is somebody else.
    #[must_use]
    pub fn offender(&self) -> Option<IpAddr> {
        match self {
            Self::Against { said, .. } => said.offender,
            Self::Sent { .. } => None,
        }
    }
}

impl Socket {
    /// Takes what waits in the error queue, and hands out each entry. It allocates nothing. Before Linux 6.13 stamps are left out once after
    /// a packet was refused, since nobody knows any more whose they are.
    ///
    /// # Errors
    /// When the kernel refuses.
    pub fn told(&self, each: &mut dyn FnMut(Told)) -> io::Result<()> {
        let first = self.first.load(Ordering::Relaxed);
        let shifted = self.shifted.load(Ordering::Relaxed);
        self.take_all_told(&mut |told| match told {
            Told::Sent { .. } if shifted => {}
            Told::Sent { number, stamp_ns } => each(Told::Sent { number: number.wrapping_add(first), stamp_ns }),
            Told::Against { .. } => each(told),
        })?;
        if shifted { self.count_anew() } else { Ok(()) }
    }

    fn take_all_told(&self, each: &mut dyn FnMut(Told)) -> io::Result<()> {
        loop {
            match self.take_told(each) {
                Ok(AT_ONCE) => {}
                Ok(_) => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn take_told(&self, each: &mut dyn FnMut(Told)) -> io::Result<usize> {
        let mut controls = [Control::new(); AT_ONCE];
        // SAFETY: `mmsghdr` and `sockaddr_in6` are plain integers and pointers, for which all zeroes are valid.
        let (mut headers, mut names): ([libc::mmsghdr; AT_ONCE], [libc::sockaddr_in6; AT_ONCE]) = unsafe { std::mem::zeroed() };
        for ((header, name), control) in headers.iter_mut().zip(&mut names).zip(&mut controls) {
            header.msg_hdr.msg_name = (&raw mut *name).cast();
            header.msg_hdr.msg_namelen = size_of_val(name) as _;
            header.msg_hdr.msg_control = control.bytes.as_mut_ptr().cast();
            header.msg_hdr.msg_controllen = control.bytes.len() as _;
        }
        let flags = libc::MSG_ERRQUEUE | libc::MSG_DONTWAIT;
        // SAFETY: there are AT_ONCE headers, all written above for as many names and control buffers, which are writable for the lengths that
        // they say and outlive the call; no data is wanted, and no time limit is pointed to.
        let answer = unsafe { libc::recvmmsg(self.fd.as_raw_fd(), headers.as_mut_ptr(), AT_ONCE as _, flags as _, std::ptr::null_mut()) };
        let filled = usize::try_from(answer).map_err(|_| io::Error::last_os_error())?;
        for ((header, name), control) in headers.iter().zip(&names).zip(&mut controls).take(filled) {
            let written: usize = header.msg_hdr.msg_controllen as _;
            control.length = written.min(control.bytes.len());
            if let Some(told) = understood(name, control) {
                each(told);
            }
        }
        Ok(filled)
    }
}

fn understood(name: &libc::sockaddr_in6, control: &Control) -> Option<Told> {
    let mut stamp_ns = None;
    let mut said = None;
    let mut number = 0;
    for (level, kind, data) in control.messages() {
        match (level, kind) {
            (libc::SOL_SOCKET, libc::SO_TIMESTAMPING) => stamp_ns = stamp(data),
            (libc::SOL_IP, libc::IP_RECVERR) | (libc::SOL_IPV6, libc::IPV6_RECVERR) => {
                said = error_queue::entry(data);
                // `ee_data`: for a stamp the number of the packet.
                number = data.get(12..)?.first_chunk().map_or(0, |four| u32::from_ne_bytes(*four));
            }
            _ => {}
        }
    }
    let said = said?;
    if said.said == Said::Other(libc::SO_EE_ORIGIN_TIMESTAMPING) {
        return Some(Told::Sent { number, stamp_ns: stamp_ns? });
    }
    Some(Told::Against { to: address(name)?, said })
}
