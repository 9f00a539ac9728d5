//! Whether the peer's stream is whole: it is when all that its kernel sent was read, and its FIN came.

use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU64, Ordering};

use allswell_os::socket;
use allswell_os::tcp_info::{self, TcpState};

use crate::evidence::Evidence;

/// How many of the peer's bytes were read, those before the watching began included.
///
/// The kernel counts a FIN as one byte that came (`tcp_rcv_nxt_update` of `net/ipv4/tcp_input.c`), and no read ever brings it.
pub(crate) struct Received {
    /// `None` where the beginning is not known.
    read: Option<AtomicU64>,
}

impl Received {
    /// Of a stream of which somebody may have read already.
    pub(crate) fn so_far(fd: BorrowedFd<'_>) -> Self {
        Self { read: read_already(fd).map(AtomicU64::new) }
    }

    pub(crate) fn add(&self, bytes: usize) {
        if let Some(read) = &self.read {
            read.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    /// Of a connection that is over. `None` where it cannot be told: bytes were read beside this, an urgent byte came (which no ordinary read
    /// brings either), or an older kernel does not count.
    pub(crate) fn whole(&self, evidence: &Evidence, urgent: bool) -> Option<bool> {
        if urgent {
            return None;
        }
        let read = self.read.as_ref()?.load(Ordering::Relaxed);
        let came = evidence.tcp.as_ref()?.bytes_received?;
        match came.checked_sub(read.checked_add(evidence.unread)?)? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

fn read_already(fd: BorrowedFd<'_>) -> Option<u64> {
    let unread = socket::unread(fd).ok()?;
    let tcp = tcp_info::read(fd).ok()?;
    let finished = match tcp.state {
        TcpState::Close => return None,
        TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait => 1,
        _ => 0,
    };
    // Nothing came between the questions, so that they are about the same bytes.
    (socket::unread(fd).ok()? == unread).then_some(())?;
    tcp.bytes_received?.checked_sub(unread + finished)
}
