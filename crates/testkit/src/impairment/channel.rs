//! One way of a link: for each packet, when it arrives, how often, and in what state.

use std::array;
use std::collections::BTreeSet;
use std::iter::Flatten;
use std::time::Duration;

use super::loss::Memory;
use super::probability::unit;
use super::random::Random;
use super::setting::{Impairment, Jitter};

/// Decides for packet after packet. For each it draws equally many numbers whatever the settings are, so with the same seed the 7th packet
/// draws the same luck in every run: which packets are lost does not change when jitter is added.
#[derive(Debug, Clone)]
pub struct Channel {
    impairment: Impairment,
    random: Random,
    memory: Memory,
    /// When the last packet arrives that was not held back: those behind it arrive no earlier.
    last_ns: u64,
    tally: Tally,
}

/// What was decided so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Packets that came in.
    pub received: u64,
    /// Of these: lost, or met by a cut.
    pub dropped: u64,
    /// Of the others: those that arrive later than they came.
    pub delayed: u64,
    /// Those that were held back for others to overtake.
    pub reordered: u64,
    /// Those that arrive twice.
    pub duplicated: u64,
    /// Those that arrive damaged.
    pub corrupted: u64,
}

/// One arrival of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// When, by the clock of the caller.
    pub at_ns: u64,
    /// How many bits are flipped on the way, and which.
    flips: Option<(u32, u64)>,
}

/// The arrivals of one packet: none, one, or two.
pub type Deliveries = Flatten<array::IntoIter<Option<Delivery>, 2>>;

impl Channel {
    /// A channel without impairment. Both ways of a link need seeds of their own, lest they lose the same packets.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            impairment: Impairment::default(),
            random: Random::new(seed),
            memory: Memory::default(),
            last_ns: 0,
            tally: Tally::default(),
        }
    }

    /// As [`Channel::new`], with an impairment.
    #[must_use]
    pub fn with(seed: u64, impairment: Impairment) -> Self {
        Self { impairment, ..Self::new(seed) }
    }

    /// What it does to packets now.
    #[must_use]
    pub fn impairment(&self) -> Impairment {
        self.impairment
    }

    /// What it does to packets from now on. Another loss counts its packets anew and begins with a good link.
    pub fn set(&mut self, impairment: Impairment) {
        if impairment.loss != self.impairment.loss {
            self.memory = Memory::default();
        }
        self.impairment = impairment;
    }

    /// What was decided so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Decides for the next packet, which comes in now.
    pub fn pass(&mut self, now_ns: u64) -> Deliveries {
        let luck = Luck::draw(&mut self.random);
        self.tally.received += 1;
        let lost = self.memory.loses(self.impairment.loss, luck.loss);
        if lost || self.impairment.cut {
            self.tally.dropped += 1;
            return [None, None].into_iter().flatten();
        }
        let first = Delivery { at_ns: self.arrival(now_ns, &luck), flips: self.flips(&luck) };
        let duplicate = self.impairment.duplicate;
        let second = duplicate.share.happens(luck.duplicate).then(|| first.again(duplicate.after));
        self.tally.delayed += u64::from(first.at_ns > now_ns);
        self.tally.duplicated += u64::from(second.is_some());
        [Some(first), second].into_iter().flatten()
    }

    fn arrival(&mut self, now_ns: u64, luck: &Luck) -> u64 {
        let Impairment { delay, jitter, reorder, .. } = self.impairment;
        let usual_ns = now_ns.saturating_add(with_jitter(nanos(delay), jitter, luck.jitter)).max(self.last_ns);
        if reorder.share.happens(luck.reorder) {
            self.tally.reordered += 1;
            return usual_ns.saturating_add(nanos(reorder.held));
        }
        self.last_ns = usual_ns;
        usual_ns
    }

    fn flips(&mut self, luck: &Luck) -> Option<(u32, u64)> {
        let corrupt = self.impairment.corrupt;
        let [whether, which] = luck.corrupt;
        let damaged = corrupt.share.happens(whether);
        self.tally.corrupted += u64::from(damaged);
        damaged.then_some((corrupt.bits, which))
    }
}

impl Delivery {
    /// Does to the packet what the way did to it: nothing, mostly.
    pub fn damage(&self, packet: &mut [u8]) {
        for bit in self.flipped(packet.len() as u64 * 8) {
            let byte = usize::try_from(bit / 8).ok().and_then(|at| packet.get_mut(at));
            if let Some(byte) = byte {
                *byte ^= 1 << (bit % 8);
            }
        }
    }

    /// Which bits of so many.
    fn flipped(&self, of: u64) -> BTreeSet<u64> {
        let (count, seed) = self.flips.unwrap_or_default();
        let mut random = Random::new(seed);
        let mut chosen = BTreeSet::new();
        while (chosen.len() as u64) < of.min(count.into()) {
            chosen.extend(random.below(of));
        }
        chosen
    }

    fn again(&self, after: Duration) -> Self {
        Self { at_ns: self.at_ns.saturating_add(nanos(after)), flips: self.flips }
    }
}

/// The numbers drawn for one packet, one for each thing that may happen to it.
struct Luck {
    loss: [u64; 2],
    jitter: u64,
    reorder: u64,
    duplicate: u64,
    corrupt: [u64; 2],
}

impl Luck {
    fn draw(random: &mut Random) -> Self {
        let mut draw = || random.draw();
        Self { loss: [draw(), draw()], jitter: draw(), reorder: draw(), duplicate: draw(), corrupt: [draw(), draw()] }
    }
}

fn with_jitter(delay_ns: u64, jitter: Jitter, drawn: u64) -> u64 {
    match jitter {
        Jitter::None => delay_ns,
        Jitter::Uniform(most) => delay_ns.saturating_add((unit(drawn) * nanos(most) as f64) as u64),
        // A float below zero becomes zero.
        Jitter::Normal(deviation) => (delay_ns as f64 + normal(drawn) * nanos(deviation) as f64) as u64,
    }
}

/// Nearly normal, with mean 0 and deviation 1: the sum of twelve numbers of [0, 1) has the variance 1, and no function of the C library,
/// which may differ between machines, is needed.
fn normal(seed: u64) -> f64 {
    let mut random = Random::new(seed);
    (0..12).map(|_| unit(random.draw())).sum::<f64>() - 6.0
}

fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
