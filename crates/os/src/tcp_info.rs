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
    /// What was agreed upon: 1 timestamps, 2 selective acknowledgement, 4 window scale, 8 ECN, 32 data in the SYN.
    pub options: u8,
    /// The retransmission time-out.
    pub rto: Duration,
    /// How long an acknowledgement of ours may be delayed.
    pub delayed_ack: Duration,
    /// The largest segment that we send, in bytes.
    pub send_mss: u32,
    /// The largest segment that came, in bytes.
    pub receive_mss: u32,
    /// Segments sent and not acknowledged; of a listener the connections that wait to be accepted.
    pub unacked: u32,
    /// Of these, how many the peer holds out of order; of a listener how many may wait.
    pub sacked: u32,
    /// Of these, how many count as lost.
    pub lost: u32,
    /// Retransmitted segments in flight: those that our own kernel truly sent.
    pub retransmitted: u32,
    /// Since data was last sent.
    pub last_data_sent: Duration,
    /// Since data last came.
    pub last_data_received: Duration,
    /// Since an acknowledgement last came.
    pub last_ack_received: Duration,
    /// The path's maximum transmission unit, in bytes.
    pub path_mtu: u32,
    /// The smoothed round trip; zero before the first measurement.
    pub rtt: Duration,
    /// Its mean deviation.
    pub rtt_variance: Duration,
    /// The slow start threshold, in segments.
    pub slow_start_threshold: u32,
    /// The congestion window, in segments.
    pub congestion_window: u32,
    /// How far out of order segments may come before they count as lost.
    pub reordering: u32,
    /// The round trip as the receiving side estimates it.
    pub receive_rtt: Duration,
    /// Retransmissions in the connection's life, SYNs included.
    pub total_retrans: u32,
    /// The rate at which we pace, in bytes a second.
    pub pacing_rate: Option<u64>,
    /// Bytes that the peer acknowledged, our SYN counted as one.
    pub bytes_acked: Option<u64>,
    /// Bytes that came in order.
    pub bytes_received: Option<u64>,
    /// Segments sent, retransmissions included.
    pub segments_sent: Option<u32>,
    /// Segments that came.
    pub segments_received: Option<u32>,
    /// Bytes that wait in our kernel and were never sent.
    pub not_sent: Option<u32>,
    /// The least round trip of the last minutes.
    pub min_rtt: Option<Duration>,
    /// Segments with data that came.
    pub data_segments_received: Option<u32>,
    /// Segments with data that were sent.
    pub data_segments_sent: Option<u32>,
    /// The rate at which data was last delivered, in bytes a second.
    pub delivery_rate: Option<u64>,
    /// How long there was something to send.
    pub busy: Option<Duration>,
    /// Of that time, how long the peer's window held us back.
    pub receiver_limited: Option<Duration>,
    /// Of that time, how long our own send buffer held us back.
    pub send_buffer_limited: Option<Duration>,
    /// Segments delivered.
    pub delivered: Option<u32>,
    /// Of these, how many met congestion that a router marked.
    pub delivered_ce: Option<u32>,
    /// Bytes of data sent, retransmissions included.
    pub bytes_sent: Option<u64>,
    /// Bytes of data sent again.
    pub bytes_retransmitted: Option<u64>,
    /// Segments that the peer says came twice.
    pub duplicates_reported: Option<u32>,
    /// How often segments were seen out of order.
    pub reorderings_seen: Option<u32>,
    /// Segments that came out of order.
    pub received_out_of_order: Option<u32>,
    /// The window that the peer offers, in bytes.
    pub send_window: Option<u32>,
    /// The window that we offer, in bytes (Linux 6.2).
    pub receive_window: Option<u32>,
    /// How often another path was tried for want of answers (Linux 6.2).
    pub rehashes: Option<u32>,
    /// Retransmission time-outs (Linux 6.7).
    pub total_rto: Option<u16>,
    /// Retransmission time-outs that were followed by an answer (Linux 6.7).
    pub total_rto_recoveries: Option<u16>,
    /// How long the time-outs took that were followed by an answer (Linux 6.7).
    pub total_rto_time: Option<Duration>,
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
    let long_micros = |at| Some(Duration::from_micros(long(bytes, at)?));
    let [state, congestion_state, retransmits, probes, backoff, options] = *bytes.first_chunk()?;
    Some(TcpInfo {
        state: TcpState::from(state),
        congestion_state,
        retransmits,
        probes,
        backoff,
        options,
        rto: micros(8)?,
        delayed_ack: micros(12)?,
        send_mss: word(bytes, 16)?,
        receive_mss: word(bytes, 20)?,
        unacked: word(bytes, 24)?,
        sacked: word(bytes, 28)?,
        lost: word(bytes, 32)?,
        retransmitted: word(bytes, 36)?,
        last_data_sent: millis(44)?,
        last_data_received: millis(52)?,
        last_ack_received: millis(56)?,
        path_mtu: word(bytes, 60)?,
        rtt: micros(68)?,
        rtt_variance: micros(72)?,
        slow_start_threshold: word(bytes, 76)?,
        congestion_window: word(bytes, 80)?,
        reordering: word(bytes, 88)?,
        receive_rtt: micros(92)?,
        total_retrans: word(bytes, 100)?,
        pacing_rate: long(bytes, 104),
        bytes_acked: long(bytes, 120),
        bytes_received: long(bytes, 128),
        segments_sent: word(bytes, 136),
        segments_received: word(bytes, 140),
        not_sent: word(bytes, 144),
        min_rtt: micros(148),
        data_segments_received: word(bytes, 152),
        data_segments_sent: word(bytes, 156),
        delivery_rate: long(bytes, 160),
        busy: long_micros(168),
        receiver_limited: long_micros(176),
        send_buffer_limited: long_micros(184),
        delivered: word(bytes, 192),
        delivered_ce: word(bytes, 196),
        bytes_sent: long(bytes, 200),
        bytes_retransmitted: long(bytes, 208),
        duplicates_reported: word(bytes, 216),
        reorderings_seen: word(bytes, 220),
        received_out_of_order: word(bytes, 224),
        send_window: word(bytes, 228),
        receive_window: word(bytes, 232),
        rehashes: word(bytes, 236),
        total_rto: half(bytes, 240),
        total_rto_recoveries: half(bytes, 242),
        total_rto_time: millis(244),
    })
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|two| u16::from_ne_bytes(*two))
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|four| u32::from_ne_bytes(*four))
}

fn long(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|eight| u64::from_ne_bytes(*eight))
}

#[cfg(test)]
mod tests;
