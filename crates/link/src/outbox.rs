//! What links hand out: packets to send, kernels to ask, what happened, and probes that were heard.
//!
//! The queues keep their room, so that nothing is allocated for a packet once they have grown to what a busy moment needs.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};

use crate::happening::Happening;
use crate::ids::{Node, Pair};
use crate::time::{Moment, Stamp};
use crate::window::{Counts, Verdict};
use crate::wire::{LENGTH, Probe};

/// A packet that wants to leave.
#[derive(Debug, Clone, Copy)]
pub struct Transmit {
    /// Where it goes.
    pub to: SocketAddr,
    /// The probe that it is, whose send stamp is wanted; `None` for a packet of the handshake.
    pub probe: Option<SentProbe>,
    /// It.
    pub bytes: [u8; LENGTH],
}

/// Which probe a packet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SentProbe {
    /// To whom.
    pub peer: Node,
    /// In which session.
    pub pair: Pair,
    /// Its number.
    pub sequence: u64,
}

/// A probe that was heard and counts.
#[derive(Debug, Clone, Copy)]
pub struct Heard {
    /// From whom.
    pub peer: Node,
    /// In which session.
    pub pair: Pair,
    /// When our kernel received it, by our clock.
    pub at: Moment,
    /// And as its stamp.
    pub stamp: Stamp,
    /// Its place among the others.
    pub verdict: Verdict,
    /// What it says.
    pub probe: Probe,
    /// What was heard in that session up to here, itself included.
    pub counts: Counts,
}

#[derive(Debug, Default, Clone)]
pub(crate) struct Outbox {
    pub(crate) packets: VecDeque<Transmit>,
    pub(crate) questions: VecDeque<(Node, IpAddr)>,
    pub(crate) happenings: VecDeque<(Node, Happening)>,
    pub(crate) heard: VecDeque<Heard>,
}

impl Outbox {
    pub(crate) fn send(&mut self, to: SocketAddr, probe: Option<SentProbe>, bytes: [u8; LENGTH]) {
        self.packets.push_back(Transmit { to, probe, bytes });
    }

    pub(crate) fn ask(&mut self, peer: Node, address: IpAddr) {
        self.questions.push_back((peer, address));
    }

    pub(crate) fn tell(&mut self, peer: Node, happening: Happening) {
        self.happenings.push_back((peer, happening));
    }

    pub(crate) fn heard(&mut self, heard: Heard) {
        self.heard.push_back(heard);
    }
}
