//! How long the peer may be silent, and what is said then. A node that was late itself judges nobody.

use std::time::Duration;

use super::Session;
use crate::bfd::happening::Happening;
use crate::bfd::packet::Micros;
use crate::bfd::state::State;
use crate::bfd::timers::Timer;
use crate::bfd::transition::Input;
use crate::time::Moment;

impl Session {
    /// From one of the peer's packets to the next, at most.
    #[must_use]
    pub fn hears_every(&self) -> Duration {
        self.terms.hears.max(self.remote.desired_tx).duration()
    }

    /// The silence that ends the session (RFC 5880, 6.8.4); `None` before the peer was heard.
    #[must_use]
    pub fn detection(&self) -> Option<Duration> {
        let multiplier = self.remote.multiplier;
        (multiplier > 0).then(|| self.hears_every() * u32::from(multiplier))
    }

    /// Anew from when the peer was last heard, unless that is long past and was excused.
    pub(super) fn rearm_detect(&mut self) {
        if self.state == State::AdminDown || self.remote.discriminator == 0 || self.excused {
            return;
        }
        if let (Some(heard), Some(detection)) = (self.heard, self.detection()) {
            self.timers.arm(Timer::Detect, heard + detection);
        }
    }

    /// The peer was silent for the detection time, and we are so late to see it.
    pub(super) fn detect(&mut self, now: Moment, late: Duration) {
        let interval = self.hears_every();
        let judges = matches!(self.state, State::Init | State::Up);
        // Who was not there cannot say that nothing came: it may have been thrown away for want of a reader. That excuse holds once.
        if judges && late > interval / 2 && !self.excused {
            self.excused = true;
            self.happenings.push(Happening::SelfStalled { late });
            self.timers.arm(Timer::Detect, now + interval);
            return;
        }
        self.excused = false;
        self.step(now, Input::Silence);
        self.forget();
        self.repace(now);
    }

    /// The peer may be another one when it is heard again (RFC 5880, 6.8.1, `bfd.RemoteDiscr`). What it said of how often it wants to hear
    /// is forgotten, too: it may have said never.
    fn forget(&mut self) {
        self.remote.discriminator = 0;
        self.remote.demand = false;
        self.remote.required_rx = Micros(1);
    }
}

#[cfg(test)]
mod tests;
