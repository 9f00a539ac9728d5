//! What SYN, SYN-ACK and ACK say.

use super::bytes::micros;
use super::{Header, Kind, LENGTH, body, sealed};
use crate::ids::{Node, SessionId};
use crate::key::PairKeys;
use crate::terms::Terms;

/// The body of SYN, SYN-ACK and ACK.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Handshake {
    /// Who sends.
    pub from: Node,
    /// To whom.
    pub to: Node,
    /// Which start of the sender this is: another after each restart.
    pub boot: u64,
    /// The responder's proof to itself; all zero in a SYN.
    pub cookie: [u8; 16],
    /// The sender's pace.
    pub terms: Terms,
}

impl Handshake {
    /// Reads the body of a SYN, SYN-ACK or ACK.
    #[must_use]
    pub fn read(bytes: &[u8], header: &Header) -> Self {
        let mut reader = body(bytes);
        let (from, to, boot, cookie) = (Node(reader.u64()), Node(reader.u64()), reader.u64(), reader.take());
        Self { from, to, boot, cookie, terms: header.terms(reader.u32()) }
    }

    pub(crate) fn write(&self, kind: Kind, (to, from): (SessionId, SessionId), keys: &PairKeys) -> [u8; LENGTH] {
        sealed(kind, &self.terms, (to, from), keys, |writer| {
            writer.put(&self.from.0.to_be_bytes()).put(&self.to.0.to_be_bytes()).put(&self.boot.to_be_bytes()).put(&self.cookie);
            writer.put(&micros(self.terms.hears).to_be_bytes());
        })
    }
}
