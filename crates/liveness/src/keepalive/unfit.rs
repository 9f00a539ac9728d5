//! The error of a figure that the kernel would refuse or round, and the checks that find it.

use std::error::Error;
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use allswell_os::keepalive::Knob;

use crate::keepalive::span::Span;

/// A figure that cannot be set as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Unfit {
    /// Which figure.
    pub knob: Knob,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// A time out of the range.
    Time {
        /// What was given.
        given: Duration,
        /// The least that may be.
        least: Duration,
        /// The most that may be.
        most: Duration,
    },
    /// A number out of the range.
    Number {
        /// What was given.
        given: u64,
        /// The least that may be.
        least: u64,
        /// The most that may be.
        most: u64,
    },
    /// A time that the kernel would round.
    Fraction {
        /// What was given.
        given: Duration,
        /// It must be a multiple of this.
        unit: Duration,
    },
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let knob = self.knob;
        match self.fault {
            Fault::Time { given, least, .. } if given < least => {
                write!(f, "{knob} cannot be {}: the least is {}", Span(given), Span(least))
            }
            // Beyond a minute a span is rounded, and the most must be told as it is.
            Fault::Time { given, most, .. } => write!(f, "{knob} cannot be {}: the most is {most:?}", Span(given)),
            Fault::Number { given, least, .. } if given < least => write!(f, "{knob} cannot be {given}: the least is {least}"),
            Fault::Number { given, most, .. } => write!(f, "{knob} cannot be {given}: the most is {most}"),
            Fault::Fraction { given, unit } => write!(f, "{knob} cannot be {given:?}: it must be a multiple of {unit:?}"),
        }
    }
}

impl Error for Unfit {}

pub(crate) fn check_seconds(knob: Knob, given: Duration, range: &RangeInclusive<u64>) -> Result<(), Unfit> {
    check_time(knob, given, range, Duration::from_secs)
}

pub(crate) fn check_millis(knob: Knob, given: Duration, range: &RangeInclusive<u64>) -> Result<(), Unfit> {
    check_time(knob, given, range, Duration::from_millis)
}

pub(crate) fn check_number(knob: Knob, given: u32, range: &RangeInclusive<u64>) -> Result<(), Unfit> {
    let given = u64::from(given);
    let fault = Fault::Number { given, least: *range.start(), most: *range.end() };
    if range.contains(&given) { Ok(()) } else { Err(Unfit { knob, fault }) }
}

fn check_time(knob: Knob, given: Duration, range: &RangeInclusive<u64>, of: fn(u64) -> Duration) -> Result<(), Unfit> {
    let (least, most, unit) = (of(*range.start()), of(*range.end()), of(1));
    let fault = if given < least || given > most {
        Fault::Time { given, least, most }
    } else if !given.as_nanos().is_multiple_of(unit.as_nanos()) {
        Fault::Fraction { given, unit }
    } else {
        return Ok(());
    };
    Err(Unfit { knob, fault })
}
