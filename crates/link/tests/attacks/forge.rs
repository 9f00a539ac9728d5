//! The keys and MACs of the protocol, made a second time from the words of docs/link-protocol.md: for an attacker who has the secret, and as
//! the proof that the page is enough to speak the protocol.

use allswell_link::ids::Node;
use blake2::digest::consts::{U16, U32};
use blake2::digest::{Digest, KeyInit, Mac};
use blake2::{Blake2s256, Blake2sMac};

/// What the nodes of these tests share.
pub(crate) const SECRET: &[u8] = b"a secret of the attacks";

/// The MAC of bytes that `from` sends `to`, put behind them in place of their last 16.
pub(crate) fn seal(bytes: &mut [u8], from: Node, to: Node) {
    let root: [u8; 32] = Blake2s256::new().chain_update(b"allswell key 1").chain_update(SECRET).finalize().into();
    let mut derive = Blake2sMac::<U32>::new(&root.into());
    for part in [&b"allswell link 1"[..], &from.0.to_be_bytes(), &to.0.to_be_bytes()] {
        Mac::update(&mut derive, part);
    }
    let key: [u8; 32] = derive.finalize().into_bytes().into();
    let signed = bytes.len() - 16;
    let mac: [u8; 16] = Blake2sMac::<U16>::new(&key.into()).chain_update(&bytes[..signed]).finalize().into_bytes().into();
    bytes[signed..].copy_from_slice(&mac);
}

/// Writes a number of eight bytes at its place.
pub(crate) fn put(bytes: &mut [u8], at: usize, number: u64) {
    bytes[at..at + 8].copy_from_slice(&number.to_be_bytes());
}

/// Reads one.
pub(crate) fn number(bytes: &[u8], at: usize) -> u64 {
    u64::from_be_bytes(bytes[at..at + 8].try_into().unwrap())
}

/// The places of the wire that attacks aim at.
pub(crate) const KIND: usize = 1;
pub(crate) const KEY: usize = 2;
pub(crate) const TO: usize = 8;
pub(crate) const FROM: usize = 16;
pub(crate) const SEQUENCE: usize = 24;

/// The kinds, as they stand in a packet.
pub(crate) const SYN: u8 = 1;
pub(crate) const SYN_ACK: u8 = 2;
pub(crate) const ACK: u8 = 3;
pub(crate) const PROBE: u8 = 4;
pub(crate) const REPORT: u8 = 5;
