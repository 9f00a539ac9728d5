//! Where BFD's packets come in: one socket a family, for all sessions.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use allswell_link::bfd::packet::PORT;
use allswell_link::time::Moment;
use allswell_os::datagram::{BATCH, Batch, Options, Socket};
use allswell_os::wait::Waiter;

use crate::clocks::Clocks;

/// So much may be read from a socket before what is due gets its turn. A flood must not hold up what we have to send.
const PACKETS_A_ROUND: usize = 256;

/// A packet that came.
#[derive(Debug, Clone, Copy)]
pub(super) struct Came<'a> {
    pub(super) from: IpAddr,
    pub(super) at: Moment,
    pub(super) hop_limit: u8,
    pub(super) bytes: &'a [u8],
}

/// The sockets of both families, those that are needed.
#[derive(Debug, Default)]
pub(super) struct Ears {
    sockets: [Option<Socket>; 2],
    batch: Batch,
}

impl Ears {
    /// Opens that of a family, unless it is open.
    pub(super) fn open(&mut self, (waiter, token): (&Waiter, u64), is_v6: bool) -> io::Result<()> {
        let any: IpAddr = if is_v6 { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
        if let Some(place @ None) = self.sockets.get_mut(usize::from(is_v6)) {
            let socket = Socket::bind((any, PORT).into(), &Options { tells_way: true, ..Options::default() })?;
            waiter.add(&socket, token)?;
            *place = Some(socket);
        }
        Ok(())
    }

    /// Reads what has come, up to a limit, and hands it out. It says up to when all that came is known: where a socket was not read to its end,
    /// up to the last packet that was.
    pub(super) fn receive(&mut self, each: &mut dyn FnMut(Came<'_>)) -> Moment {
        let Self { sockets, batch } = self;
        let clocks = Clocks::read();
        let mut known = clocks.now();
        for socket in sockets.iter().flatten() {
            let (mut left, mut last) = (PACKETS_A_ROUND, Moment::default());
            // This socket sends nothing, so an error is no more than that nothing is there.
            while let Ok(count) = socket.receive(batch) {
                for packet in batch.packets() {
                    let at = clocks.moment(packet.stamp_ns);
                    last = last.max(at);
                    // A kernel that does not tell the hop limit cannot vouch for it.
                    each(Came { from: packet.from.ip(), at, hop_limit: packet.hop_limit.unwrap_or(0), bytes: packet.bytes });
                }
                left = left.saturating_sub(count);
                if count < BATCH {
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

    pub(super) fn overflowed(&self) -> u64 {
        self.sockets.iter().flatten().map(|socket| u64::from(socket.dropped().unwrap_or(0))).sum()
    }
}
