//! Through which one session speaks: a socket of its own, since each has a source port of its own (RFC 5881, 4).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use allswell_link::bfd::packet::{HOP_LIMIT, PORT, SOURCE_PORTS};
use allswell_model::UnknownCause;
use allswell_os::datagram::{Batch, Options, Socket};
use allswell_os::errno::EADDRINUSE;
use allswell_os::route;
use allswell_os::socket::Via;

use crate::own::Own;

/// CS6, as routers send what keeps the network together (RFC 4594).
const CLASS: u8 = 0xc0;

/// How many ports are tried. When half of them are taken, one session in a million finds none.
const TRIES: u16 = 20;

/// What keeps packets from being heard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// This interface of ours has no carrier.
    NoCarrier(String),
    /// Our own kernel does not send them; as it says, its number.
    Unsent(i32),
    /// The peer's kernel says that nobody listens.
    Refused,
}

impl Trouble {
    /// As results name it, where it is ours.
    pub(super) fn own(&self) -> Option<UnknownCause> {
        match self {
            Self::NoCarrier(_) => Some(UnknownCause::NO_GATEWAY),
            Self::Unsent(number) => Own::unsent(*number).as_ref().map(Own::cause),
            Self::Refused => None,
        }
    }
}

/// A socket to speak through.
#[derive(Debug)]
pub(super) struct Mouth {
    socket: Socket,
    to: SocketAddr,
    trouble: Option<Trouble>,
}

impl Mouth {
    /// Opens one, from a port that chance chooses.
    pub(super) fn open(to: IpAddr, chance: u16) -> io::Result<Self> {
        let any: IpAddr = if to.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        let options = Options { hop_limit: Some(HOP_LIMIT), class: Some(CLASS), ..Options::default() };
        // The ports are the upper quarter of all: those whose two highest bits are set. An odd stride goes through all of them.
        let ports = (0..TRIES).map(|nth| chance.wrapping_add(nth.wrapping_mul(7919)) | SOURCE_PORTS.start());
        let mut last = io::Error::from_raw_os_error(EADDRINUSE);
        for port in ports {
            match Socket::bind((any, port).into(), &options) {
                Ok(socket) => return Ok(Self { socket, to: (to, PORT).into(), trouble: None }),
                Err(error) if error.raw_os_error() == Some(EADDRINUSE) => last = error,
                Err(error) => return Err(error),
            }
        }
        Err(last)
    }

    /// Sends a packet. What the kernel refuses is as lost as on a cable; it is remembered why. True when it left.
    ///
    /// Nobody answers to our port. What comes there all the same is thrown away, lest it fill the kernel's memory.
    pub(super) fn send(&mut self, bytes: &[u8], waste: &mut Batch) -> bool {
        let mut refused = false;
        // Nothing but a bug makes this fail.
        let _ = self.socket.told(&mut |told| refused |= told.refused().is_some());
        let _ = self.socket.receive(waste);
        let sent = self.socket.send(self.to, bytes);
        self.trouble = match &sent {
            Err(error) => Some(Trouble::Unsent(error.raw_os_error().unwrap_or(0))),
            Ok(_) if refused => Some(Trouble::Refused),
            // Kernels do not complain of every packet.
            Ok(_) => self.trouble.take().filter(|trouble| *trouble == Trouble::Refused),
        };
        sent.is_ok()
    }

    /// The peer was heard: somebody listens.
    pub(super) fn heard(&mut self) {
        self.trouble = None;
    }

    /// What keeps packets from being heard, to be asked while they are not. The kernel is asked for the way: without a carrier it refuses
    /// some packets, and keeps others until somebody answers for the address.
    pub(super) fn trouble(&self) -> Option<Trouble> {
        let known = self.trouble.clone();
        if matches!(known, Some(Trouble::Refused)) {
            return known;
        }
        let way = route::lookup(self.to.ip(), &Via::default()).ok();
        let dead = way.filter(|way| !way.carrier && !way.local);
        dead.map(|way| Trouble::NoCarrier(way.interface)).or(known)
    }
}

#[cfg(test)]
mod tests;
