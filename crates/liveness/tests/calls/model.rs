//! What has to be told, whoever asks and in whatever order: the reference beside the library.

use allswell_liveness::{Side, State};

use crate::script::{Act, Call};

/// What the peer has done as seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Peer {
    Sends,
    Finished,
    Broke,
    FinishedThenBroke,
}

/// The connection as it must look from our side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Model {
    pub(crate) peer: Peer,
    /// Whether the peer has nobody left to read.
    pub(crate) closed: bool,
    /// Bytes of the peer's that we have not read: readable whatever happens.
    pub(crate) unread: usize,
    /// Bytes of ours that the peer has not read.
    pub(crate) theirs: usize,
    pub(crate) wrote: bool,
    pub(crate) shut_reading: bool,
    pub(crate) shut_writing: bool,
}

impl Model {
    pub(crate) const NEW: Self =
        Self { peer: Peer::Sends, closed: false, unread: 0, theirs: 0, wrote: false, shut_reading: false, shut_writing: false };

    /// `None` while it stands and nobody has shut anything: alive, or idle.
    pub(crate) fn state(&self) -> Option<State> {
        Some(match (self.peer, self.shut_reading, self.shut_writing) {
            (Peer::Broke, ..) => State::Reset,
            (Peer::FinishedThenBroke, ..) => State::ResetAfterFin,
            (Peer::Finished, _, true) => State::ClosedInOrder,
            (Peer::Finished, _, false) => State::HalfClosedByPeer,
            (Peer::Sends, true, true) => State::HalfClosedByUs { side: Side::Both },
            (Peer::Sends, true, false) => State::HalfClosedByUs { side: Side::Reading },
            (Peer::Sends, false, true) => State::HalfClosedByUs { side: Side::Writing },
            (Peer::Sends, false, false) => return None,
        })
    }

    pub(crate) fn is_over(&self) -> bool {
        self.state().is_some_and(|state| state.is_end())
    }

    /// Whether the peer can do that still.
    pub(crate) fn permits(&self, act: Act) -> bool {
        match act {
            Act::Unreachable => !self.is_over(),
            Act::Sends(_) | Act::Finishes => !self.closed && !self.is_over() && self.peer == Peer::Sends,
            Act::Reads => !self.closed && !self.is_over(),
            Act::Closes | Act::Resets => !self.closed,
        }
    }

    pub(crate) fn acted(&mut self, act: Act) {
        let over = self.is_over();
        self.closed |= matches!(act, Act::Closes | Act::Resets);
        match act {
            _ if over => {}
            // Nobody is left to whom our kernel could give it: it breaks off by itself (RFC 1122, 4.2.2.13), and notes that as a RST.
            Act::Sends(_) if self.shut_reading && self.shut_writing => self.peer = Peer::Broke,
            Act::Sends(bytes) => self.unread += bytes,
            Act::Reads => self.theirs = 0,
            Act::Resets => self.broken_off(),
            Act::Closes if self.theirs > 0 => self.broken_off(),
            Act::Finishes | Act::Closes => self.peer = Peer::Finished,
            Act::Unreachable => {}
        }
    }

    /// After a call that was answered by so many bytes.
    pub(crate) fn called(&mut self, call: Call, bytes: usize) {
        let standing = !self.is_over();
        match call {
            Call::Read(_) => self.unread -= bytes,
            Call::Write(_) if bytes > 0 => {
                self.wrote = true;
                self.theirs += bytes;
                if self.closed {
                    self.broken_off();
                }
            }
            Call::ShutReading if standing => self.shut_reading = true,
            Call::ShutWriting if standing => self.shut_writing = true,
            Call::ShutBoth if standing => (self.shut_reading, self.shut_writing) = (true, true),
            _ => {}
        }
    }

    fn broken_off(&mut self) {
        self.peer = if self.peer == Peer::Finished { Peer::FinishedThenBroke } else { Peer::Broke };
    }
}
