//! Which numbers of one direction of a session were heard: each counts once, late ones count as late, and those too old to know count as
//! nothing. Loss is only a difference in here; that of a span of time is in `measure::loss`.

/// 64 numbers each.
const WORDS: usize = 32;

/// So far behind the highest a number can still be told from a repetition. At 10 ms from one to the next these are 19 seconds: what is
/// later than that has been lost. One word less than there are, since words are cleared as a whole.
pub const SPAN: u64 = (WORDS as u64 - 1) * 64;

/// The largest extent that is told; larger ones are told as this.
pub const LARGEST_EXTENT: u64 = RECORDS as u64;

const RECORDS: usize = 128;

/// What became of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Heard for the first time.
    New {
        /// `None` when no later one was heard before it. Otherwise its extent (RFC 4737, 4.2.2): how many arrivals ago the first one came
        /// that is later than it; at most [`LARGEST_EXTENT`].
        reordered: Option<u64>,
    },
    /// Heard before.
    Duplicate,
    /// Too old to know.
    Stale,
}

/// What was counted since the session began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Numbers up to the highest that was heard.
    pub expected: u64,
    /// Different ones heard.
    pub received: u64,
    /// Heard once more: repetitions are no reordering (RFC 4737, 3.3).
    pub duplicates: u64,
    /// Heard after a later one.
    pub reordered: u64,
    /// The largest extent of that, at most [`LARGEST_EXTENT`].
    pub extent: u64,
    /// Too old to know whether they were heard.
    pub stale: u64,
}

impl Counts {
    /// Not heard so far, of those expected. Late ones repair it.
    #[must_use]
    pub fn lost(&self) -> u64 {
        self.expected.saturating_sub(self.received)
    }

    /// Those of two sessions together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            expected: self.expected.saturating_add(other.expected),
            received: self.received.saturating_add(other.received),
            duplicates: self.duplicates.saturating_add(other.duplicates),
            reordered: self.reordered.saturating_add(other.reordered),
            extent: self.extent.max(other.extent),
            stale: self.stale.saturating_add(other.stale),
        }
    }
}

/// The numbers that were heard. Only numbers whose packet is known to be the peer's may be put in.
#[derive(Debug, Clone)]
pub struct Window {
    bits: [u64; WORDS],
    highest: Option<u64>,
    records: Records,
    counts: Counts,
}

impl Default for Window {
    fn default() -> Self {
        Self { bits: [0; WORDS], highest: None, records: Records::default(), counts: Counts::default() }
    }
}

impl Window {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hears one. It may be ahead by any amount.
    pub fn accept(&mut self, sequence: u64) -> Verdict {
        match self.highest {
            Some(highest) if sequence <= highest => self.accept_late(highest, sequence),
            earlier => {
                self.advance(earlier, sequence);
                self.records.push(sequence, self.counts.received);
                self.counts.received += 1;
                Verdict::New { reordered: None }
            }
        }
    }

    /// The highest number heard.
    #[must_use]
    pub fn highest(&self) -> Option<u64> {
        self.highest
    }

    /// Everything that was counted.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// Different ones heard.
    #[must_use]
    pub fn received(&self) -> u64 {
        self.counts.received
    }

    /// Heard once more.
    #[must_use]
    pub fn duplicates(&self) -> u64 {
        self.counts.duplicates
    }

    /// Heard after a later one.
    #[must_use]
    pub fn reordered(&self) -> u64 {
        self.counts.reordered
    }

    fn accept_late(&mut self, highest: u64, sequence: u64) -> Verdict {
        if highest - sequence >= SPAN {
            self.counts.stale += 1;
            return Verdict::Stale;
        }
        if !self.mark(sequence) {
            self.counts.duplicates += 1;
            return Verdict::Duplicate;
        }
        let extent = self.counts.received.saturating_sub(self.records.first_above(sequence)).min(LARGEST_EXTENT);
        self.counts.received += 1;
        self.counts.reordered += 1;
        self.counts.extent = self.counts.extent.max(extent);
        Verdict::New { reordered: Some(extent) }
    }

    fn advance(&mut self, earlier: Option<u64>, sequence: u64) {
        let word = sequence / 64;
        let cleared = earlier.map_or(0, |highest| (word - highest / 64).min(WORDS as u64));
        for back in 0..cleared {
            *self.word(word - back) = 0;
        }
        self.mark(sequence);
        self.highest = Some(sequence);
        self.counts.expected = sequence.saturating_add(1);
    }

    /// Whether it was not marked before.
    fn mark(&mut self, sequence: u64) -> bool {
        let bit = 1 << (sequence % 64);
        let word = self.word(sequence / 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    #[expect(clippy::indexing_slicing, reason = "a remainder of WORDS is below WORDS")]
    fn word(&mut self, number: u64) -> &mut u64 {
        &mut self.bits[place(number, WORDS)]
    }
}

/// The last arrivals that were higher than all before them, in both their number and their place. The first arrival above a number
/// always is one of them, so the rest need not be kept to find extents.
#[derive(Debug, Clone)]
struct Records {
    ring: [Record; RECORDS],
    pushed: u64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Record {
    sequence: u64,
    /// How many had arrived before it.
    arrival: u64,
}

impl Default for Records {
    fn default() -> Self {
        Self { ring: [Record::default(); RECORDS], pushed: 0 }
    }
}

impl Records {
    fn push(&mut self, sequence: u64, arrival: u64) {
        if let Some(slot) = self.ring.get_mut(place(self.pushed, RECORDS)) {
            *slot = Record { sequence, arrival };
        }
        self.pushed += 1;
    }

    /// The place of the first arrival above a number, or of the oldest that is kept when that is above it, too.
    fn first_above(&self, sequence: u64) -> u64 {
        let (mut low, mut high) = (self.pushed.saturating_sub(RECORDS as u64), self.pushed);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.at(middle).sequence > sequence {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        self.at(low).arrival
    }

    #[expect(clippy::indexing_slicing, reason = "a remainder of RECORDS is below RECORDS")]
    fn at(&self, number: u64) -> Record {
        self.ring[place(number, RECORDS)]
    }
}

/// A number's place in a ring.
fn place(number: u64, length: usize) -> usize {
    #[expect(clippy::cast_possible_truncation, reason = "a remainder of a usize is one")]
    let place = (number % length as u64) as usize;
    place
}

#[cfg(test)]
mod tests;
