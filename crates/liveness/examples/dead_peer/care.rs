//! What was done beforehand so that a dead peer is noticed.

use std::fmt;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use allswell_liveness::heartbeat::{Heartbeat, Settings};
use allswell_liveness::keepalive::{Conditions, Keepalive};

/// How soon a dead peer is to be noticed.
const WITHIN: Duration = Duration::from_secs(6);

/// What a connection was given to notice a dead peer by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Care {
    /// Nothing: what a program gets that sets nothing.
    Nothing,
    /// Keepalive and a user time-out, at both ends.
    Keepalive,
    /// The client's application asks, and the server's answers; nothing is set on the sockets.
    Heartbeat,
}

impl Care {
    /// In the order in which they are shown.
    pub(crate) const ALL: [Self; 3] = [Self::Nothing, Self::Keepalive, Self::Heartbeat];

    /// Sets it up, for either end.
    pub(crate) fn apply(self, stream: &TcpStream) -> io::Result<()> {
        match self {
            Self::Nothing | Self::Heartbeat => Ok(()),
            Self::Keepalive => keepalive()?.apply(stream).map(drop),
        }
    }

    /// What the library says beforehand of what will be noticed.
    pub(crate) fn prediction(self) -> io::Result<String> {
        Ok(match self {
            Self::Nothing => {
                let untouched = TcpStream::connect(TcpListener::bind("127.0.0.1:0")?.local_addr()?)?;
                let predicted = Keepalive::read(&untouched)?.noticed(&Conditions::default());
                format!("what a program gets that sets nothing; the library predicts: {predicted}")
            }
            Self::Heartbeat => {
                let figures = heartbeat()?;
                let (interval, timeout, allowed) = (figures.interval(), figures.timeout(), figures.misses_allowed());
                format!(
                    "the client's application asks every {interval:?}, waits {timeout:?} for an answer, and bears {allowed} miss in a row"
                )
            }
            Self::Keepalive => {
                let (figures, within) = (keepalive()?, WITHIN.as_secs());
                let (idle, interval, user_timeout) = (figures.idle(), figures.interval(), figures.user_timeout().unwrap_or_default());
                let predicted = figures.noticed(&Conditions::default());
                format!(
                    "Keepalive::detect_within({within} s) chooses idle {idle:?}, interval {interval:?}, user time-out {user_timeout:?}, and \
                     predicts: {predicted}"
                )
            }
        })
    }

    pub(crate) fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|care| care.to_string() == word)
    }
}

fn keepalive() -> io::Result<Keepalive> {
    Keepalive::detect_within(WITHIN).map_err(io::Error::other)
}

pub(crate) fn heartbeat() -> io::Result<Heartbeat> {
    let settings = Settings { interval: Duration::from_secs(2), timeout: Duration::from_secs(1), jitter: 0.0, misses_allowed: 1 };
    settings.check().map_err(io::Error::other)
}

impl fmt::Display for Care {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing set",
            Self::Keepalive => "keepalive",
            Self::Heartbeat => "heartbeat",
        })
    }
}
