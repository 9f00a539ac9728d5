//! The error of asking the kernel to notice sooner than it can.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::keepalive::span::Span;

/// No figures notice a dead peer in the time that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unachievable {
    /// The time that was asked for.
    pub asked: Duration,
    /// The least that can be had, in whole milliseconds.
    pub smallest: Duration,
}

impl fmt::Display for Unachievable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (asked, smallest) = (Span(self.asked), Span(self.smallest));
        write!(f, "the kernel cannot notice a dead peer within {asked}; the least is {smallest}")
    }
}

impl Error for Unachievable {}
