//! When packets leave, and what they say (RFC 5880, 6.8.2 and 6.8.7).

use std::time::Duration;

use super::{Due, Session};
use crate::bfd::packet::{LENGTH, Micros, Packet};
use crate::bfd::state::State;
use crate::bfd::timers::Timer;
use crate::time::Moment;

impl Session {
    /// The next packet that is due now: to leave at once, with [`crate::bfd::packet::HOP_LIMIT`], from the session's own source port.
    pub fn poll_transmit(&mut self, now: Moment) -> Option<[u8; LENGTH]> {
        if std::mem::take(&mut self.due.answer) {
            // It tells what has changed, too. The periodic packet keeps its moment: answers are no part of that rhythm.
            self.due.change = false;
            return Some(self.packet(false, true));
        }
        if !self.due.change && !self.due.periodic {
            return None;
        }
        self.due = Due::default();
        self.sent = now;
        let asks = self.terms.ask();
        self.paced = self.sends_every();
        self.pace_next(now);
        Some(self.packet(asks, false))
    }

    /// From one of our periodic packets to the next, at most; `None` when the peer wants none.
    #[must_use]
    pub fn sends_every(&self) -> Option<Duration> {
        let both_up = self.state == State::Up && self.remote.state == State::Up;
        let on_demand = self.remote.demand && both_up && !self.terms.is_polling();
        let wanted = self.remote.required_rx != Micros(0) && !on_demand;
        wanted.then(|| self.terms.sends.max(self.remote.required_rx).duration())
    }

    /// When the interval has changed, it holds for the packet that is awaited already: a peer that wants to hear more often takes us for dead
    /// before the old interval is over (RFC 5880, 6.8.3).
    pub(super) fn repace(&mut self, now: Moment) {
        let interval = self.sends_every();
        if interval != self.paced {
            self.paced = interval;
            // A packet that is due already leaves, unless it is no longer wanted.
            self.due.periodic &= interval.is_some();
            self.pace_next(now);
        }
    }

    /// The next periodic packet: an interval after the last one, less the jitter, and not before now.
    fn pace_next(&mut self, now: Moment) {
        match self.paced {
            Some(interval) if !self.due.periodic => {
                let at = self.sent + self.jittered(interval);
                self.timers.arm(Timer::Transmit, at.max(now));
            }
            _ => self.timers.cancel(Timer::Transmit),
        }
    }

    /// Three quarters of it to all of it, so that sessions do not fall into step. Where one lost packet is the end, the last tenth stays
    /// free (RFC 5880, 6.8.7).
    fn jittered(&mut self, interval: Duration) -> Duration {
        let most = if self.pace.multiplier.get() == 1 { 900 } else { 1000 };
        self.chance.share(interval, 750, most)
    }

    fn packet(&self, poll: bool, is_final: bool) -> [u8; LENGTH] {
        let packet = Packet {
            diagnostic: self.diagnostic,
            state: self.state,
            poll,
            is_final,
            // We are one process: when it ends, so does the session.
            independent: false,
            authentication: None,
            demand: false,
            multiplier: self.pace.multiplier.get(),
            mine: self.discriminator.get(),
            yours: self.remote.discriminator,
            desired_tx: self.terms.desired_tx,
            required_rx: self.terms.required_rx,
            // We reflect no echo packets.
            required_echo_rx: Micros(0),
        };
        packet.write()
    }
}

#[cfg(test)]
mod tests;
