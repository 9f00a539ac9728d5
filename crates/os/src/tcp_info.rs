//! What the kernel knows of one TCP connection (`TCP_INFO`).
//!
//! Reading it has no side effects. Older kernels return fewer bytes, so it is parsed by the length that came.

use std::io;
use std::os::fd::AsFd;
use std::time::Duration;

use crate::option;

/// The state of a TCP connection (`net/tcp_states.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the states of RFC 9293, under their own names")]
pub enum TcpState {
    Established,
    SynSent,
    SynReceived,
    FinWait1,
    FinWait2,
    TimeWait,
    Close,
    CloseWait,
    LastAck,
    Listen,
    Closing,
    /// A number that this file does not know.
    Other(u8),
}

impl From<u8> for TcpState {
    fn from(number: u8) -> Self {
        match number {
            1 => Self::Established,
            2 => Self::SynSent,
            3 | 12 => Self::SynReceived,
            4 => Self::FinWait1,
            5 => Self::FinWait2,
            6 => Self::TimeWait,
            7 => Self::Close,
            8 => Self::CloseWait,
            9 => Self::LastAck,
            10 => Self::Listen,
            11 => Self::Closing,
            other => Self::Other(other),
        }
    }
}

/// The figures of one connection. Those that came after Linux 2.6 are absent where the kernel does not have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TcpInfo {
    /// Its state.
    pub state: TcpState,
    /// The congestion state: 0 open, 1 disorder, 2 window reduced, 3 recovery, 4 loss.
    pub congestion_state: u8,
    /// Retransmissions since the last acknowledgement, SYNs included.
    pub retransmits: u8,
    /// Unanswered keepalive or zero-window probes.
    pub probes: u8,
    /// How often the retransmission time was doubled.
    pub backoff: u8,
    /// The retransmission time-out.
    pub rto: Duration,
    /// Segments sent and not acknowledged.
    pub unacked: u32,
    /// Retransmitted segments in flight: those that our own kernel truly sent.
    pub retransmitted: u32,
    /// Since data was last sent.
    pub last_data_sent: Duration,
    /// Since data last came.
    pub last_data_received: Duration,
    /// Since an acknowledgement last came.
    pub last_ack_received: Duration,
    /// The path's maximum transmission unit.
    pub path_mtu: u32,
    /// The smoothed round trip; zero before the first measurement.
    pub rtt: Duration,
    /// Its mean deviation.
    pub rtt_variance: Duration,
    /// Retransmissions in the connection's life, SYNs included.
    pub total_retrans: u32,
    /// Bytes that the peer acknowledged.
    pub bytes_acked: Option<u64>,
    /// Bytes that came in order.
    pub bytes_received: Option<u64>,
    /// Bytes that wait in our kernel and were never sent.
    pub not_sent: Option<u32>,
    /// The least round trip of the last minutes.
    pub min_rtt: Option<Duration>,
    /// The window that the peer offers.
    pub send_window: Option<u32>,
}

/// Reads the figures.
///
/// # Errors
/// When the descriptor is not a TCP socket.
pub fn read(fd: impl AsFd) -> io::Result<TcpInfo> {
    let mut bytes = [0; 512];
    let length = option::read(fd.as_fd(), libc::SOL_TCP, libc::TCP_INFO, &mut bytes)?;
    bytes.get(..length).and_then(parse).ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// `struct tcp_info`; the offsets have not moved since Linux 2.6 because it only ever grows at its end.
fn parse(bytes: &[u8]) -> Option<TcpInfo> {
    let millis = |at| Some(Duration::from_millis(u64::from(word(bytes, at)?)));
    let micros = |at| Some(Duration::from_micros(u64::from(word(bytes, at)?)));
    let [state, congestion_state, retransmits, probes, backoff] = *bytes.first_chunk()?;
    Some(TcpInfo {
        state: TcpState::from(state),
        congestion_state,
        retransmits,
        probes,
        backoff,
        rto: micros(8)?,
        unacked: word(bytes, 24)?,
        retransmitted: word(bytes, 36)?,
        last_data_sent: millis(44)?,
        last_data_received: millis(52)?,
        last_ack_received: millis(56)?,
        path_mtu: word(bytes, 60)?,
        rtt: micros(68)?,
        rtt_variance: micros(72)?,
        total_retrans: word(bytes, 100)?,
        bytes_acked: long(bytes, 120),
        bytes_received: long(bytes, 128),
        not_sent: word(bytes, 144),
        min_rtt: micros(148),
        send_window: word(bytes, 228),
    })
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_ne_bytes(*four))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_ne_bytes(*eight))
}

#[cfg(test)]
mod tests;
