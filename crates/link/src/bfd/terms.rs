//! The intervals that we tell the peer, and those that hold: between the two lies a Poll Sequence (RFC 5880, 6.5 and 6.8.3).

use crate::bfd::packet::Micros;

/// How far the peer is asked to confirm what we told it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Poll {
    /// It knows all.
    Idle,
    /// It will be asked, in the next packet. What answers before that answers something else.
    Wanted,
    /// It is asked, in each packet until it answers.
    Asked,
    /// Something has changed since it was asked, so the answer will tell nothing of that: it will be asked again.
    Stale,
    /// That answer came. One packet goes out unasking, so that late answers to the old question are not taken for those to the new.
    Between,
}

/// Our two intervals.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    /// What we tell: we would send no more often.
    pub(crate) desired_tx: Micros,
    /// What we tell: we can hear no more often.
    pub(crate) required_rx: Micros,
    /// What we send by.
    pub(crate) sends: Micros,
    /// What the peer's silence is measured by.
    pub(crate) hears: Micros,
    poll: Poll,
}

impl Terms {
    pub(crate) fn new(desired_tx: Micros, required_rx: Micros) -> Self {
        Self { desired_tx, required_rx, sends: desired_tx, hears: required_rx, poll: Poll::Idle }
    }

    /// What is told from now on; true when that is new. To an end that is up, what could have it run out of patience, or us, holds only
    /// once the peer knows: to send more seldom, and to expect to hear more often. While the session is not up nobody counts on either.
    pub(crate) fn tell(&mut self, desired_tx: Micros, required_rx: Micros, is_up: bool) -> bool {
        let is_new = (self.desired_tx, self.required_rx) != (desired_tx, required_rx);
        (self.desired_tx, self.required_rx) = (desired_tx, required_rx);
        if !is_up {
            *self = Self::new(desired_tx, required_rx);
        } else if is_new {
            self.sends = self.sends.min(desired_tx);
            self.hears = self.hears.max(required_rx);
            self.poll = match self.poll {
                Poll::Idle | Poll::Wanted => Poll::Wanted,
                Poll::Asked | Poll::Stale => Poll::Stale,
                Poll::Between => Poll::Between,
            };
        }
        is_new
    }

    /// The peer has answered.
    pub(crate) fn answered(&mut self) {
        match self.poll {
            Poll::Asked => *self = Self::new(self.desired_tx, self.required_rx),
            Poll::Stale => self.poll = Poll::Between,
            Poll::Idle | Poll::Wanted | Poll::Between => {}
        }
    }

    /// Whether the peer is being asked, so that packets must go out.
    pub(crate) fn is_polling(&self) -> bool {
        self.poll != Poll::Idle
    }

    /// Whether the packet that goes out now asks.
    pub(crate) fn ask(&mut self) -> bool {
        let (asks, then) = match self.poll {
            Poll::Idle => (false, Poll::Idle),
            Poll::Between => (false, Poll::Wanted),
            Poll::Wanted | Poll::Asked => (true, Poll::Asked),
            Poll::Stale => (true, Poll::Stale),
        };
        self.poll = then;
        asks
    }
}

#[cfg(test)]
mod tests;
