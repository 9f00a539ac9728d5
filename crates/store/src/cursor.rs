//! A follower's place in a store's one order, as opaque text.

use std::fmt;
use std::str::FromStr;

use allswell_model::{BootEpoch, Seq};

use crate::varint::{self, Bytes};

/// The layout of a cursor's text; the first byte of it.
const VERSION: u8 = 1;

/// Where a follower stands: after this entry, before the next. Its text is opaque, short and needs no escaping in a URL.
///
/// It carries the boot beside the sequence number because a power cut may take numbers back that were handed out in
/// its last second: the next boot reuses them, and a follower that had seen the old ones must be given the new ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cursor {
    /// Which store: a check value of its birth. 0 for [`Cursor::START`].
    pub(crate) store: u32,
    pub(crate) boot: BootEpoch,
    pub(crate) seq: Seq,
}

impl Cursor {
    /// Before everything, in any store.
    pub const START: Self = Self { store: 0, boot: BootEpoch(0), seq: Seq(0) };
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = vec![VERSION];
        bytes.extend_from_slice(&self.store.to_le_bytes());
        varint::put(&mut bytes, self.boot.0);
        varint::put(&mut bytes, self.seq.0);
        bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotACursor;

impl fmt::Display for NotACursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("this is not a cursor; use one that an earlier answer gave, or begin without one")
    }
}

impl std::error::Error for NotACursor {}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let bytes = unhex(text).ok_or(NotACursor)?;
        read(&bytes).ok_or(NotACursor)
    }
}

fn read(bytes: &[u8]) -> Option<Cursor> {
    let mut bytes = Bytes::new(bytes);
    if bytes.byte().ok()? != VERSION {
        return None;
    }
    let store = u32::from_le_bytes(bytes.take(4).ok()?.try_into().ok()?);
    let cursor = Cursor { store, boot: BootEpoch(bytes.varint().ok()?), seq: Seq(bytes.varint().ok()?) };
    let sane = i64::try_from(cursor.seq.0).is_ok() && i64::try_from(cursor.boot.0).is_ok();
    (bytes.is_empty() && sane).then_some(cursor)
}

/// A cursor has at most 1 + 4 + 10 + 10 bytes.
const LONGEST: usize = 50;

fn unhex(text: &str) -> Option<Vec<u8>> {
    let fits = text.len() <= LONGEST && text.len().is_multiple_of(2) && text.bytes().all(|b| b.is_ascii_hexdigit());
    if !fits {
        return None;
    }
    text.as_bytes().chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests;
