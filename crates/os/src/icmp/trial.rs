//! Whether echoes of one kind work here, found by sending one to this host's own loopback.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::icmp::heard::Heard;
use crate::icmp::kind::{Family, Kind};
use crate::icmp::receive::Batch;
use crate::icmp::send::{Request, Way};
use crate::icmp::{RAW_IDS, Socket};

/// Loopback answers at once; who has not answered by then does not.
const PATIENCE: Duration = Duration::from_millis(500);

/// What came of it.
#[derive(Debug)]
pub enum Trial {
    /// The reply came back.
    Answered,
    /// The socket may not be opened, or may not send.
    Refused(io::Error),
    /// It was sent and nothing came: a firewall on this very host, or echoes are switched off.
    Silent,
}

/// Sends one echo to the loopback by this kind of socket and waits for its reply, half a second at most.
#[must_use]
pub fn try_loopback(family: Family, kind: Kind) -> Trial {
    match exchange(family, kind) {
        Ok(true) => Trial::Answered,
        Ok(false) => Trial::Silent,
        Err(error) => Trial::Refused(error),
    }
}

fn exchange(family: Family, kind: Kind) -> io::Result<bool> {
    let ip: IpAddr = match family {
        Family::V4 => Ipv4Addr::LOCALHOST.into(),
        Family::V6 => Ipv6Addr::LOCALHOST.into(),
    };
    // Any block but the first does: it only has to be another one than a neighbour's by chance.
    let id = u16::try_from(std::process::id() & 0xffff).unwrap_or(RAW_IDS) | RAW_IDS;
    let socket = Socket::open(family, kind, id, false)?;
    let way = Way::default();
    let request = Request { to: SocketAddr::new(ip, 0), way: &way, hop_limit: None, id, sequence: 1, payload: b"allswell", size: 16 };
    socket.send(&request)?;
    let until = Instant::now() + PATIENCE;
    let mut batch = Batch::new(&socket);
    while wait(&socket, until)? {
        match socket.receive(&mut batch) {
            Ok(_) if batch.heard().any(|heard| matches!(heard, Heard::Reply(reply) if reply.from == ip)) => return Ok(true),
            Err(error) if error.kind() != io::ErrorKind::WouldBlock => return Err(error),
            _ => {}
        }
    }
    Ok(false)
}

/// Whether something came before the deadline.
fn wait(socket: &Socket, until: Instant) -> io::Result<bool> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() {
        return Ok(false);
    }
    let timeout = Timespec::try_from(left).map_err(|_| io::ErrorKind::InvalidInput)?;
    match poll(&mut [PollFd::new(socket, PollFlags::IN)], Some(&timeout)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(true),
        Err(errno) => Err(errno.into()),
    }
}
