//! The newest results of one target, one after the other, each as its difference from the one before: small enough to be
//! kept in memory for every target, and the very bytes that the log of the tail keeps. When a chunk is full it becomes a block.

use allswell_model::{ProbeResult, Timestamp};

use crate::error::Malformed;
use crate::flatten;
use crate::keep::Kept;
use crate::rows::{Place, Rows};
use crate::shape::{Row, Shape};
use crate::texts::Texts;
use crate::varint::{self, Bytes};

/// Nothing before this entry is needed to read it.
const RESET: u8 = 1;
/// A new shape follows.
const SHAPE: u8 = 2;
/// What makes the entry before this one whole follows.
const AMENDS: u8 = 4;
/// New texts follow.
const TEXTS: u8 = 8;

/// Writes entries. One for each target; it knows the entry before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Encoder {
    texts: Texts,
    last: Row,
    /// From the start of the entry before the last to that of the last.
    step: i64,
    begun: bool,
}

impl Encoder {
    /// The next entry will stand alone.
    pub(crate) fn reset(&mut self) {
        self.begun = false;
    }

    /// Appends one entry to `out`.
    pub(crate) fn encode(&mut self, result: &ProbeResult, kept: &Kept, work: &mut Work, out: &mut Vec<u8>) {
        let mut head = 0;
        if !self.begun {
            head |= RESET;
            self.texts.clear();
            self.last = Row::default();
            self.step = 0;
        }
        let known = self.texts.len();
        work.amendment.clear();
        if let Some(amended) = kept.amends.as_deref().filter(|_| self.begun && !self.last.shape.is_whole()) {
            head |= AMENDS;
            let mut row = self.last.clone();
            flatten::add_whole(amended, &mut self.texts, &mut row);
            flatten::write_amendment(&row, self.last.numbers.len(), &mut work.amendment);
        }
        flatten::flatten(result, &mut self.texts, &self.last, &mut work.row);
        if kept.whole {
            flatten::add_whole(result, &mut self.texts, &mut work.row);
        }
        let same = self.begun && work.row.shape == self.last.shape;
        head |= if same { 0 } else { SHAPE };
        head |= if self.texts.len() > known { TEXTS } else { 0 };
        out.push(head);
        if head & TEXTS != 0 {
            self.texts.write(known, out);
        }
        out.extend_from_slice(&work.amendment);
        if !same {
            work.row.shape.write(out);
        }
        self.write_numbers(same, &work.row.numbers, out);
        std::mem::swap(&mut self.last, &mut work.row);
        self.begun = true;
    }

    fn write_numbers(&mut self, same: bool, numbers: &[i64], out: &mut Vec<u8>) {
        let started = numbers.first().copied().unwrap_or(0);
        let before = self.last.numbers.first().copied().unwrap_or(0);
        let step = started.wrapping_sub(before);
        varint::put_signed(out, step.wrapping_sub(self.step));
        self.step = step;
        let last = self.last.numbers.iter().copied().map(|number| if same { number } else { 0 });
        for (number, last) in numbers.iter().zip(last.chain(std::iter::repeat(0))).skip(1) {
            varint::put_signed(out, number.wrapping_sub(last));
        }
    }
}

/// Room that every encoding uses anew.
#[derive(Debug, Default)]
pub(crate) struct Work {
    row: Row,
    amendment: Vec<u8>,
}

/// The entries of one target that no block holds yet, with their sequence numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chunk {
    bytes: Vec<u8>,
    first: u64,
    last: u64,
    count: usize,
    opened: Timestamp,
}

impl Chunk {
    /// Appends an entry that was committed at `now`.
    pub(crate) fn push(&mut self, seq: u64, entry: &[u8], now: Timestamp) {
        if self.count == 0 {
            self.first = seq;
            self.last = 0;
            self.opened = now;
        }
        // Doubling would waste half of what ten thousand chunks take.
        let needed = entry.len() + 10;
        if self.bytes.capacity() - self.bytes.len() < needed {
            self.bytes.reserve_exact(needed.max(256));
        }
        varint::put(&mut self.bytes, seq.wrapping_sub(self.last));
        self.bytes.extend_from_slice(entry);
        self.last = seq;
        self.count += 1;
    }

    pub(crate) fn clear(&mut self) {
        self.bytes = Vec::new();
        self.count = 0;
    }

    /// How many entries.
    pub(crate) fn len(&self) -> usize {
        self.count
    }

    pub(crate) fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The sequence number of its first entry, where it has one.
    pub(crate) fn first(&self) -> Option<u64> {
        (self.count > 0).then_some(self.first)
    }

    /// When its first entry was committed.
    pub(crate) fn opened(&self) -> Timestamp {
        self.opened
    }

    pub(crate) fn rows(&self) -> Result<Rows, Malformed> {
        decode(&self.bytes)
    }
}

/// Reads the entries of a chunk.
fn decode(bytes: &[u8]) -> Result<Rows, Malformed> {
    let mut bytes = Bytes::new(bytes);
    let mut decoder = Decoder::default();
    while !bytes.is_empty() {
        decoder.entry(&mut bytes)?;
    }
    Ok(decoder.rows)
}

#[derive(Default)]
struct Decoder {
    rows: Rows,
    /// How many texts stood before the last entry that stands alone.
    shift: u32,
    seq: u64,
    /// The last row as it was written, before any amendment.
    last: Option<Place>,
    step: i64,
}

impl Decoder {
    fn entry(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Malformed> {
        self.seq = self.seq.wrapping_add(bytes.varint()?);
        let head = bytes.byte()?;
        if head & !(RESET | SHAPE | AMENDS | TEXTS) != 0 {
            return Err(Malformed("entry"));
        }
        if head & RESET != 0 {
            self.last = None;
            self.step = 0;
            self.shift = u32::try_from(self.rows.texts.len()).map_err(|_| Malformed("dictionary"))?;
        }
        if head & TEXTS != 0 {
            self.rows.texts.read(bytes)?;
        }
        if head & AMENDS != 0 {
            let (flags, numbers) = flatten::read_amendment(bytes, self.shift)?;
            self.rows.amend_last(flags, &numbers)?;
        }
        let before = self.last.ok_or(Malformed("entry without one before it"));
        let (shape, same) = if head & SHAPE == 0 { (before?.shape, true) } else { (self.new_shape(bytes)?, false) };
        let place = self.numbers(bytes, shape, same)?;
        self.rows.places.push(place);
        self.last = Some(place);
        Ok(())
    }

    fn new_shape(&mut self, bytes: &mut Bytes<'_>) -> Result<usize, Malformed> {
        let mut shape = Shape::read(bytes)?;
        let shift = self.shift;
        shape.rename(|number| number.checked_add(shift).ok_or(Malformed("text number")))?;
        Ok(self.rows.shape(&shape))
    }

    fn numbers(&mut self, bytes: &mut Bytes<'_>, shape: usize, same: bool) -> Result<Place, Malformed> {
        let count = self.rows.shapes.get(shape).ok_or(Malformed("shape"))?.len();
        let at = self.rows.numbers.len();
        let last = self.last.map(|place| place.at);
        let before = |numbers: &[i64], n: usize| last.and_then(|last| numbers.get(last + n)).copied().unwrap_or(0);
        self.step = self.step.wrapping_add(bytes.signed()?);
        let started = before(&self.rows.numbers, 0).wrapping_add(self.step);
        self.rows.numbers.push(started);
        for n in 1..count {
            let base = if same { before(&self.rows.numbers, n) } else { 0 };
            self.rows.numbers.push(base.wrapping_add(bytes.signed()?));
        }
        if !same {
            self.shift_texts(shape, at);
        }
        Ok(Place { seq: self.seq, shape, at })
    }

    /// Rows that are differences from a shifted row are shifted already.
    fn shift_texts(&mut self, shape: usize, at: usize) {
        let (shift, rows) = (i64::from(self.shift), &mut self.rows);
        if let Some(shape) = rows.shapes.get(shape) {
            shape.text_places(|place| {
                if let Some(number) = rows.numbers.get_mut(at + place) {
                    *number = number.wrapping_add(shift);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests;
