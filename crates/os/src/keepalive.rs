//! The options by which a system notices a peer that is gone, and what its timers depend on.
//! What the figures mean, and which of them to choose, is the business of `liveness`.

use std::fmt;
use std::io;
use std::ops::RangeInclusive;
use std::time::Duration;

use crate::handle::AsSocket;

#[cfg(not(any(target_os = "linux", windows)))]
mod bsd;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(windows)]
mod windows;

#[cfg(not(any(target_os = "linux", windows)))]
use bsd as system;
#[cfg(target_os = "linux")]
use linux as system;
#[cfg(windows)]
use windows as system;

/// One of the options.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Knob {
    /// How long nothing may come before the first probe.
    Idle,
    /// How long between two probes.
    Interval,
    /// How many probes may stay unanswered.
    Count,
    /// How long anything may stay unacknowledged.
    UserTimeout,
}

impl fmt::Display for Knob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Idle => "TCP_KEEPIDLE",
            Self::Interval => "TCP_KEEPINTVL",
            Self::Count => "TCP_KEEPCNT",
            Self::UserTimeout => "TCP_USER_TIMEOUT",
        })
    }
}

/// Whole seconds that Linux takes for [`Knob::Idle`] (`MAX_TCP_KEEPIDLE`, include/net/tcp.h); the other systems take at least these.
pub const IDLE_SECONDS: RangeInclusive<u64> = 1..=32_767;
/// Whole seconds for [`Knob::Interval`] (`MAX_TCP_KEEPINTVL`).
pub const INTERVAL_SECONDS: RangeInclusive<u64> = 1..=32_767;
/// How many for [`Knob::Count`] (`MAX_TCP_KEEPCNT`).
pub const COUNT: RangeInclusive<u64> = 1..=127;
/// Whole milliseconds for [`Knob::UserTimeout`]: it is an `int`, and negative ones are refused.
pub const USER_TIMEOUT_MS: RangeInclusive<u64> = 1..=0x7fff_ffff;

/// The options that this system does not have.
pub const MISSING: &[Knob] = system::MISSING;

/// The options that this system takes and never tells again.
pub const UNTOLD: &[Knob] = system::UNTOLD;

/// What a socket has. An option that this system lacks or does not tell is absent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// Whether probes are sent at all (`SO_KEEPALIVE`).
    pub on: bool,
    /// [`Knob::Idle`].
    pub idle: Option<Duration>,
    /// [`Knob::Interval`].
    pub interval: Option<Duration>,
    /// [`Knob::Count`].
    pub count: Option<u32>,
    /// [`Knob::UserTimeout`]; zero is none.
    pub user_timeout: Option<Duration>,
}

/// What the retransmission timers of a connection depend on; absent where the system does not tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retransmission {
    /// The time-out of the connection now; one second before it is connected.
    pub rto: Option<Duration>,
    /// How far that may double (`TCP_RTO_MAX_MS`, Linux 6.15).
    pub longest: Option<Duration>,
    /// `net.ipv4.tcp_retries2` of the caller's network namespace, which also holds for IPv6.
    pub retries: Option<u8>,
}

/// Sets the three figures of the probes, then switches them on.
///
/// # Errors
/// When it is no TCP socket, or a figure is out of range.
pub fn set_probes(socket: &impl AsSocket, idle: Duration, interval: Duration, count: u32) -> io::Result<()> {
    system::set_probes(socket, idle, interval, count)
}

/// Sets the user time-out; zero is none. Whole milliseconds.
///
/// # Errors
/// `Unsupported` where it is [`MISSING`]; else when it is no TCP socket, or the figure is out of range.
pub fn set_user_timeout(socket: &impl AsSocket, user_timeout: Duration) -> io::Result<()> {
    system::set_user_timeout(socket, user_timeout)
}

/// Reads what a socket has.
///
/// # Errors
/// When it is no TCP socket.
pub fn read(socket: &impl AsSocket) -> io::Result<Reading> {
    system::read(socket)
}

/// Reads what the retransmission timers depend on.
///
/// # Errors
/// When it is no TCP socket.
pub fn retransmission(socket: &impl AsSocket) -> io::Result<Retransmission> {
    system::retransmission(socket)
}

#[cfg(test)]
mod tests;
