//! Round trips between two kernels: (T4 − T1) − (T3 − T2), out of probes that go both ways anyway. Neither process's delay is in it, nor
//! what the clocks differ by.
//!
//! Of our probe p we learn T1, when our kernel sent it. The peer's probe q tells T2, when its kernel received p, and our kernel tells T4,
//! when it received q. The peer's probe q + 1 tells T3, when q left there. All of it comes at another time and some of it never does.

use std::time::Duration;

use super::clock::{Offset, SLACK};
use crate::outbox::Heard;
use crate::time::{Moment, Stamp};

/// Probes of ours that are remembered: half a second of the fastest pace, 25 seconds at 50 ms.
const SENT: usize = 512;

/// Probes of the peer's that wait for something.
const WAITING: usize = u8::BITS as usize;

/// What came of no sample, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Missed {
    /// A stamp that was needed is not known: a kernel does not stamp, or its stamp came too late.
    pub unstamped: u64,
    /// The peer's next probe, which would have told T3, was lost or overtaken.
    pub unpaired: u64,
    /// The stamps contradict each other, or our clock: they are false, or a clock was set.
    pub refused: u64,
    /// Our own wall clock was set meanwhile.
    pub clock_set: u64,
}

/// A probe of ours.
#[derive(Debug, Clone, Copy, Default)]
struct Sent {
    /// One more than its number; 0 for none.
    up_to: u64,
    at: Moment,
    stamp: Stamp,
    /// Nothing more is wanted of it. One probe gives one sample: another one of it would only repeat its way there.
    done: bool,
}

/// A probe of the peer's.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    sequence: u64,
    /// One more than the number of ours that it tells of.
    up_to: u64,
    at: Moment,
    t2: Stamp,
    t3: Stamp,
    t4: Stamp,
}

/// Puts the stamps of one session together. Hand in what happens as it happens, then take samples out until there is none.
#[derive(Debug, Clone)]
pub struct RoundTrips {
    sent: Box<[Sent; SENT]>,
    waiting: [Option<Waiting>; WAITING],
    /// Which places of `waiting` are taken, a bit each: mostly one is, and the others need not be looked at.
    taken: u8,
    offset: Offset,
    /// The latest moment of sending to which the kernel's stamp has come.
    stamped: Moment,
    missed: Missed,
}

impl Default for RoundTrips {
    fn default() -> Self {
        Self {
            sent: Box::new([Sent::default(); SENT]),
            waiting: [None; WAITING],
            taken: 0,
            offset: Offset::default(),
            stamped: Moment::default(),
            missed: Missed::default(),
        }
    }
}

impl RoundTrips {
    /// Another session: its numbers begin at 0.
    pub fn begin_session(&mut self) {
        self.sent.fill(Sent::default());
        self.forget_waiting();
    }

    /// We send a probe; `at` must not be later than its stamp will be.
    pub fn sent(&mut self, sequence: u64, at: Moment) {
        let up_to = sequence.saturating_add(1);
        if let Some(slot) = self.slot(up_to) {
            *slot = Sent { up_to, at, stamp: Stamp::UNKNOWN, done: false };
        }
    }

    /// When our kernel sent it, which may come after the answer. Returns whether our wall clock was set meanwhile.
    pub fn sent_stamp(&mut self, sequence: u64, stamp: Stamp) -> bool {
        let up_to = sequence.saturating_add(1);
        let Some(sent) = self.slot(up_to).filter(|sent| sent.up_to == up_to && !sent.done && stamp.is_known()) else { return false };
        sent.stamp = stamp;
        let at = sent.at;
        self.stamped = self.stamped.max(at);
        let set = self.offset.sent(at, stamp);
        if set {
            self.forget_stamps();
        }
        set
    }

    /// A probe of the peer's came. Returns whether our wall clock was set meanwhile.
    pub fn heard(&mut self, heard: &Heard) -> bool {
        let set = heard.stamp.is_known() && self.offset.received(heard.at, heard.stamp);
        if set {
            self.forget_stamps();
        }
        self.previous_left(heard.probe.sequence, heard.probe.previous_sent);
        self.wait(heard);
        set
    }

    /// The next sample.
    pub fn sample(&mut self) -> Option<Duration> {
        let mut left = self.taken;
        while left != 0 {
            let place = left.trailing_zeros() as usize;
            left &= left - 1;
            let Some(waiting) = self.waiting.get(place).copied().flatten() else { continue };
            // Without a stamp of something that we sent since, a clock that was set back could not be told.
            if !waiting.t3.is_known() || self.stamped < waiting.at {
                continue;
            }
            let Some(sent) = self.slot(waiting.up_to).filter(|sent| sent.up_to == waiting.up_to) else { continue };
            let (t1, sent_at, done) = (sent.stamp, sent.at, sent.done);
            if !t1.is_known() {
                continue;
            }
            let sample = round_trip(&waiting, t1, sent_at);
            sent.done |= sample.is_some();
            self.take(place);
            match sample {
                None => self.missed.refused += 1,
                Some(_) if done => {}
                Some(sample) => return Some(sample),
            }
        }
        None
    }

    /// What came of no sample.
    #[must_use]
    pub fn missed(&self) -> Missed {
        self.missed
    }

    /// Tells of the probe before this one when it left.
    fn previous_left(&mut self, sequence: u64, left: Stamp) {
        let Some(previous) = sequence.checked_sub(1) else { return };
        let slot = self.waiting.get_mut(place(previous, WAITING));
        let Some(slot) = slot.filter(|slot| slot.is_some_and(|waiting| waiting.sequence == previous)) else { return };
        if !left.is_known() {
            self.missed.unstamped += 1;
            self.take(place(previous, WAITING));
        } else if let Some(waiting) = slot {
            waiting.t3 = left;
        }
    }

    /// Lets a probe of the peer's wait for what is still to come of it.
    fn wait(&mut self, heard: &Heard) {
        let (sequence, up_to) = (heard.probe.sequence, heard.probe.heard_up_to);
        if up_to == 0 {
            return;
        }
        if !heard.stamp.is_known() || !heard.probe.heard_at.is_known() {
            self.missed.unstamped += 1;
            return;
        }
        match self.slot(up_to).filter(|sent| sent.up_to == up_to) {
            None => self.missed.refused += 1,
            Some(sent) if sent.done => {}
            Some(_) => {
                let place = place(sequence, WAITING);
                let earlier = self.waiting.get(place).copied().flatten();
                if earlier.is_some_and(|earlier| earlier.sequence > sequence) {
                    self.missed.unpaired += 1;
                    return;
                }
                self.count_given_up(earlier);
                let new = Waiting { sequence, up_to, at: heard.at, t2: heard.probe.heard_at, t3: Stamp::UNKNOWN, t4: heard.stamp };
                if let Some(slot) = self.waiting.get_mut(place) {
                    *slot = Some(new);
                    self.taken |= 1 << place;
                }
            }
        }
    }

    fn count_given_up(&mut self, waiting: Option<Waiting>) {
        match waiting {
            None => {}
            Some(waiting) if waiting.t3.is_known() => self.missed.unstamped += 1,
            Some(_) => self.missed.unpaired += 1,
        }
    }

    /// Our stamps are of another clock than those to come, and so may those be that have not come yet of what we sent.
    fn forget_stamps(&mut self) {
        for sent in self.sent.iter_mut() {
            sent.done = true;
        }
        self.missed.clock_set += u64::from(self.taken.count_ones());
        self.forget_waiting();
    }

    fn take(&mut self, place: usize) {
        if let Some(slot) = self.waiting.get_mut(place) {
            *slot = None;
            self.taken &= !(1 << place);
        }
    }

    fn forget_waiting(&mut self) {
        self.waiting.fill(None);
        self.taken = 0;
    }

    fn slot(&mut self, up_to: u64) -> Option<&mut Sent> {
        self.sent.get_mut(place(up_to, SENT))
    }
}

/// What is left of our kernel's time when the peer's own is taken off; `None` when the stamps cannot be true. The peer's are trusted no
/// further than that its own time is part of ours, and ours no further than a clock that nobody sets.
fn round_trip(waiting: &Waiting, t1: Stamp, sent_at: Moment) -> Option<Duration> {
    let gross = u64::try_from(waiting.t4.after(t1)?).ok()?;
    let theirs = u64::try_from(waiting.t3.after(waiting.t2)?).ok()?;
    let possible = Duration::from_nanos(gross) <= waiting.at.since(sent_at) + SLACK;
    possible.then_some(())?;
    gross.checked_sub(theirs).map(Duration::from_nanos)
}

fn place(number: u64, length: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "a remainder of a usize is one")]
    let place = (number % length as u64) as usize;
    place
}

#[cfg(test)]
mod tests;
