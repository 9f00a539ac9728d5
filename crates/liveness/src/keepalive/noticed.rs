//! The prediction, and its sentences.

use std::fmt;

use crate::keepalive::lack::Lack;
use crate::keepalive::span::Span;
use crate::keepalive::warning::Warning;
use crate::keepalive::when::When;

/// When the kernel notices that the peer is gone, in each of the three situations of a connection. Shown, it is sentences for a person.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Noticed {
    /// A dead peer, nothing being in flight; counted from when something last came.
    pub idle: When,
    /// A dead peer that owes an acknowledgement; counted from when the data was sent.
    pub in_flight: When,
    /// A peer that does not read while we have something to send; counted from when its window was shut.
    pub not_reading: NotReading,
    /// What somebody who chose the figures may not expect.
    pub warnings: Vec<Warning>,
    /// What this system does not have or does not tell.
    pub lacks: Vec<Lack>,
}

/// What becomes of a connection whose peer has shut its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NotReading {
    /// The peer's kernel answers: it lives, and the connection ends all the same unless this is never.
    pub alive: When,
    /// The peer's kernel is silent; counted from its last answer, and at most this with a user time-out, which began to run before.
    pub dead: When,
}

impl fmt::Display for Noticed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        dead(f, self.idle, "while idle")?;
        f.write_str(" ")?;
        dead(f, self.in_flight, "with data in flight")?;
        f.write_str(" ")?;
        self.not_reading.fmt(f)?;
        self.warnings.iter().try_for_each(|warning| write!(f, " Warning: {warning}."))?;
        self.lacks.iter().try_for_each(|lack| write!(f, " Not to be had: {lack}."))
    }
}

impl fmt::Display for NotReading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.alive {
            When::After(after) if self.dead == self.alive => {
                write!(f, "A peer that does not read, dead or alive, is dropped after {}.", Span(after))
            }
            When::After(after) => write!(f, "A peer that lives but does not read is dropped after {}; ", Span(after)),
            When::Between { at_least, at_most } => {
                write!(f, "A peer that lives but does not read is dropped after {} to {}; ", Span(at_least), Span(at_most))
            }
            When::Never => f.write_str("A peer that lives but does not read is kept for ever; "),
            When::Unknown => f.write_str("Whether a peer that lives but does not read is kept is not known; "),
        }?;
        match self.dead {
            When::After(_) if self.dead == self.alive => Ok(()),
            When::After(after) => write!(f, "when it dies meanwhile, that is noticed after {}.", Span(after)),
            When::Between { at_least, at_most } => {
                write!(f, "when it dies meanwhile, that is noticed after {} to {}.", Span(at_least), Span(at_most))
            }
            When::Never => f.write_str("when it dies meanwhile, that is never noticed."),
            When::Unknown => f.write_str("when it dies meanwhile, nobody knows how soon that is noticed."),
        }
    }
}

fn dead(f: &mut fmt::Formatter<'_>, when: When, situation: &str) -> fmt::Result {
    match when {
        When::After(after) => write!(f, "A dead peer is noticed after {} {situation}.", Span(after)),
        When::Between { at_least, at_most } => {
            write!(f, "A dead peer is noticed after {} to {} {situation}.", Span(at_least), Span(at_most))
        }
        When::Never => write!(f, "A dead peer is never noticed {situation}."),
        When::Unknown => write!(f, "Nobody knows how soon a dead peer is noticed {situation}."),
    }
}
