//! Control messages (`struct cmsghdr`): written before sending, read after receiving.

use std::mem::size_of;

const WORD: usize = size_of::<usize>();
const HEADER: usize = size_of::<libc::cmsghdr>();

/// Room for all that one packet may carry in either direction, aligned as `struct cmsghdr`.
pub(crate) const ROOM: usize = 192;

/// A buffer for control messages.
#[derive(Clone, Copy)]
#[repr(C, align(8))]
pub(crate) struct Control {
    pub(crate) bytes: [u8; ROOM],
    pub(crate) length: usize,
}

impl Control {
    /// An empty one.
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; ROOM], length: 0 }
    }

    /// Appends a message. What finds no room is left out; [`ROOM`] holds all that are ever sent together.
    pub(crate) fn push(&mut self, level: i32, kind: i32, data: &[u8]) {
        let length = HEADER + data.len();
        let end = self.length + length.next_multiple_of(WORD);
        let Some(room) = self.bytes.get_mut(self.length..end) else { return };
        room.fill(0);
        let parts: [&[u8]; 4] = [&length.to_ne_bytes(), &level.to_ne_bytes(), &kind.to_ne_bytes(), data];
        let mut rest = room;
        for part in parts {
            let Some((head, tail)) = rest.split_at_mut_checked(part.len()) else { return };
            head.copy_from_slice(part);
            rest = tail;
        }
        self.length = end;
    }

    /// The messages that the kernel wrote: level, kind, data.
    pub(crate) fn messages(&self) -> impl Iterator<Item = (i32, i32, &[u8])> {
        let mut rest = self.bytes.get(..self.length).unwrap_or_default();
        std::iter::from_fn(move || {
            let length = usize::from_ne_bytes(*rest.first_chunk::<WORD>()?);
            let level = i32::from_ne_bytes(*rest.get(HEADER - 8..)?.first_chunk()?);
            let kind = i32::from_ne_bytes(*rest.get(HEADER - 4..)?.first_chunk()?);
            let data = rest.get(HEADER..length)?;
            rest = rest.get(length.next_multiple_of(WORD)..).unwrap_or_default();
            Some((level, kind, data))
        })
    }
}

#[cfg(test)]
mod tests;
