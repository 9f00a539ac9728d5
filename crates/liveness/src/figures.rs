//! What follows from `TCP_INFO`: ratios, ages, and who holds a connection back.

use std::time::Duration;

use allswell_os::tcp_info::TcpInfo;

use crate::proof::Proof;

/// Figures derived from what the kernel counts.
///
/// ```
/// # use std::net::{TcpListener, TcpStream};
/// use allswell_liveness::{Figures, tcp_info};
/// # let listener = TcpListener::bind("127.0.0.1:0")?;
/// # let stream = TcpStream::connect(listener.local_addr()?)?;
/// let before = tcp_info(&stream)?;
/// // ... some seconds of traffic ...
/// let figures = Figures::between(&before, &tcp_info(&stream)?);
/// assert_eq!(figures.limited_by(), None); // nothing was under way
/// # std::io::Result::Ok(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    proof: Proof,
    sent: Option<u64>,
    retransmitted: Option<u64>,
    busy: Option<Duration>,
    receiver: Option<Duration>,
    send_buffer: Option<Duration>,
}

/// Who kept a connection from sending faster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Limit {
    /// We did: there was nothing to send, or our send buffer was too small for the path.
    Application,
    /// The peer did: its window was shut, so its application reads slowly.
    Receiver,
    /// The path did: congestion or its round trip.
    Network,
}

impl Figures {
    /// Of the connection's whole life.
    #[must_use]
    pub fn of(tcp: &TcpInfo) -> Self {
        Self {
            proof: Proof::of(tcp),
            sent: tcp.bytes_sent,
            retransmitted: tcp.bytes_retransmitted,
            busy: tcp.busy,
            receiver: tcp.receiver_limited,
            send_buffer: tcp.send_buffer_limited,
        }
    }

    /// Of the time between two readings. A connection that was fast in its youth may be slow now: only this shows it.
    #[must_use]
    pub fn between(earlier: &TcpInfo, later: &TcpInfo) -> Self {
        let (was, is) = (Self::of(earlier), Self::of(later));
        let span = |from: Option<Duration>, to: Option<Duration>| Some(to?.saturating_sub(from?));
        let count = |from: Option<u64>, to: Option<u64>| Some(to?.saturating_sub(from?));
        Self {
            proof: is.proof,
            sent: count(was.sent, is.sent),
            retransmitted: count(was.retransmitted, is.retransmitted),
            busy: span(was.busy, is.busy),
            receiver: span(was.receiver, is.receiver),
            send_buffer: span(was.send_buffer, is.send_buffer),
        }
    }

    /// The last sign of life, and its age.
    #[must_use]
    pub fn proof(&self) -> Proof {
        self.proof
    }

    /// Bytes sent again for each byte sent, from 0 to 1. `None` when nothing was sent, or the kernel does not count (before Linux 4.19).
    #[must_use]
    pub fn retransmit_ratio(&self) -> Option<f64> {
        let sent = self.sent.filter(|sent| *sent > 0)?;
        Some(self.retransmitted? as f64 / sent as f64)
    }

    /// Who held it back while there was something to send: whoever did for more than half of that time, else the network.
    /// `None` when there was nothing to send, or the kernel does not count (before Linux 4.10).
    #[must_use]
    pub fn limited_by(&self) -> Option<Limit> {
        let busy = self.busy.filter(|busy| !busy.is_zero())?;
        let most = |part: Option<Duration>| part.is_some_and(|part| part.saturating_mul(2) > busy);
        Some(match () {
            () if most(self.receiver) => Limit::Receiver,
            () if most(self.send_buffer) => Limit::Application,
            () => Limit::Network,
        })
    }
}

#[cfg(test)]
mod tests;
