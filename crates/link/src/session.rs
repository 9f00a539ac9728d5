//! One agreed run of the protocol, as one end keeps it: identities, numbers, what was heard last.

use std::time::Duration;

use crate::dropped::Dropped;
use crate::ids::Pair;
use crate::terms::Terms;
use crate::time::{Moment, Stamp};
use crate::window::{Verdict, Window};
use crate::wire::{Farewell, Probe};

/// A report's number is, above so many bits, that of the next probe.
const REPORTS_BETWEEN: u32 = 16;

/// A report that so many probes overtook was held back: what it says is not how things are, and it comes again.
const REPORTS_BEHIND: u64 = 4;

/// A session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its identity, as this end sees it.
    pub pair: Pair,
    /// Whether we asked for it.
    pub initiated: bool,
    /// Which start of the peer this is.
    pub boot: u64,
    /// When it stood, at this end.
    pub began: Moment,
    /// When the peer was last heard in it; when it stood, before that.
    pub heard: Moment,
    /// What the peer last said of its pace.
    pub theirs: Terms,
    /// What we have to show until the peer was heard: only who asked has it, and only so long.
    pub(crate) cookie: Option<[u8; 16]>,
    pub(crate) window: Window,
    next: u64,
    previous_sent: Stamp,
    highest_at: Stamp,
    reports_sent: u64,
    reports_heard: u64,
    /// From one of our packets to the next at most, as far as the peer is sure to know it.
    paced: Duration,
    /// A slower pace, and the first probe that tells of it.
    slower: Option<(Duration, u64)>,
    /// A probe of ours that the peer has not told to have heard yet: one at a time is looked after.
    unheard: Option<Unheard>,
    /// After how long it last told that it had heard one.
    heard_after: Option<Duration>,
}

#[derive(Debug, Clone, Copy)]
struct Unheard {
    sequence: u64,
    sent: Moment,
    /// Since when it counts that the peer does not tell of it.
    since: Moment,
}

impl Session {
    pub(crate) fn new(pair: Pair, initiated: bool, (boot, theirs): (u64, Terms), now: Moment) -> Self {
        Self {
            pair,
            initiated,
            boot,
            began: now,
            heard: now,
            theirs,
            cookie: None,
            window: Window::new(),
            next: 0,
            previous_sent: Stamp::UNKNOWN,
            highest_at: Stamp::UNKNOWN,
            reports_sent: 0,
            reports_heard: 0,
            paced: Duration::MAX,
            slower: None,
            unheard: None,
            heard_after: None,
        }
    }

    /// Whether the peer was heard in it, so that both ends stand. Who was asked knows it from the start.
    #[must_use]
    pub fn is_confirmed(&self) -> bool {
        self.cookie.is_none()
    }

    /// How many probes we have sent in it.
    #[must_use]
    pub fn sent(&self) -> u64 {
        self.next
    }

    /// From one of our packets to the next at most. A slower pace counts only once the peer has heard of it: it would take the wait for
    /// a silence if the one packet that told of it were lost (RFC 5880, 6.8.3, has the same rule).
    pub(crate) fn sends_every(&self, wanted: Duration) -> Duration {
        wanted.min(self.paced)
    }

    /// The next probe.
    pub(crate) fn probe(&mut self, terms: Terms, farewell: Farewell) -> Probe {
        let sequence = self.next;
        self.next += 1;
        if sequence == 0 || terms.interval <= self.paced {
            // Of the first pace the handshake told; and nobody minds to hear more often than he was told.
            (self.paced, self.slower) = (terms.interval, None);
        } else if self.slower.is_none_or(|(interval, _)| interval != terms.interval) {
            self.slower = Some((terms.interval, sequence));
        }
        Probe {
            sequence,
            heard_up_to: self.window.highest().map_or(0, |highest| highest.saturating_add(1)),
            heard_at: self.highest_at,
            received: self.window.received(),
            // Known only once it has left; it is of the probe before this one or of none.
            previous_sent: std::mem::take(&mut self.previous_sent),
            duplicates: low(self.window.duplicates()),
            reordered: low(self.window.reordered()),
            farewell,
            terms,
        }
    }

    /// The last probe was sent.
    pub(crate) fn has_sent(&mut self, now: Moment) {
        let last = self.next.saturating_sub(1);
        self.unheard.get_or_insert(Unheard { sequence: last, sent: now, since: now });
    }

    /// After how long the peer last told that it had heard a probe of ours: a round trip and one of its intervals at most.
    pub(crate) fn told_after(&self) -> Option<Duration> {
        self.heard_after
    }

    /// That the peer has told of nothing heard counts from here.
    pub(crate) fn forgive(&mut self, at: Moment) {
        if let Some(unheard) = &mut self.unheard {
            unheard.since = unheard.since.max(at);
        }
    }

    /// How much longer than usual the peer has told of no probe of ours that it heard it, as of a packet of its own.
    pub(crate) fn unheard_for(&self, at: Moment, usual: Duration) -> Duration {
        let usual = self.heard_after.unwrap_or(usual);
        self.unheard.map_or(Duration::ZERO, |unheard| at.since(unheard.since).saturating_sub(usual))
    }

    /// When our kernel sent a probe. One that is not the last is too late to be told.
    pub(crate) fn sent_at(&mut self, sequence: u64, stamp: Stamp) {
        if sequence.checked_add(1) == Some(self.next) {
            self.previous_sent = stamp;
        }
    }

    /// Takes in a probe whose MAC is the peer's.
    pub(crate) fn hear(&mut self, probe: &Probe, (at, stamp): (Moment, Stamp)) -> Result<Verdict, Dropped> {
        let verdict = self.window.accept(probe.sequence);
        match verdict {
            Verdict::Duplicate => return Err(Dropped::Duplicate),
            Verdict::Stale => return Err(Dropped::Stale),
            Verdict::New { .. } => {}
        }
        if self.window.highest() == Some(probe.sequence) {
            // What was overtaken tells of an older pace, and of nobody that he still lives.
            self.theirs = probe.terms;
            self.highest_at = stamp;
            self.heard = self.heard.max(at);
        }
        if let Some(unheard) = self.unheard.take_if(|unheard| probe.heard_up_to > unheard.sequence) {
            self.heard_after = Some(at.since(unheard.sent));
        }
        if let Some((interval, first)) = self.slower
            && probe.heard_up_to > first
        {
            (self.paced, self.slower) = (interval, None);
        }
        Ok(verdict)
    }

    /// The number of the next report. It says before which probe it was sent, too.
    pub(crate) fn report(&mut self) -> u64 {
        self.reports_sent = (self.reports_sent + 1).max(self.next << REPORTS_BETWEEN);
        self.reports_sent
    }

    /// Takes in a report that is newer than all before it. Whether it was sent after the last probe that was heard, and so is a sign of life:
    /// whoever holds reports back shall keep nobody alive.
    pub(crate) fn hear_report(&mut self, number: u64, at: Moment) -> Result<bool, Dropped> {
        if number <= self.reports_heard {
            return Err(Dropped::Stale);
        }
        let highest = self.window.highest();
        if highest.is_some_and(|highest| (number >> REPORTS_BETWEEN).saturating_add(REPORTS_BEHIND) <= highest) {
            return Err(Dropped::Stale);
        }
        self.reports_heard = number;
        let is_news = highest.is_none_or(|highest| number >> REPORTS_BETWEEN > highest);
        if is_news {
            self.heard = self.heard.max(at);
        }
        Ok(is_news)
    }

    /// From one of the peer's packets to the next, at most.
    pub(crate) fn hears_every(&self, ours: &Terms) -> Duration {
        self.theirs.interval.max(ours.hears)
    }
}

/// As the wire counts: it wraps.
fn low(count: u64) -> u32 {
    #[expect(clippy::cast_possible_truncation, reason = "the wire's counters wrap")]
    let low = count as u32;
    low
}

#[cfg(test)]
mod tests;
