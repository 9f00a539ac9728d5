//! What a prediction depends on besides the four figures.

use std::io;
use std::time::Duration;

use allswell_os::handle::AsSocket;
use allswell_os::keepalive as os;

/// The retransmission timers of a connection. They change with its round trips, so a prediction is one of its moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conditions {
    /// The retransmission time-out now: the round trip and at least 200 ms; more when round trips vary. A second before the connection
    /// is made; right after it three times that first round trip (RFC 6298, 2.2), which is seconds when a SYN or the question for a
    /// neighbour was lost, and Linux may start from what it remembers of earlier connections.
    pub rto: Duration,
    /// How far it doubles, try by try.
    pub longest_rto: Duration,
    /// How often data is sent again before the peer is given up, counted as `net.ipv4.tcp_retries2` counts; absent where the system does
    /// not tell.
    pub retries: Option<u8>,
}

impl Default for Conditions {
    /// A round trip of few milliseconds, and Linux as it comes: 200 ms, 120 s, 15.
    fn default() -> Self {
        Self { rto: Duration::from_millis(200), longest_rto: Duration::from_secs(120), retries: Some(15) }
    }
}

impl Conditions {
    /// Those of a connection now. What the system does not tell of the two times is as in the default.
    ///
    /// `retries` is that of the network namespace in which this is called; a socket that was made in another has its own.
    ///
    /// # Errors
    /// When it is no TCP socket.
    pub fn of(socket: &impl AsSocket) -> io::Result<Self> {
        let told = os::retransmission(socket)?;
        let usual = Self::default();
        Ok(Self { rto: told.rto.unwrap_or(usual.rto), longest_rto: told.longest.unwrap_or(usual.longest_rto), retries: told.retries })
    }
}
