//! What can happen to a link.

use std::net::SocketAddr;

use crate::ids::{Pair, SessionId};
use crate::time::{Moment, Stamp};
use crate::timer::Armed;
use crate::wire::{Handshake, Probe};

/// One thing that happens to a link.
#[derive(Debug, Clone, Copy)]
pub enum Event {
    /// The way there is switched on.
    LinkUp,
    /// Our own interface is down.
    LinkDown,
    /// We leave, and tell the peer.
    Leave,
    /// The peer asks for a session; its MAC is good, which says nothing of its age.
    Syn {
        /// Whence it came.
        from: SocketAddr,
        /// The peer's half of the identity.
        id: SessionId,
    },
    /// The peer answers a SYN.
    SynAck {
        /// The identity that it offers.
        pair: Pair,
        /// What it says.
        hello: Handshake,
    },
    /// The peer takes an offer of ours.
    Ack {
        /// Whence it came.
        from: SocketAddr,
        /// The identity that it takes.
        pair: Pair,
        /// What it says; the cookie is ours, if it is.
        hello: Handshake,
    },
    /// A probe of the peer's.
    Probe {
        /// In which session.
        pair: Pair,
        /// When our kernel received it, by our clock and as its stamp.
        at: (Moment, Stamp),
        /// What it says.
        probe: Probe,
    },
    /// A report of the peer's.
    Report {
        /// In which session.
        pair: Pair,
        /// When our kernel received it, by our clock.
        at: Moment,
        /// Its number.
        number: u64,
    },
    /// A timer is due.
    Timeout(Armed),
    /// The peer's kernel answered our question.
    KernelAnswered,
    /// Our question to it did not leave: that it does not answer says nothing.
    KernelUnasked,
    /// The peer's kernel says that nobody listens there.
    Refused,
}
