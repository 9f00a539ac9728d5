//! The relay's thread: reads what comes, sends what is due, and sleeps exactly as long as it may.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot work fails its test")]

use std::net::UdpSocket;
use std::num::NonZeroU64;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use allswell_os::clock;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::retry_on_intr;
use rustix::net::sockopt::set_socket_recv_buffer_size;
use rustix::thread::set_current_timer_slack;

use super::direction::Direction;

/// A sleeper wakes some microseconds after its time, so the relay wakes before, and asks the clock again and again for the rest.
const AWAKE_BEFORE_NS: u64 = 80_000;

/// So many datagrams of one side are read before those that are due are sent.
const READ_AT_ONCE: usize = 32;

/// The most that a UDP datagram holds.
const LONGEST: usize = 65_535;

/// For a burst that comes while the relay does not get a processor; the kernel may grant less.
const BUFFER_BYTES: usize = 4 << 20;

/// What the thread works with.
pub(crate) struct Desk {
    /// The relay's sockets on the sides of A and of B.
    pub(crate) sockets: [Arc<UdpSocket>; 2],
    /// From A to B, and from B to A.
    pub(crate) ways: [Arc<Direction>; 2],
    /// Ends the thread when its other end is closed.
    pub(crate) stopped: OwnedFd,
}

/// Shapes a socket for the relay.
pub(crate) fn prepare(socket: &UdpSocket) {
    socket.set_nonblocking(true).unwrap();
    set_socket_recv_buffer_size(socket, BUFFER_BYTES).unwrap();
}

impl Desk {
    pub(crate) fn serve(&self) {
        // By default the kernel may let a thread oversleep by 50 microseconds.
        set_current_timer_slack(NonZeroU64::new(1)).unwrap();
        let mut buffer = vec![0; LONGEST];
        loop {
            self.send_due();
            let [a, b] = &self.sockets;
            let mut fds = [a.as_fd(), b.as_fd(), self.stopped.as_fd()].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            let pause = self.pause();
            retry_on_intr(|| poll(&mut fds, pause.as_ref())).unwrap();
            let [from_a, from_b, ended] = fds.map(|fd| !fd.revents().is_empty());
            if ended {
                return;
            }
            let [forward, backward] = &self.ways;
            if from_a {
                read(a, forward, backward, &mut buffer);
            }
            if from_b {
                read(b, backward, forward, &mut buffer);
            }
        }
    }

    fn send_due(&self) {
        for way in &self.ways {
            while way.send_due(now_ns()) {}
        }
    }

    /// How long nothing is due; for ever, when nothing is under way.
    fn pause(&self) -> Option<Timespec> {
        let next_ns = self.ways.iter().filter_map(|way| way.next_ns()).min()?;
        let pause = Duration::from_nanos(next_ns.saturating_sub(now_ns()).saturating_sub(AWAKE_BEFORE_NS));
        Timespec::try_from(pause).ok()
    }
}

/// Reads what came to a socket: it goes one way, and who sent it is where the other way leads.
fn read(socket: &UdpSocket, way: &Direction, back: &Direction, buffer: &mut [u8]) {
    for _ in 0..READ_AT_ONCE {
        let Ok((length, from)) = socket.recv_from(buffer) else { return };
        if back.admits(from) {
            way.take_in(now_ns(), buffer.get(..length).unwrap_or_default());
        } else {
            way.refuse();
        }
    }
}

/// The monotonic clock, which `std::time::Instant` reads too.
fn now_ns() -> u64 {
    u64::try_from(clock::monotonic().as_nanos()).unwrap_or(u64::MAX)
}
