//! How a connection that stood was lost, and what a stranger's first bytes look like.

use std::error::Error;
use std::io;
use std::net::SocketAddr;

use allswell_model::{DownCause, Stage};

use crate::failure::{Failure, shown};

/// How the peer, or the network, ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Closed,
    Reset,
    TimedOut,
    Unreachable,
}

impl Ending {
    /// From an error of reading or writing; anything that the kernel says of no one in particular is a reset.
    pub(crate) fn of(error: &io::Error) -> Self {
        match (error.kind(), error.raw_os_error()) {
            // A broken pipe that the kernel did not report is HTTP/2's word for an end without a farewell.
            (io::ErrorKind::UnexpectedEof | io::ErrorKind::WriteZero, _) | (io::ErrorKind::BrokenPipe, None) => Self::Closed,
            (io::ErrorKind::TimedOut, _) => Self::TimedOut,
            (io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable, _) => Self::Unreachable,
            _ => Self::Reset,
        }
    }

    pub(crate) fn cause(self) -> DownCause {
        match self {
            Self::Closed => DownCause::CLOSED,
            Self::Reset => DownCause::RESET,
            Self::TimedOut => DownCause::TIMED_OUT,
            Self::Unreachable => DownCause::UNREACHABLE,
        }
    }

    /// `192.0.2.7 closed`, `no longer any answer from 192.0.2.7`: to be followed by when.
    pub(crate) fn sentence(self, at: &str, when: &str) -> String {
        match self {
            Self::Closed => format!("{at} closed {when}."),
            Self::Reset => format!("{at} reset the connection {when}."),
            Self::TimedOut => format!("{at} no longer acknowledged anything {when} (the kernel gave up)."),
            Self::Unreachable => format!("{at} became unreachable {when}."),
        }
    }

    /// The failure of a stage.
    pub(crate) fn failure(self, stage: Stage, peer: SocketAddr, when: &str) -> Failure {
        let failure = Failure::down(stage, self.cause(), self.sentence(&spot(peer), when));
        match self {
            Self::Closed | Self::Reset => failure.said_by(peer.ip()),
            Self::TimedOut | Self::Unreachable => failure,
        }
    }
}

/// The error of this type in the chain of sources, an `io::Error`'s content included.
pub(crate) fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        // The content of an `io::Error` stands before its source, which would skip it.
        let content = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = content.map_or_else(|| error.source(), |content| Some(content as &(dyn Error + 'static)));
    }
    None
}

/// An address in a sentence: without the port where it is the usual one.
pub(crate) fn spot(peer: SocketAddr) -> String {
    if matches!(peer.port(), 80 | 443 | 853) { peer.ip().to_string() } else { shown(peer) }
}

/// What the first bytes of a peer look like, to tell an operator what listens there.
pub(crate) fn glimpse(opening: &[u8]) -> String {
    /// As much of it as fits into a sentence.
    const AT_MOST: usize = 40;
    match opening {
        [0x15 | 0x16, 0x03, ..] => "TLS".into(),
        [0, 0, _, 4, ..] => "HTTP/2".into(),
        bytes => {
            let line = bytes.split(|byte| matches!(byte, b'\r' | b'\n')).next().unwrap_or_default();
            let cut = line.get(..AT_MOST).unwrap_or(line);
            let more = if cut.len() < line.len() { "..." } else { "" };
            format!("\"{}{more}\"", cut.escape_ascii())
        }
    }
}

/// Foreign text in a sentence: cut, and nothing in it that a terminal would obey.
pub(crate) fn foreign(text: &str) -> String {
    /// Longer than any name that helps.
    const AT_MOST: usize = 120;
    let clean: String = text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).take(AT_MOST).collect();
    if text.chars().count() > AT_MOST { format!("{clean}...") } else { clean }
}

#[cfg(test)]
mod tests;
