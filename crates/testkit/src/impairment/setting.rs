//! What a link does to the packets that go one way, as settings.

use std::time::Duration;

use super::loss::Loss;
use super::probability::Probability;

/// What happens to the packets that go one way. The default does nothing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Impairment {
    /// Nothing passes, as when the cable is out. What was under way before arrives.
    pub cut: bool,
    /// Which packets vanish.
    pub loss: Loss,
    /// How long every packet takes. Made shorter, those sent from then on still arrive no earlier than those sent before.
    pub delay: Duration,
    /// How much longer some of them take.
    pub jitter: Jitter,
    /// Which packets are overtaken.
    pub reorder: Reorder,
    /// Which packets come twice.
    pub duplicate: Duplicate,
    /// Which packets are damaged.
    pub corrupt: Corrupt,
}

/// How the delays of packets differ. As in a queue no packet overtakes another one by jitter alone; [`Reorder`] is for that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Jitter {
    /// All take equally long.
    #[default]
    None,
    /// From nothing to so much more than the delay, each amount as likely as every other.
    Uniform(Duration),
    /// Around the delay, nearly normal, with this standard deviation; never below zero, never further than six deviations.
    Normal(Duration),
}

/// Packets that are held back, so that those behind overtake them.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reorder {
    /// How many are held back.
    pub share: Probability,
    /// For how long, on top of their delay.
    pub held: Duration,
}

/// Packets that come a second time.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Duplicate {
    /// How many do.
    pub share: Probability,
    /// How long after the first one.
    pub after: Duration,
}

/// Packets of which some bits are flipped. An empty one has none to flip.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Corrupt {
    /// How many are damaged; a packet's duplicate is damaged as the packet is.
    pub share: Probability,
    /// How many bits of each, all of them different ones.
    pub bits: u32,
}

impl Impairment {
    /// A link that does nothing but take so long.
    #[must_use]
    pub fn delayed(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    /// A link that does nothing but lose packets.
    #[must_use]
    pub fn lossy(loss: Loss) -> Self {
        Self { loss, ..Self::default() }
    }

    /// A link that nothing passes.
    #[must_use]
    pub fn cut() -> Self {
        Self { cut: true, ..Self::default() }
    }
}
