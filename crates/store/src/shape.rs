//! The shape of a result that was taken apart: which parts it has. One number stands for each part; texts are numbers of a dictionary.
//! Results of one target mostly share their shape, so that rows of numbers remain, and those compress.

use crate::error::Malformed;
use crate::form::Form;
use crate::look::Look;
use crate::varint::{self, Bytes};

/// Which parts a result has, and of what form. Numbers stand in this order: start, stages, rtt, duration, the outcome's
/// stage and cause, address, said_by, measurements, the warning's sentence, the reason, the sub-results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    pub(crate) flags: u32,
    /// Their names, as numbers of texts.
    pub(crate) stages: Vec<u32>,
    /// Their names, and the form of each value.
    pub(crate) measurements: Vec<(u32, Form)>,
}

pub(crate) const UP: u32 = 0;
pub(crate) const DOWN: u32 = 1;
pub(crate) const UNKNOWN: u32 = 2;
pub(crate) const OUTCOME: u32 = 3;
pub(crate) const RTT: u32 = 1 << 2;
pub(crate) const ADDRESS: u32 = 1 << 3;
pub(crate) const SAID_BY: u32 = 1 << 4;
pub(crate) const DEGRADED: u32 = 1 << 5;
pub(crate) const WARNING: u32 = 1 << 6;
pub(crate) const REASON: u32 = 1 << 7;
pub(crate) const SUB_RESULTS: u32 = 1 << 8;
const KNOWN: u32 = (1 << 9) - 1;

/// No protocol has so many stages or measurements; what is more is not kept.
pub(crate) const MOST_PARTS: usize = 256;

impl Shape {
    /// How many numbers a row of this shape has.
    pub(crate) fn len(&self) -> usize {
        let has = |flag| usize::from(self.flags & flag != 0);
        let outcome = if self.flags & OUTCOME == UP { 0 } else { 2 };
        let values = self.measurements.iter().filter(|(_, form)| *form != Form::Null).count();
        2 + self.stages.len() + outcome + values + has(RTT) + has(ADDRESS) + has(SAID_BY) + has(WARNING) + has(REASON) + has(SUB_RESULTS)
    }

    /// Where the round trip stands in a row.
    pub(crate) fn rtt(&self) -> Option<usize> {
        (self.flags & RTT != 0).then_some(1 + self.stages.len())
    }

    /// Where the duration stands in a row; words come after it.
    fn duration(&self) -> usize {
        1 + self.stages.len() + usize::from(self.flags & RTT != 0)
    }

    /// What came of it, without words.
    pub(crate) fn look(&self) -> Look {
        match self.flags & OUTCOME {
            UP if self.flags & DEGRADED != 0 => Look::Degraded,
            UP => Look::Up,
            DOWN => Look::Down,
            _ => Look::Unknown,
        }
    }

    pub(crate) fn is_whole(&self) -> bool {
        self.flags & REASON != 0
    }

    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        varint::put(out, u64::from(self.flags));
        varint::put(out, self.stages.len() as u64);
        self.stages.iter().for_each(|name| varint::put(out, u64::from(*name)));
        varint::put(out, self.measurements.len() as u64);
        for (name, form) in &self.measurements {
            varint::put(out, u64::from(*name));
            out.push(*form as u8);
        }
    }

    pub(crate) fn read(bytes: &mut Bytes<'_>) -> Result<Self, Malformed> {
        let flags = bytes.index()?;
        let stages = (0..parts(bytes)?).map(|_| bytes.index()).collect::<Result<_, _>>()?;
        let measurements = (0..parts(bytes)?).map(|_| Ok((bytes.index()?, Form::of(bytes.byte()?)?))).collect::<Result<_, _>>()?;
        if flags & !KNOWN != 0 || flags & OUTCOME > UNKNOWN {
            return Err(Malformed("shape"));
        }
        Ok(Self { flags, stages, measurements })
    }

    /// Gives its texts the numbers of another dictionary.
    pub(crate) fn rename(&mut self, mut to: impl FnMut(u32) -> Result<u32, Malformed>) -> Result<(), Malformed> {
        let mut names = self.stages.iter_mut().chain(self.measurements.iter_mut().map(|(name, _)| name));
        names.try_for_each(|name| to(*name).map(|new| *name = new))
    }

    /// Calls `each` with the place of every number that names a text.
    pub(crate) fn text_places(&self, mut each: impl FnMut(usize)) {
        let mut at = self.duration() + 1;
        let mut one = |is_text: bool| {
            if is_text {
                each(at);
            }
            at += 1;
        };
        if self.flags & OUTCOME != UP {
            one(true);
            one(true);
        }
        [ADDRESS, SAID_BY].into_iter().filter(|flag| self.flags & flag != 0).for_each(|_| one(true));
        self.measurements
            .iter()
            .filter(|(_, form)| *form != Form::Null)
            .for_each(|(_, form)| one(matches!(form, Form::Text | Form::Nested)));
        [WARNING, REASON, SUB_RESULTS].into_iter().filter(|flag| self.flags & flag != 0).for_each(|_| one(true));
    }
}

fn parts(bytes: &mut Bytes<'_>) -> Result<usize, Malformed> {
    let count = bytes.count()?;
    if count > MOST_PARTS { Err(Malformed("shape: too many parts")) } else { Ok(count) }
}

/// One row: the result's parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) shape: Shape,
    pub(crate) numbers: Vec<i64>,
}

impl Shape {
    /// This shape with an amendment's flags.
    pub(crate) fn amended(&self, flags: u32) -> Result<Self, Malformed> {
        if self.flags & (WARNING | REASON | SUB_RESULTS) != 0 {
            return Err(Malformed("amendment of a whole row"));
        }
        Ok(Self { flags: self.flags | flags, ..self.clone() })
    }
}
