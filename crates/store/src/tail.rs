//! One row of the tail: the results of one commit, the entry of each under its target's key.

use crate::error::Malformed;
use crate::varint::{self, Bytes};

const VERSION: u8 = 1;

/// Collects the entries of one commit, in the order of their sequence numbers.
#[derive(Debug, Default)]
pub(crate) struct TailRow {
    data: Vec<u8>,
    /// The key of the entry before.
    key: i64,
}

impl TailRow {
    pub(crate) fn begin(&mut self) {
        self.data.clear();
        self.data.push(VERSION);
        self.key = 0;
    }

    pub(crate) fn push(&mut self, key: i64, entry: &[u8]) {
        varint::put_signed(&mut self.data, key.wrapping_sub(self.key));
        self.key = key;
        varint::put_bytes(&mut self.data, entry);
    }

    /// The bytes to be written.
    pub(crate) fn finish(&mut self) -> &[u8] {
        varint::seal(&mut self.data);
        &self.data
    }
}

/// The entries of a row, with their targets' keys.
pub(crate) fn read(data: &[u8]) -> Result<Vec<(i64, &[u8])>, Malformed> {
    let mut bytes = varint::unseal(data)?;
    if bytes.byte()? != VERSION {
        return Err(Malformed("tail: its version is not known"));
    }
    let mut key = 0i64;
    let mut entries = Vec::new();
    while !bytes.is_empty() {
        let (next, entry) = entry(&mut bytes, key)?;
        key = next;
        entries.push((key, entry));
    }
    Ok(entries)
}

fn entry<'a>(bytes: &mut Bytes<'a>, before: i64) -> Result<(i64, &'a [u8]), Malformed> {
    Ok((before.wrapping_add(bytes.signed()?), bytes.bytes()?))
}
