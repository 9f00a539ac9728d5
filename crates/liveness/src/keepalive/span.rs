//! A span of time that somebody set or may set, as a person says it: unlike a measured one it is not rounded to a digit or two.

use std::fmt;
use std::time::Duration;

/// To the millisecond below a minute, to the second below an hour, then to the minute.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Span(pub(crate) Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, millis) = (self.0.as_secs(), self.0.as_millis());
        match seconds {
            0 => write!(f, "{millis} ms"),
            1..60 if self.0.subsec_millis() == 0 => write!(f, "{seconds} s"),
            1..60 => write!(f, "{} s", format!("{seconds}.{:03}", self.0.subsec_millis()).trim_end_matches('0')),
            60..3600 => parts(f, (seconds / 60, "min"), (seconds % 60, "s")),
            _ => parts(f, (seconds / 3600, "h"), (seconds / 60 % 60, "min")),
        }
    }
}

fn parts(f: &mut fmt::Formatter<'_>, (large, unit): (u64, &str), (small, of): (u64, &str)) -> fmt::Result {
    write!(f, "{large} {unit}")?;
    if small == 0 { Ok(()) } else { write!(f, " {small} {of}") }
}

#[cfg(test)]
mod tests;
