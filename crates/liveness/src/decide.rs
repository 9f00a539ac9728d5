//! From what was seen to what is so. Pure: nothing is asked here, and no clock is read.

use std::net::IpAddr;

use allswell_os::errno::{
    EACCES, ECONNABORTED, ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP, EPERM, EPIPE, EPROTO, ETIMEDOUT,
};
use allswell_os::error_queue::QueuedError;
use allswell_os::events::Events;
use allswell_os::tcp_info::{TcpInfo, TcpState};

use crate::patience::Patience;
use crate::proof::Proof;
use crate::state::{Side, State};
use crate::who::{Soft, Who};

/// What is known of an end besides the figures.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reason<'a> {
    /// The error that was taken.
    pub(crate) error: Option<i32>,
    /// Who said so.
    pub(crate) said: Option<&'a QueuedError>,
    /// Our own address: an offender of that name is our own kernel.
    pub(crate) local: Option<IpAddr>,
    /// Whether the handshake was ever completed.
    pub(crate) established: bool,
    /// Whether the kernel would have kept who said so.
    pub(crate) keeps_who: bool,
    /// What was said earlier, and did not end the connection.
    pub(crate) soft: Option<Soft>,
    /// How many of the acknowledged bytes were our SYN: one for who connected, none for who accepted; `None` when not known.
    pub(crate) syn: Option<u64>,
}

impl Reason<'_> {
    fn who(&self) -> Who {
        Who::of(self.said, self.local)
    }

    /// What was said just now against a connection that goes on, or else earlier.
    pub(crate) fn soft(&self) -> Option<Soft> {
        self.error.map(|errno| Soft { errno, who: self.who() }).or(self.soft)
    }
}

/// What the owner of a socket can say of it.
pub(crate) fn state(events: Events, tcp: &TcpInfo, reason: &Reason<'_>, patience: &Patience) -> State {
    match tcp.state {
        TcpState::Close if never_connected(events) => State::NotConnected,
        TcpState::Close => match reason.error {
            Some(errno) => end(errno, reason),
            None if our_fin_was_acknowledged(tcp, reason.syn) => State::ClosedInOrder,
            None => State::Ended { pending: false },
        },
        _ => standing(events, tcp, reason.soft(), patience),
    }
}

/// What somebody else may say of a socket without touching it: why it ended is for its owner to hear.
pub(crate) fn borrowed(events: Events, tcp: &TcpInfo, patience: &Patience) -> State {
    match tcp.state {
        TcpState::Close if never_connected(events) => State::NotConnected,
        TcpState::Close if events.contains(Events::ERR) => State::Ended { pending: true },
        TcpState::Close if our_fin_was_acknowledged(tcp, None) => State::ClosedInOrder,
        TcpState::Close => State::Ended { pending: false },
        _ => standing(events, tcp, None, patience),
    }
}

/// The end that an error number means (`tcp_reset` of `net/ipv4/tcp_input.c`, `tcp_write_err` of `tcp_timer.c`, `tcp_abort`).
pub(crate) fn end(errno: i32, reason: &Reason<'_>) -> State {
    match errno {
        ECONNRESET => State::Reset,
        EPIPE => State::ResetAfterFin,
        ETIMEDOUT => State::TimedOut { soft: reason.soft },
        ECONNABORTED => State::KilledLocally,
        // An established connection times out with the last thing that was said against it.
        _ if is_icmp(errno) && reason.established => State::TimedOut { soft: Some(Soft { errno, who: reason.who() }) },
        ECONNREFUSED if reason.said.is_none() => State::Refused { who: if reason.keeps_who { Who::Peer } else { Who::Unknown } },
        ECONNREFUSED => State::Refused { who: reason.who() },
        _ if is_icmp(errno) => State::Unreachable { who: reason.who() },
        errno => State::Failed { errno },
    }
}

/// Errors that are taken from a connection; all others are about the call.
pub(crate) fn is_of_the_connection(errno: i32) -> bool {
    matches!(errno, ECONNRESET | EPIPE | ETIMEDOUT | ECONNABORTED) || is_icmp(errno)
}

/// Errors that an ICMP message becomes (`icmp_err_convert` of `net/ipv4/icmp.c`, `tab_unreach` of `net/ipv6/icmp.c`).
fn is_icmp(errno: i32) -> bool {
    matches!(errno, EHOSTUNREACH | ENETUNREACH | EACCES | EPERM | ECONNREFUSED | ENOPROTOOPT | EPROTO | EOPNOTSUPP)
}

/// An attempt that failed on the way, and whatever was connected once, cannot be read from any more; this one still could.
fn never_connected(events: Events) -> bool {
    !events.contains(Events::RDHUP)
}

/// The peer's acknowledgements cover our data, our SYN (if we opened the connection) and our FIN (if we sent one). Where it is not known
/// who opened, two more than the data are both, and one more may be either: nobody can tell an orderly end from an error that
/// somebody else has read.
pub(crate) fn our_fin_was_acknowledged(tcp: &TcpInfo, syn: Option<u64>) -> bool {
    match beyond_data(tcp) {
        Some(beyond) => beyond > syn.unwrap_or(1),
        // An older kernel does not count; there, no error means no trouble.
        None => true,
    }
}

/// Acknowledged bytes that were no data.
pub(crate) fn beyond_data(tcp: &TcpInfo) -> Option<u64> {
    Some(tcp.bytes_acked?.saturating_sub(tcp.bytes_sent?.saturating_sub(tcp.bytes_retransmitted?)))
}

fn standing(events: Events, tcp: &TcpInfo, soft: Option<Soft>, patience: &Patience) -> State {
    match tcp.state {
        TcpState::Listen => return State::Listening,
        TcpState::SynSent | TcpState::SynReceived => return State::Connecting { soft },
        _ => {}
    }
    let proof = Proof::of(tcp);
    if is_stalled(tcp, patience) {
        return State::Stalled { silent: proof.age, soft };
    }
    if let Some(waiting) = waits_for_the_reader(tcp, patience) {
        return State::PeerNotReading { waiting };
    }
    let reading_shut = events.contains(Events::RDHUP);
    match tcp.state {
        TcpState::CloseWait => State::HalfClosedByPeer,
        TcpState::FinWait1 | TcpState::FinWait2 if reading_shut => State::HalfClosedByUs { side: Side::Both },
        TcpState::FinWait1 | TcpState::FinWait2 => State::HalfClosedByUs { side: Side::Writing },
        TcpState::Closing | TcpState::LastAck | TcpState::TimeWait => State::Closing,
        // The peer's FIN would have left this state behind, so it was our own `shutdown`.
        _ if reading_shut => State::HalfClosedByUs { side: Side::Reading },
        _ if proof.age < patience.fresh => State::Alive,
        _ => State::Idle,
    }
}

/// Something was sent, or asked by a keepalive, and the answer is overdue.
pub(crate) fn is_stalled(tcp: &TcpInfo, patience: &Patience) -> bool {
    // An old acknowledgement proves nothing against a peer that was not asked since.
    let silent = tcp.last_ack_received.min(tcp.last_data_sent);
    let overdue = silent >= patience.silence && silent >= tcp.rto.saturating_mul(2);
    tcp.unacked > 0 && (tcp.retransmits >= patience.unanswered || overdue) || tcp.probes >= patience.unanswered
}

/// Bytes that wait because the window has been shut for a while, and the peer's kernel answers our probes of it. For a moment it is shut
/// before every reader that is slower than we are, and at full speed too; each time it opens, data is sent.
pub(crate) fn waits_for_the_reader(tcp: &TcpInfo, patience: &Patience) -> Option<u32> {
    let waiting = tcp.not_sent.filter(|waiting| *waiting > 0)?;
    let shut = tcp.send_window.map_or(tcp.backoff > 0, |window| window < tcp.send_mss.min(waiting));
    (shut && tcp.unacked == 0 && tcp.retransmits == 0 && tcp.last_data_sent >= patience.silence).then_some(waiting)
}

#[cfg(test)]
mod tests;
