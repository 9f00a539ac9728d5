//! What poll(2) says of a descriptor at this moment. Asking has no side effects.

use std::fmt;
use std::io;
use std::ops::BitOr;
use std::os::fd::AsFd;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// A set of events, by the kernel's own bits (`uapi/asm-generic/poll.h`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Events(u32);

impl Events {
    /// Something can be read, be it bytes, an end or an error.
    pub const IN: Self = Self(0x1);
    /// An urgent byte came.
    pub const PRI: Self = Self(0x2);
    /// Something can be written, be it only to be refused.
    pub const OUT: Self = Self(0x4);
    /// An error is pending, or the error queue holds an entry.
    pub const ERR: Self = Self(0x8);
    /// Both directions are shut, or there is no connection.
    pub const HUP: Self = Self(0x10);
    /// Nothing more will come: the peer's FIN, or our own `shutdown`.
    pub const RDHUP: Self = Self(0x2000);

    /// By name, in the order in which they are written.
    const NAMES: [(Self, &'static str); 6] =
        [(Self::PRI, "PRI"), (Self::IN, "IN"), (Self::OUT, "OUT"), (Self::ERR, "ERR"), (Self::HUP, "HUP"), (Self::RDHUP, "RDHUP")];

    /// From the kernel's bits.
    #[must_use]
    pub const fn from_bits(bits: u32) -> Self {
        Self(bits)
    }

    /// The kernel's bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        self.0
    }

    /// Whether all of `others` are among these.
    #[must_use]
    pub const fn contains(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }

    /// Whether any of `others` is among these.
    #[must_use]
    pub const fn intersects(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }
}

impl BitOr for Events {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Events {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut names = Self::NAMES.iter().filter(|(one, _)| self.contains(*one)).map(|(_, name)| *name);
        f.write_str(names.next().unwrap_or("-"))?;
        names.try_for_each(|name| write!(f, " {name}"))
    }
}

/// Asks for all of them, and waits for none.
///
/// # Errors
/// When the kernel has no memory for the question.
pub fn now(fd: impl AsFd) -> io::Result<Events> {
    const ASKED: PollFlags = PollFlags::IN.union(PollFlags::PRI).union(PollFlags::OUT).union(PollFlags::RDHUP);
    let mut fds = [PollFd::new(&fd, ASKED)];
    poll(&mut fds, Some(&Timespec::default()))?;
    let [asked] = fds;
    Ok(Events(u32::from(asked.revents().bits())))
}

#[cfg(test)]
mod tests;
