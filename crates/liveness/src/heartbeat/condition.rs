//! Why a question was not answered, from the kernel's figures alone. Pure: two readings in, one condition out.
//!
//! What the figures can prove, measured on Linux 6.18:
//! * While the window is open its right edge (`bytes_acked + send_window`) tells nothing: with small pings it moves on by exactly what was
//!   acknowledged, whether anybody reads or not, and bulk data makes it grow by itself. Once the window is shut the edge moves only when the
//!   application takes bytes out. Then what waits goes out at once, and probes do not count as data: so `last_data_sent` is how long ago that was.
//! * It moves in steps. Room is announced when a merged segment (up to 64 kB) was read as a whole and a sixteenth of the buffer is free; a
//!   buffer of 128 kB that is overfull takes all of it. A reader so slow that half of our patience brings no step looks like one that is stopped.
//! * A shut window is probed ever more seldom, and one probe may go unanswered by a live kernel (it answers at most two a second): two in a
//!   row may not.
//! * What our own host drops (firewall, no route, link down) stays unsent with the window open, or is never seen to be sent again.

use std::time::{Duration, Instant};

use allswell_os::tcp_info::{TcpInfo, TcpState};

use super::beat::Miss;

/// The kernel counts "how long ago" in ticks of up to 10 ms, and the ping is written a little after it was due.
const SLACK: Duration = Duration::from_millis(20);

/// Why a question was not answered. Its `Display` is a sentence for who has to act on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Condition {
    /// The connection has ended; a read says how.
    Ended(TcpState),
    /// Ours: no byte went to our kernel since the ping was due.
    NotWritten {
        /// Since data was last sent.
        last_sent: Duration,
    },
    /// Ours: our own host does not send it, though the window is open and nothing is in flight.
    NotSent {
        /// Bytes that wait.
        waiting: u64,
        /// Since the peer's kernel was last heard.
        last_ack: Duration,
    },
    /// Data came after the ping was due, but no whole frame was handed to the heartbeat.
    Unheard {
        /// Since data last came.
        last_data: Duration,
    },
    /// The peer's host or the path is dead: what was sent is not even acknowledged.
    KernelSilent {
        /// Bytes that wait or are in flight.
        waiting: u64,
        /// How often the same bytes were sent again, or probes went unanswered.
        tries: u8,
        /// Since the peer's kernel was last heard.
        last_ack: Duration,
    },
    /// The peer's kernel has all that we wrote, the ping too, or would take it if its application read: that is stopped, hung or far behind.
    ApplicationSilent {
        /// Bytes that wait before a shut window; none when all was acknowledged.
        waiting: u64,
        /// How long it has made no room, when bytes wait.
        still: Duration,
        /// Since the peer's kernel was last heard.
        last_ack: Duration,
    },
    /// The peer's application reads, but slower than we write; the ping waits behind the rest.
    SlowReader {
        /// Bytes that wait or are in flight.
        waiting: u64,
        /// Bytes that it made room for since the first reading of this silence.
        took: u64,
        /// How long ago that was.
        within: Duration,
        /// Since it last made room.
        still: Duration,
    },
    /// The path carries less than we write, its window is open; the ping waits behind the rest.
    SlowPath {
        /// Bytes that wait or are in flight.
        waiting: u64,
        /// Bytes that were acknowledged since the last reading.
        carried: u64,
        /// How long ago that was.
        within: Duration,
    },
    /// The figures cannot tell yet: bytes wait, and it takes a second reading, or the kernel's next probe.
    Unclear {
        /// Bytes that wait or are in flight.
        waiting: u64,
        /// Since the peer's kernel was last heard.
        last_ack: Duration,
    },
}

impl Condition {
    /// Whether the fault is on our side, so that the peer must not be blamed.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::NotWritten { .. } | Self::NotSent { .. })
    }
}

/// What one silence is looked into with: keeps a few figures from one miss to the next, because a backlog takes two looks. One stands
/// beside each connection; a new silence begins anew by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Inquiry {
    before: Option<(u64, Reading)>,
}

impl Inquiry {
    /// Why this answer was missed, by figures that were read just now ([`tcp_info`](crate::tcp_info)). To be asked at each
    /// [`Missed`](super::Beat::Missed) and [`Lost`](super::Beat::Lost), and at no other time: a beat that is answered needs no figures.
    pub fn look(&mut self, miss: &Miss, figures: &TcpInfo, now: Instant) -> Condition {
        let before = self.before.filter(|(number, _)| *number == miss.number).map(|(_, reading)| reading);
        let (condition, reading) = judge(miss.waited, figures, before.as_ref(), now);
        self.before = Some((miss.number, reading));
        condition
    }
}

/// Judges a question that was due `waited` ago by the figures of now, and by the reading of the miss before, when there was one.
fn judge(waited: Duration, figures: &TcpInfo, before: Option<&Reading>, at: Instant) -> (Condition, Reading) {
    let backlog = Backlog::of(figures);
    let reading = Reading::new(figures, &backlog, before, at);
    let case = Case { waited, figures, backlog };
    (case.ended().or_else(|| case.delivered()).or_else(|| case.stuck()).unwrap_or_else(|| case.moving(before, &reading)), reading)
}

/// What is kept of one look until the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Reading {
    at: Instant,
    acked: u64,
    /// When the window was first read to be shut in this silence, and its right edge then.
    shut: Option<(Instant, u64)>,
}

impl Reading {
    fn new(figures: &TcpInfo, backlog: &Backlog, before: Option<&Self>, at: Instant) -> Self {
        let acked = figures.bytes_acked.unwrap_or_default();
        let now = backlog.shut.then(|| (at, acked + backlog.window.unwrap_or_default()));
        Self { at, acked, shut: before.and_then(|before| before.shut).or(now) }
    }
}

/// Bytes that the peer's kernel does not have yet.
struct Backlog {
    in_flight: u64,
    not_sent: u64,
    /// Linux 5.4.
    window: Option<u64>,
    /// The window lets nothing more be sent.
    shut: bool,
}

impl Backlog {
    fn of(figures: &TcpInfo) -> Self {
        let (mss, not_sent) = (u64::from(figures.send_mss), u64::from(figures.not_sent.unwrap_or_default()));
        let window = figures.send_window.map(u64::from);
        let in_flight = if figures.unacked == 0 { 0 } else { bytes_in_flight(figures).unwrap_or(u64::from(figures.unacked) * mss).max(1) };
        let shut = not_sent > 0 && window.is_some_and(|window| window < in_flight + mss.min(not_sent));
        Self { in_flight, not_sent, window, shut }
    }

    fn waiting(&self) -> u64 {
        self.in_flight + self.not_sent
    }
}

fn bytes_in_flight(figures: &TcpInfo) -> Option<u64> {
    let once = figures.bytes_sent?.checked_sub(figures.bytes_retransmitted?)?;
    // Our SYN counts among what was acknowledged.
    Some(once.saturating_sub(figures.bytes_acked?.saturating_sub(1)))
}

/// One question that was not answered.
struct Case<'a> {
    waited: Duration,
    figures: &'a TcpInfo,
    backlog: Backlog,
}

impl Case<'_> {
    /// It is no silence: the other end is gone, or something came that was not handed on.
    fn ended(&self) -> Option<Condition> {
        let (state, last_data) = (self.figures.state, self.figures.last_data_received);
        let over = matches!(state, TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait | TcpState::Close);
        let unheard = (last_data + SLACK < self.waited).then_some(Condition::Unheard { last_data });
        if over { Some(Condition::Ended(state)) } else { unheard }
    }

    /// The peer's kernel has all that ours was given.
    fn delivered(&self) -> Option<Condition> {
        let (last_sent, last_ack) = (self.figures.last_data_sent, self.figures.last_ack_received);
        (self.backlog.waiting() == 0).then(|| match last_sent > self.waited + SLACK {
            true => Condition::NotWritten { last_sent },
            false => Condition::ApplicationSilent { waiting: 0, still: Duration::ZERO, last_ack },
        })
    }

    /// Something is to be delivered, and nothing goes out or nothing comes back.
    fn stuck(&self) -> Option<Condition> {
        let TcpInfo { retransmits, probes, retransmitted, rto, last_ack_received: last_ack, .. } = *self.figures;
        let (waiting, shut, window) = (self.backlog.waiting(), self.backlog.shut, self.backlog.window);
        let silent = |tries| Some(Condition::KernelSilent { waiting, tries, last_ack });
        let ours = Some(Condition::NotSent { waiting, last_ack });
        match self.backlog.in_flight {
            0 if shut && probes >= 2 => silent(probes),
            0 if !shut && window.is_some() && !self.acked_since() => ours,
            // Each time-out sends something again, unless our own host refuses.
            1.. if retransmits >= 1 && retransmitted == 0 && !self.acked_since() => ours,
            // The time-out doubles each time: of an unbroken silence, half of the present one has passed for certain.
            1.. if last_ack >= rto / 2 && (retransmits >= 2 || (retransmits == 1 && !self.acked_since())) => silent(retransmits),
            _ => None,
        }
    }

    /// Something is to be delivered: does it move?
    fn moving(&self, before: Option<&Reading>, now: &Reading) -> Condition {
        let TcpInfo { last_data_sent: still, last_ack_received: last_ack, .. } = *self.figures;
        let waiting = self.backlog.waiting();
        let (since, edge) = now.shut.unwrap_or((now.at, u64::MAX));
        let took = (now.acked + self.backlog.window.unwrap_or_default()).saturating_sub(edge);
        let carried = before.map_or(0, |before| now.acked.saturating_sub(before.acked));
        let ago = |then| now.at.saturating_duration_since(then);
        match before {
            _ if self.backlog.shut && self.stands_still(before.is_some()) => Condition::ApplicationSilent { waiting, still, last_ack },
            Some(_) if took > 0 => Condition::SlowReader { waiting, took, within: ago(since), still },
            Some(before) if carried > 0 && !self.backlog.shut => Condition::SlowPath { waiting, carried, within: ago(before.at) },
            _ => Condition::Unclear { waiting, last_ack },
        }
    }

    /// Before a shut window: no room was made since the ping was due, or, where that was seen to be tried before, for most of that time. Only
    /// a kernel that was heard meanwhile would have told of room.
    fn stands_still(&self, tried: bool) -> bool {
        let still = self.figures.last_data_sent;
        self.acked_since() && (still + SLACK >= self.waited || (tried && still * 2 >= self.waited))
    }

    /// Whether the peer's kernel was heard after the ping was due.
    fn acked_since(&self) -> bool {
        self.figures.last_ack_received + SLACK < self.waited
    }
}

#[cfg(test)]
mod tests;
