//! How time passes in a world: the next thing happens, and the next.

use std::time::Duration;

use allswell_link::endpoint::Arrival;
use allswell_link::machine::Event;
use allswell_link::time::{Moment, Stamp};

use super::{Under, World};

impl World {
    /// The next thing happens; false when nothing is left to happen.
    pub(crate) fn step(&mut self) -> bool {
        let arrival = self.under.first().map(|(at, ..)| *at);
        let due = self.hosts.iter().filter(|host| !host.stopped).filter_map(|host| host.endpoint.next_due()).min();
        let Some(next) = arrival.into_iter().chain(due).min() else { return false };
        self.now = self.now.max(next);
        if arrival == Some(next) {
            let (at, _, host, what) = self.under.pop_first().unwrap();
            self.deliver(at, host, what);
        } else {
            for host in 0..self.hosts.len() {
                if !self.hosts[host].stopped && self.hosts[host].endpoint.next_due().is_some_and(|due| due <= self.now) {
                    let now = self.now;
                    self.hosts[host].endpoint.run(now, now, Duration::ZERO);
                    self.collect(host);
                }
            }
        }
        true
    }

    pub(crate) fn deliver(&mut self, at: Moment, host: usize, what: Under) {
        if self.hosts[host].stopped {
            self.hosts[host].waiting.push((at, what));
            return;
        }
        match what {
            Under::Packet { from, bytes } => {
                let arrival = Arrival { from, at, stamp: Stamp(at.0) };
                if let Err(why) = self.hosts[host].endpoint.receive(&arrival, &bytes) {
                    self.hosts[host].dropped.push(why);
                }
            }
            Under::Answer(peer) => self.hosts[host].endpoint.tell(at, peer, Event::KernelAnswered),
        }
        self.collect(host);
    }

    /// The process runs again: what came meanwhile is read before anything is judged.
    pub(crate) fn go_on(&mut self, host: usize) {
        self.hosts[host].stopped = false;
        for (at, what) in std::mem::take(&mut self.hosts[host].waiting) {
            self.deliver(at, host, what);
        }
    }

    /// Lets so much time pass.
    pub(crate) fn pass(&mut self, time: Duration) {
        let until = self.now + time;
        loop {
            let arrival = self.under.first().map(|(at, ..)| *at);
            let due = self.hosts.iter().filter(|host| !host.stopped).filter_map(|host| host.endpoint.next_due()).min();
            match arrival.into_iter().chain(due).min() {
                Some(next) if next <= until => {
                    self.step();
                }
                _ => break,
            }
        }
        self.now = until;
    }
}
