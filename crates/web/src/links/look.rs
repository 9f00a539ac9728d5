//! How a link looks: always a colour, a shape and a word. The order is that of urgency, the worst last.

use allswell_model::link::{Cell, LinkState};

/// A share of lost packets from which on nothing at all goes through.
const ALL: f64 = 0.999;

/// What a link is shown as: its state, and of what is down which way still works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum LinkLook {
    /// Nobody measures it just now.
    Unmeasured,
    /// Packets go both ways.
    Up,
    /// The peer left, or was paused.
    Left,
    /// No session yet.
    Opening,
    /// The first end was itself too late to judge.
    SelfStalled,
    /// Some are lost, or they are slow.
    Degraded,
    /// The other end's kernel answers, its process does not.
    PeerStalled,
    /// Packets come back, and none arrives there.
    OnlyBack,
    /// Packets arrive there, and none comes back.
    OnlyThere,
    /// Nothing goes through.
    Down,
}

impl LinkLook {
    /// All of them, the worst first.
    pub(crate) const ALL: [Self; 10] = [
        Self::Down,
        Self::OnlyThere,
        Self::OnlyBack,
        Self::PeerStalled,
        Self::Degraded,
        Self::SelfStalled,
        Self::Opening,
        Self::Left,
        Self::Up,
        Self::Unmeasured,
    ];

    /// How a link of this state and these losses looks.
    pub(crate) fn of(state: LinkState, loss_forward: Option<f64>, loss_reverse: Option<f64>) -> Self {
        let passes = |loss: Option<f64>| loss.is_some_and(|share| share < ALL);
        match state {
            LinkState::Up => Self::Up,
            LinkState::Degraded => Self::Degraded,
            LinkState::PeerStalled => Self::PeerStalled,
            LinkState::SelfStalled => Self::SelfStalled,
            LinkState::Opening => Self::Opening,
            LinkState::Left => Self::Left,
            LinkState::Unmeasured => Self::Unmeasured,
            LinkState::Down => match (passes(loss_forward), passes(loss_reverse)) {
                (true, false) => Self::OnlyThere,
                (false, true) => Self::OnlyBack,
                _ => Self::Down,
            },
        }
    }

    /// How this pair looks.
    pub(crate) fn of_cell(cell: &Cell) -> Self {
        Self::of(cell.state, cell.loss_forward, cell.loss_reverse)
    }

    /// As people read it.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unmeasured => "not measured",
            Self::Up => "up",
            Self::Left => "left",
            Self::Opening => "opening",
            Self::SelfStalled => "itself stalled",
            Self::Degraded => "degraded",
            Self::PeerStalled => "peer stalled",
            Self::OnlyBack | Self::OnlyThere => "one way",
            Self::Down => "down",
        }
    }

    /// As the style sheet and the shapes call it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Unmeasured => "unmeasured",
            Self::Up => "up",
            Self::Left => "paused",
            Self::Opening => "opening",
            Self::SelfStalled => "late",
            Self::Degraded => "degraded",
            Self::PeerStalled => "stalled",
            Self::OnlyBack => "back",
            Self::OnlyThere => "there",
            Self::Down => "down",
        }
    }

    /// What it says, in a few words; of some the word alone says it.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Unmeasured => "nobody measures this pair just now",
            Self::Up => "packets go both ways",
            Self::Left => "the other end said that it leaves, or it was paused",
            Self::Opening => "no session yet",
            Self::SelfStalled => "it was too late to judge",
            Self::Degraded => "packets are lost, or take longer than they used to",
            Self::PeerStalled => "the other end's kernel answers, its process does not",
            Self::OnlyBack => "packets come back, and none arrives there",
            Self::OnlyThere => "packets arrive there, and none comes back",
            Self::Down => "nothing goes through",
        }
    }

    /// Whether somebody should look at it.
    pub(crate) fn is_trouble(self) -> bool {
        self >= Self::SelfStalled
    }
}

#[cfg(test)]
mod tests;
