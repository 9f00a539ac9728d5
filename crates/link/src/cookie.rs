//! What a responder knows again without having kept it: the cookie of a handshake, and the identities of sessions.
//!
//! A SYN is answered from the node's secret alone. The cookie in the answer binds the address, both identities and how many sessions the
//! link has had; so it is good once, for whoever can be reached at that address, and only for a while.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use crate::ids::{Node, SessionId};
use crate::key::{Sealer, prf};
use crate::time::Moment;

/// A cookie is good for at least this long, and at most twice as long.
pub(crate) const COOKIE_FOR: Duration = Duration::from_secs(10);

/// The node's own secrets: new at every start, and never on the wire.
#[derive(Clone)]
pub(crate) struct Secrets {
    cookies: Sealer,
    answers: Sealer,
    attempts: Sealer,
    attempt: u64,
}

/// What a cookie binds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claim {
    pub(crate) peer: Node,
    pub(crate) address: SocketAddr,
    /// The initiator's half of the identity.
    pub(crate) initiator: SessionId,
    /// How many sessions the link has had: so a cookie is used up with the next one.
    pub(crate) generation: u64,
}

impl Secrets {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        let of = |what: &[u8]| Sealer::of(&prf(seed, &[what]));
        Self { cookies: of(b"cookies"), answers: of(b"answers"), attempts: of(b"attempts"), attempt: 0 }
    }

    /// Our half of the identity of a session that we ask for: new each time.
    pub(crate) fn attempt(&mut self) -> SessionId {
        self.attempt += 1;
        id_of(&self.attempts.mac(&self.attempt.to_be_bytes()))
    }

    /// Our half of the identity of a session that we are asked for. The same SYN gets the same one, however often it comes.
    pub(crate) fn answer(&self, claim: &Claim, now: Moment) -> SessionId {
        id_of(&self.answers.mac(&claim.bytes(slot(now), SessionId::NONE)))
    }

    /// The cookie for it.
    pub(crate) fn cookie(&self, claim: &Claim, ours: SessionId, now: Moment) -> [u8; 16] {
        self.cookies.mac(&claim.bytes(slot(now), ours))
    }

    /// Whether a cookie is one of ours, and not too old.
    pub(crate) fn is_ours(&self, cookie: &[u8; 16], claim: &Claim, ours: SessionId, now: Moment) -> bool {
        let current = slot(now);
        [Some(current), current.checked_sub(1)].into_iter().flatten().any(|slot| self.cookies.is_of(&claim.bytes(slot, ours), cookie))
    }
}

fn slot(now: Moment) -> u64 {
    now.0 / crate::time::nanos(COOKIE_FOR)
}

/// Zero is no identity; 1 stands in for it, once in 2^64.
fn id_of(mac: &[u8; 16]) -> SessionId {
    SessionId(mac.first_chunk().map_or(1, |eight| u64::from_be_bytes(*eight)).max(1))
}

impl Claim {
    fn bytes(&self, slot: u64, ours: SessionId) -> [u8; 58] {
        let address = match self.address.ip() {
            IpAddr::V4(v4) => v4.to_ipv6_mapped(),
            IpAddr::V6(v6) => v6,
        };
        let mut bytes = [0; 58];
        let numbers = [self.peer.0, self.initiator.0, ours.0, self.generation, slot];
        let (head, tail) = bytes.split_at_mut(40);
        for (place, number) in head.chunks_exact_mut(8).zip(numbers) {
            place.copy_from_slice(&number.to_be_bytes());
        }
        let (place, port) = tail.split_at_mut(16);
        place.copy_from_slice(&address.octets());
        port.copy_from_slice(&self.address.port().to_be_bytes());
        bytes
    }
}

#[cfg(test)]
mod tests;
