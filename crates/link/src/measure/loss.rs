//! What was lost, each way: differences of counters that only grow. What the peer tells of ours is believed only as far as it can be true.

/// Numbers that must have been heard by now, and those that were; over one session or many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Up to the highest that was heard. What comes after it is still under way.
    pub expected: u64,
    /// Different ones heard.
    pub received: u64,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { expected: self.expected.saturating_add(other.expected), received: self.received.saturating_add(other.received) }
    }

    /// What was lost since an earlier tally. What comes late repairs what was counted before, so there may be more received than
    /// expected in a span of time; that is no loss.
    #[must_use]
    pub fn since(self, earlier: Self) -> Loss {
        let expected = self.expected.saturating_sub(earlier.expected);
        Loss { expected, lost: expected.saturating_sub(self.received.saturating_sub(earlier.received)) }
    }

    /// What was lost in all.
    #[must_use]
    pub fn lost(self) -> u64 {
        self.expected.saturating_sub(self.received)
    }
}

/// What was lost in a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loss {
    /// Packets that could have been heard.
    pub expected: u64,
    /// Those that were not.
    pub lost: u64,
}

impl Loss {
    /// As a share, 0 to 1; `None` where nothing could have been heard.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "a share")]
    pub fn ratio(self) -> Option<f64> {
        (self.expected > 0).then(|| self.lost as f64 / self.expected as f64)
    }
}

/// What the peer says that it heard of us.
#[derive(Debug, Clone, Copy, Default)]
pub struct Forward {
    /// Of the sessions before this one.
    before: Tally,
    session: Tally,
    /// One more than the highest number that we sent in this session.
    sent_up_to: u64,
    /// One more than the number of the newest probe that was believed.
    told_up_to: u64,
    refused: u64,
}

impl Forward {
    /// Another session: its numbers begin at 0, and what was counted stays.
    pub fn begin_session(&mut self) {
        *self = Self { before: self.total(), refused: self.refused, ..Self::default() };
    }

    /// We sent a probe.
    pub fn sent(&mut self, sequence: u64) {
        self.sent_up_to = self.sent_up_to.max(sequence.saturating_add(1));
    }

    /// The peer's probe of this number says that it heard so many different ones, all below `up_to`. What was overtaken says nothing new.
    pub fn told(&mut self, sequence: u64, up_to: u64, received: u64) {
        if sequence < self.told_up_to {
            return;
        }
        self.told_up_to = sequence.saturating_add(1);
        let goes_back = up_to < self.session.expected || received < self.session.received;
        if goes_back || up_to > self.sent_up_to || received > up_to {
            self.refused += 1;
            return;
        }
        self.session = Tally { expected: up_to, received };
    }

    /// Of all sessions.
    #[must_use]
    pub fn total(&self) -> Tally {
        self.before.plus(self.session)
    }

    /// How often the peer told what cannot be: more than we sent, or less than it had told before.
    #[must_use]
    pub fn refused(&self) -> u64 {
        self.refused
    }
}

#[cfg(test)]
mod tests;
