//! What came of the packets of one run, and the figures that follow. Pure.

use std::net::IpAddr;
use std::time::{Duration, Instant};

use allswell_os::error_queue::QueuedError;

/// What has become of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Nothing yet.
    Waiting,
    /// It was answered after this long.
    Answered(Duration),
    /// An ICMP error came in its place.
    Refused,
}

/// A packet that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Packet {
    pub(crate) sent: Instant,
    pub(crate) fate: Fate,
}

/// The packets of a run in their order. Most runs have one, which needs no list.
#[derive(Debug, Default)]
pub(crate) struct Packets {
    first: Option<Packet>,
    more: Vec<Packet>,
}

impl Packets {
    pub(crate) fn push(&mut self, packet: Packet) {
        match self.first {
            None => self.first = Some(packet),
            Some(_) => self.more.push(packet),
        }
    }

    pub(crate) fn pop(&mut self) {
        if self.more.pop().is_none() {
            self.first = None;
        }
    }

    pub(crate) fn len(&self) -> usize {
        usize::from(self.first.is_some()) + self.more.len()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Packet> {
        self.first.iter().chain(&self.more)
    }

    pub(crate) fn get_mut(&mut self, at: usize) -> Option<&mut Packet> {
        match at.checked_sub(1) {
            None => self.first.as_mut(),
            Some(at) => self.more.get_mut(at),
        }
    }
}

/// An ICMP error about one of the packets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Objection {
    pub(crate) said: QueuedError,
    /// The largest packet that would have passed, where it is about size; else 0.
    pub(crate) mtu: u32,
}

/// What came of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) sent: u32,
    pub(crate) times: Times,
    pub(crate) duplicates: u32,
    /// The hop limit (TTL) of the last reply.
    pub(crate) hop_limit: Option<u8>,
    /// The last ICMP error.
    pub(crate) objection: Option<Objection>,
    /// An address that answered in the target's place.
    pub(crate) impostor: Option<IpAddr>,
}

impl Tally {
    /// Counts and times; the rest is known elsewhere.
    pub(crate) fn of(packets: &Packets) -> Self {
        let mut times = Times::default();
        for packet in packets.iter() {
            if let Fate::Answered(rtt) = packet.fate {
                times.add(rtt);
            }
        }
        Self { sent: u32::try_from(packets.len()).unwrap_or(u32::MAX), times, ..Self::default() }
    }

    pub(crate) fn received(&self) -> u32 {
        self.times.count
    }

    /// The share of packets that were not answered.
    pub(crate) fn loss(&self) -> f64 {
        if self.sent == 0 {
            return 0.0;
        }
        f64::from(self.sent.saturating_sub(self.received())) / f64::from(self.sent)
    }
}

/// Round trips in the order of their packets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Times {
    count: u32,
    least: Duration,
    most: Duration,
    sum: Duration,
    last: Duration,
    differences: Duration,
}

impl Times {
    pub(crate) fn add(&mut self, rtt: Duration) {
        if self.count == 0 {
            (self.least, self.most) = (rtt, rtt);
        } else {
            self.differences += rtt.abs_diff(self.last);
        }
        self.least = self.least.min(rtt);
        self.most = self.most.max(rtt);
        self.sum += rtt;
        self.last = rtt;
        self.count += 1;
    }

    pub(crate) fn least(&self) -> Duration {
        self.least
    }

    pub(crate) fn most(&self) -> Duration {
        self.most
    }

    pub(crate) fn mean(&self) -> Duration {
        self.sum.checked_div(self.count).unwrap_or_default()
    }

    /// The mean difference of successive round trips; there is none before two.
    pub(crate) fn jitter(&self) -> Option<Duration> {
        self.differences.checked_div(self.count.checked_sub(1)?)
    }
}

#[cfg(test)]
mod tests;
