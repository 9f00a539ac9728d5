//! What was done beforehand so that a dead peer is noticed.

use std::fmt;
use std::io;
use std::net::TcpStream;
use std::time::Duration;

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
}

impl Care {
    /// In the order in which they are shown.
    pub(crate) const ALL: [Self; 2] = [Self::Nothing, Self::Keepalive];

    /// Sets it up, for either end.
    pub(crate) fn apply(self, stream: &TcpStream) -> io::Result<()> {
        match self {
            Self::Nothing => Ok(()),
            Self::Keepalive => keepalive()?.apply(stream).map(drop),
        }
    }

    /// What the library says beforehand of what will be noticed.
    pub(crate) fn prediction(self) -> io::Result<String> {
        Ok(match self {
            Self::Nothing => "what a program gets that sets nothing".into(),
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

impl fmt::Display for Care {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Nothing => "nothing set",
            Self::Keepalive => "keepalive",
        })
    }
}
