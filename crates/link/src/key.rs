//! Keys: from an operator's secret to the MAC of each packet. One for each direction of each pair of nodes, so that no packet can be
//! turned round or handed to a third node.

use std::fmt;

use blake2::digest::block_api::{Block, Buffer, UpdateCore, VariableOutputCore};
use blake2::digest::consts::{U16, U32};
use blake2::digest::{CtOutput, Digest, KeyInit, Mac, Output};
use blake2::{Blake2s256, Blake2sMac, Blake2sVarCore};

use crate::ids::Node;

/// Bytes of a MAC on the wire: nobody guesses 128 bits.
pub const MAC_LENGTH: usize = 16;

/// Fewer bytes could be tried one after the other.
pub const SECRET_AT_LEAST: usize = 16;

/// The number that a node's name is hashed to.
#[must_use]
pub fn node_of(name: &str) -> Node {
    let hash = Blake2s256::new().chain_update(b"allswell node 1").chain_update(name.as_bytes()).finalize();
    Node(hash.first_chunk().map_or(0, |eight| u64::from_be_bytes(*eight)))
}

/// An operator's key, under the number that stands in each packet.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    id: u8,
    root: [u8; 32],
}

impl Key {
    /// From a secret of any length; shorter than [`SECRET_AT_LEAST`] it protects nothing.
    #[must_use]
    pub fn new(id: u8, secret: &[u8]) -> Self {
        Self { id, root: Blake2s256::new().chain_update(b"allswell key 1").chain_update(secret).finalize().into() }
    }
}

impl fmt::Debug for Key {
    /// Without the secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The keys of one mesh. The first signs, each verifies: so a new one can be spread before it is used, and an old one be kept until
/// nobody uses it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeyRing(Vec<Key>);

impl KeyRing {
    /// The first signs. Of several under one number the first counts.
    #[must_use]
    pub fn new(keys: Vec<Key>) -> Self {
        Self(keys)
    }

    /// The keys between us and a peer.
    pub(crate) fn between(&self, us: Node, peer: Node) -> PairKeys {
        let derive = |key: &Key| Derived { id: key.id, seal: Sealer::new(&key.root, us, peer), open: Sealer::new(&key.root, peer, us) };
        PairKeys(self.0.iter().map(derive).collect())
    }
}

/// All keys between us and one peer.
#[derive(Clone)]
pub(crate) struct PairKeys(Vec<Derived>);

#[derive(Clone)]
struct Derived {
    id: u8,
    seal: Sealer,
    open: Sealer,
}

impl fmt::Debug for PairKeys {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|key| key.id)).finish()
    }
}

impl PairKeys {
    /// The number of the key that signs; `None` without keys.
    pub(crate) fn signing(&self) -> Option<u8> {
        self.0.first().map(|key| key.id)
    }

    /// The MAC of what we send.
    pub(crate) fn seal(&self, signed: &[u8]) -> [u8; MAC_LENGTH] {
        self.0.first().map(|key| key.seal.mac(signed)).unwrap_or_default()
    }

    /// Whether this MAC is the peer's, under this key; `None` when we have none of that number. It takes the same time for each wrong MAC.
    pub(crate) fn open(&self, id: u8, signed: &[u8], mac: &[u8]) -> Option<bool> {
        self.0.iter().find(|key| key.id == id).map(|key| key.open.is_of(signed, mac))
    }
}

/// A keyed BLAKE2s (RFC 7693) that has its first block, which is the key, behind it. The library's own puts that off until more comes, and
/// so would do it once for each packet.
#[derive(Clone)]
pub(crate) struct Sealer(Blake2sVarCore);

impl Sealer {
    fn new(root: &[u8; 32], from: Node, to: Node) -> Self {
        let direction = prf(root, &[b"allswell link 1", &from.0.to_be_bytes(), &to.0.to_be_bytes()]);
        Self::of(&direction)
    }

    /// From the key itself.
    pub(crate) fn of(key: &[u8; 32]) -> Self {
        let mut core = Blake2sVarCore::new_with_params(&[], &[], key.len(), MAC_LENGTH);
        let mut block = Block::<Blake2sVarCore>::default();
        block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
        core.update_blocks(&[block]);
        Self(core)
    }

    /// Of what is not empty: no packet is.
    pub(crate) fn mac(&self, signed: &[u8]) -> [u8; MAC_LENGTH] {
        let (mut core, mut rest, mut hash) = (self.0.clone(), Buffer::<Blake2sVarCore>::default(), Output::<Blake2sVarCore>::default());
        rest.digest_blocks(signed, |blocks| core.update_blocks(blocks));
        core.finalize_variable_core(&mut rest, &mut hash);
        hash.first_chunk().copied().unwrap_or_default()
    }

    /// It takes the same time for each wrong one.
    pub(crate) fn is_of(&self, signed: &[u8], mac: &[u8]) -> bool {
        let other: Result<[u8; MAC_LENGTH], _> = mac.try_into();
        let same = |mac: [u8; MAC_LENGTH]| CtOutput::<Blake2sMac<U16>>::new(mac.into());
        other.is_ok_and(|other| same(self.mac(signed)) == same(other))
    }
}

/// 32 bytes that nobody can tell from random ones without the key.
pub(crate) fn prf(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac: Blake2sMac<U32> = Blake2sMac::new(&(*key).into());
    for part in parts {
        Mac::update(&mut mac, part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests;
