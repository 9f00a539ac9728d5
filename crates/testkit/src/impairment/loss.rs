//! Which packets vanish: here and there, every n-th, or in bursts.

use super::probability::Probability;

/// Which packets vanish.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Loss {
    /// None.
    #[default]
    None,
    /// Each with this probability, whatever happened to the one before.
    Random(Probability),
    /// The n-th, the 2n-th and so on since this was set; with zero, none.
    EveryNth(u64),
    /// In bursts.
    Bursts(Gilbert),
}

/// A link with a good and a bad state (Gilbert 1960, Elliott 1963). Before each packet it may change its state, and the state that it is in
/// then decides how probably the packet is lost. It begins good whenever it is set.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gilbert {
    /// From good to bad.
    pub begin: Probability,
    /// From bad to good.
    pub end: Probability,
    /// How many packets are lost while it is good.
    pub in_good: Probability,
    /// How many packets are lost while it is bad.
    pub in_bad: Probability,
}

impl Gilbert {
    /// All packets of a burst are lost and no others: this share of all in the long run, so many of them in a row on average.
    ///
    /// # Panics
    /// When there is no such link: a burst shorter than one packet, a share of one, or one so high that the gaps between bursts would be
    /// shorter than one packet.
    #[must_use]
    pub fn bursts(share: Probability, mean_length: f64) -> Self {
        let end = Probability::of(1.0 / mean_length);
        // In the long run `share` of the packets find it bad, where as many bursts begin as end: (1 - share) * begin = share * end.
        let begin = Probability::of(share.share() * end.share() / (1.0 - share.share()));
        Self { begin, end, in_good: Probability::NEVER, in_bad: Probability::ALWAYS }
    }
}

/// What a loss remembers of the packets before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Memory {
    seen: u64,
    bad: bool,
}

impl Memory {
    /// Whether the next packet is lost, for which these numbers were drawn.
    pub(crate) fn loses(&mut self, loss: Loss, [change, lose]: [u64; 2]) -> bool {
        self.seen += 1;
        match loss {
            Loss::None => false,
            Loss::Random(share) => share.happens(lose),
            Loss::EveryNth(n) => self.seen.is_multiple_of(n),
            Loss::Bursts(link) => {
                let turn = if self.bad { link.end } else { link.begin };
                self.bad ^= turn.happens(change);
                let share = if self.bad { link.in_bad } else { link.in_good };
                share.happens(lose)
            }
        }
    }
}
