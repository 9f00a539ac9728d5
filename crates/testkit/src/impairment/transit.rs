//! Packets under way, for both the relay and a link in memory: put in when they are sent, taken out when they arrive.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::channel::Channel;

/// A channel, and the packets that are on it.
#[derive(Debug, Clone)]
pub struct Transit {
    /// Who decides; its settings may be changed at any time, and hold for what is sent then.
    pub channel: Channel,
    /// By arrival; of those with the same arrival, by when they were sent.
    under_way: BinaryHeap<Reverse<(u64, u64, Vec<u8>)>>,
    sent: u64,
}

/// A packet that has arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrived {
    /// When it was due; later only when it was asked for later.
    pub at_ns: u64,
    /// What is left of it.
    pub packet: Vec<u8>,
}

impl Transit {
    /// An empty one.
    #[must_use]
    pub fn new(channel: Channel) -> Self {
        Self { channel, under_way: BinaryHeap::new(), sent: 0 }
    }

    /// Sends a packet now.
    pub fn send(&mut self, now_ns: u64, packet: &[u8]) {
        for delivery in self.channel.pass(now_ns) {
            let mut packet = packet.to_vec();
            delivery.damage(&mut packet);
            self.under_way.push(Reverse((delivery.at_ns, self.sent, packet)));
            self.sent += 1;
        }
    }

    /// When the next packet arrives.
    #[must_use]
    pub fn next_ns(&self) -> Option<u64> {
        self.under_way.peek().map(|Reverse((at_ns, ..))| *at_ns)
    }

    /// The next packet that has arrived by now.
    pub fn arrived(&mut self, now_ns: u64) -> Option<Arrived> {
        self.next_ns().filter(|&at_ns| at_ns <= now_ns)?;
        self.under_way.pop().map(|Reverse((at_ns, _, packet))| Arrived { at_ns, packet })
    }

    /// How many are under way, duplicates included.
    #[must_use]
    pub fn under_way(&self) -> usize {
        self.under_way.len()
    }
}

#[cfg(test)]
mod tests;
