//! The mesh's sockets: one a family, for all sessions. Which probe a send stamp belongs to is remembered here.

use std::io;
use std::net::SocketAddr;
use std::os::fd::{AsFd, BorrowedFd};

use allswell_link::outbox::SentProbe;
use allswell_link::time::{Moment, Stamp};
use allswell_os::datagram::{Batch, Options, Socket, Told};

use crate::clocks::Clocks;
use allswell_os::errno::EAFNOSUPPORT;

/// So many packets of which the stamp is not known yet: those of a fifth of a second of the largest mesh, and no more than the caches hold.
/// Older ones are given up.
const UNSTAMPED: u32 = 2_048;

/// All of them.
#[derive(Debug)]
pub(crate) struct Sockets {
    all: Vec<Bound>,
}

#[derive(Debug)]
struct Bound {
    socket: Socket,
    /// By the lower bits of the number.
    unstamped: Box<[Option<(u32, SentProbe)>]>,
}

/// A packet that came.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came<'a> {
    pub(crate) from: SocketAddr,
    pub(crate) at: Moment,
    pub(crate) stamp: Stamp,
    pub(crate) bytes: &'a [u8],
}

/// What was told of packets that we sent.
#[derive(Debug, Clone, Copy)]
pub(crate) enum News {
    /// A probe left.
    Left(SentProbe, Stamp),
    /// Nobody listens there, says its kernel.
    Refused(SocketAddr),
}

impl Sockets {
    /// Opens one for each address.
    pub(crate) fn open(addresses: &[SocketAddr]) -> Result<Self, (SocketAddr, io::Error)> {
        // RFC 5881 sends with 255, and so do we: a receiver may tell neighbours from strangers.
        let options = Options { hop_limit: Some(255), class: Some(CLASS), stamps_sent: true, ..Options::default() };
        let open = |address: &SocketAddr| {
            let socket = Socket::bind(*address, &options).map_err(|error| (*address, error))?;
            Ok(Bound { socket, unstamped: vec![None; UNSTAMPED as usize].into() })
        };
        Ok(Self { all: addresses.iter().map(open).collect::<Result<_, _>>()? })
    }

    /// What to wait on.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.all.iter().map(|bound| bound.socket.as_fd())
    }

    /// Where they listen.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.all.iter().filter_map(|bound| bound.socket.local().ok()).collect()
    }

    /// Sends a packet. What the kernel refuses is as lost as on a cable.
    ///
    /// # Errors
    /// The number of why it did not leave.
    pub(crate) fn send(&mut self, to: SocketAddr, bytes: &[u8], probe: Option<SentProbe>) -> Result<(), i32> {
        let bound = self.all.iter_mut().find(|bound| bound.socket.speaks(to.ip())).ok_or(EAFNOSUPPORT)?;
        match bound.socket.send(to, bytes) {
            Ok(number) => {
                let place = bound.unstamped.get_mut((number % UNSTAMPED) as usize);
                if let Some(place) = place {
                    *place = probe.map(|probe| (number, probe));
                }
                Ok(())
            }
            Err(error) => Err(error.raw_os_error().unwrap_or(0)),
        }
    }

    /// Reads the packets that have come, so many at most from each socket, and hands them out. It says up to when all that came is known:
    /// where a socket was not read to its end, up to the last packet that was.
    pub(crate) fn receive(&mut self, batch: &mut Batch, at_most: usize, each: &mut dyn FnMut(Came<'_>)) -> Moment {
        let mut known = Moment(u64::MAX);
        for bound in &self.all {
            let (mut left, mut last) = (at_most, Moment::default());
            // An error here is about an earlier packet of ours, and is told by the error queue.
            while let Ok(count) = bound.socket.receive(batch).or_else(|_| bound.socket.receive(batch)) {
                // Read anew for each batch: a stamp must not be later than what it is compared with.
                let clocks = Clocks::read();
                for packet in batch.packets() {
                    let at = clocks.moment(packet.stamp_ns);
                    last = last.max(at);
                    if packet.truncated {
                        continue;
                    }
                    each(Came { from: packet.from, at, stamp: Stamp(packet.stamp_ns), bytes: packet.bytes });
                }
                left = left.saturating_sub(count);
                if count < allswell_os::datagram::BATCH {
                    break;
                }
                if left == 0 {
                    known = known.min(last);
                    break;
                }
            }
        }
        known
    }

    /// Takes what was told of packets that we sent; says whether there was anything.
    pub(crate) fn told(&mut self, each: &mut dyn FnMut(News)) -> bool {
        let mut any = false;
        for Bound { socket, unstamped } in &mut self.all {
            // Nothing but a bug makes this fail, and the next round asks again.
            let _ = socket.told(&mut |told| {
                any = true;
                match told {
                    Told::Sent { number, stamp_ns } => {
                        let place = unstamped.get_mut((number % UNSTAMPED) as usize);
                        if let Some((known, probe)) = place.and_then(Option::take)
                            && known == number
                        {
                            each(News::Left(probe, Stamp(stamp_ns)));
                        }
                    }
                    Told::Against { .. } => told.refused().into_iter().for_each(|address| each(News::Refused(address))),
                }
            });
        }
        any
    }
}

/// CS6, as routers send what keeps the network together (RFC 4594; FRR's BFD does the same).
const CLASS: u8 = 0xc0;
