//! Results of one target in memory, taken apart: what chunks and blocks are decoded to, and blocks are encoded from.

use allswell_model::{ProbeResult, TargetId, Timestamp};

use crate::error::Malformed;
use crate::flatten;
use crate::shape::{self, Shape};
use crate::texts::Texts;

/// Rows in the order of their sequence numbers.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rows {
    pub(crate) texts: Texts,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) places: Vec<Place>,
    pub(crate) numbers: Vec<i64>,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) seq: u64,
    /// Which shape.
    pub(crate) shape: usize,
    /// Where its numbers begin.
    pub(crate) at: usize,
}

/// One row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RowRef<'a> {
    pub(crate) seq: u64,
    pub(crate) shape: &'a Shape,
    pub(crate) numbers: &'a [i64],
}

impl RowRef<'_> {
    pub(crate) fn started(&self) -> Timestamp {
        Timestamp(self.numbers.first().copied().unwrap_or(0))
    }

    pub(crate) fn rtt_micros(&self) -> Option<i64> {
        self.numbers.get(self.shape.rtt()?).copied()
    }
}

impl Rows {
    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn row(&self, place: usize) -> Option<RowRef<'_>> {
        let place = self.places.get(place)?;
        let shape = self.shapes.get(place.shape)?;
        Some(RowRef { seq: place.seq, shape, numbers: self.numbers.get(place.at..place.at.checked_add(shape.len())?)? })
    }

    /// All rows, the oldest first.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = RowRef<'_>> {
        (0..self.len()).filter_map(|place| self.row(place))
    }

    /// The result of a row.
    pub(crate) fn result(&self, target: &TargetId, row: RowRef<'_>) -> Result<ProbeResult, Malformed> {
        flatten::unflatten(target, row.shape, row.numbers, &self.texts)
    }

    /// The number of a shape; the list stays short.
    pub(crate) fn shape(&mut self, shape: &Shape) -> usize {
        self.shapes.iter().rposition(|known| known == shape).unwrap_or_else(|| {
            self.shapes.push(shape.clone());
            self.shapes.len() - 1
        })
    }

    /// Makes the last row whole by an amendment's flags and numbers.
    pub(crate) fn amend_last(&mut self, flags: u32, numbers: &[i64]) -> Result<(), Malformed> {
        let last = self.places.last().copied().ok_or(Malformed("amendment of nothing"))?;
        let amended = self.shapes.get(last.shape).ok_or(Malformed("shape"))?.amended(flags)?;
        let shape = self.shape(&amended);
        if let Some(last) = self.places.last_mut() {
            last.shape = shape;
        }
        self.numbers.extend_from_slice(numbers);
        Ok(())
    }

    /// Makes the last row whole by the result that it was made of.
    pub(crate) fn make_last_whole(&mut self, result: &ProbeResult) {
        let Some(row) = self.places.len().checked_sub(1).and_then(|last| self.row(last)) else { return };
        if row.shape.is_whole() || row.started() != result.started {
            return;
        }
        let mut whole = shape::Row { shape: row.shape.clone(), numbers: Vec::new() };
        flatten::add_whole(result, &mut self.texts, &mut whole);
        let shape = self.shape(&whole.shape);
        if let Some(last) = self.places.last_mut() {
            last.shape = shape;
        }
        self.numbers.extend_from_slice(&whole.numbers);
    }

    /// Appends the rows of `other`.
    pub(crate) fn extend(&mut self, other: &Self) -> Result<(), Malformed> {
        let texts: Vec<u32> =
            (0..other.texts.len() as u32).filter_map(|n| other.texts.text(n)).map(|text| self.texts.number(text, None)).collect();
        let moved = |number: u32| texts.get(number as usize).copied().ok_or(Malformed("text number"));
        for row in other.iter() {
            let mut shape = row.shape.clone();
            shape.rename(moved)?;
            let at = self.numbers.len();
            self.numbers.extend_from_slice(row.numbers);
            let mut unknown = Ok(());
            shape.text_places(|place| {
                if let Some(number) = self.numbers.get_mut(at + place) {
                    match u32::try_from(*number).map_err(|_| Malformed("text number")).and_then(moved) {
                        Ok(known) => *number = i64::from(known),
                        Err(error) => unknown = Err(error),
                    }
                }
            });
            unknown?;
            let shape = self.shape(&shape);
            self.places.push(Place { seq: row.seq, shape, at });
        }
        Ok(())
    }

    /// The first and the last time that a probe began.
    pub(crate) fn span(&self) -> (i64, i64) {
        self.iter().map(|row| row.started().0).fold((i64::MAX, i64::MIN), |(first, last), at| (first.min(at), last.max(at)))
    }
}
