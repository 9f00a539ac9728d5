//! One column of a block: what is left of its numbers when the best guess at each is taken away, as Rice codes.

use crate::bits::{self, BitReader, BitWriter, MOST_LOW};
use crate::error::Malformed;
use crate::varint::{self, Bytes, unzigzag, zigzag};

/// How a column is guessed. The byte stands in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Guess {
    /// All are the same number.
    Same = 0,
    /// Each is near one number.
    Near = 1,
    /// Each is a step from the one before.
    Step = 2,
    /// All stand on a line: a grid in time, a count.
    Line = 3,
    /// Each is near that of another column in its row.
    Like = 4,
    /// Each is near the sum of the columns before it in its row, the first left out: a duration and its stages.
    Sum = 5,
}

impl Guess {
    const ALL: [Self; 6] = [Self::Same, Self::Near, Self::Step, Self::Line, Self::Like, Self::Sum];
}

/// How many of the columns before are tried as likenesses.
const LIKENESSES: usize = 8;

/// What a guess leaves: the numbers to be written.
#[derive(Default)]
struct Trial {
    guess: u8,
    parameters: Vec<i64>,
    rest: Vec<u64>,
    bits: u64,
}

/// Room that every column uses anew.
#[derive(Default)]
pub(crate) struct Columns {
    best: Trial,
    trial: Trial,
    work: Vec<i64>,
    sorted: Vec<i64>,
}

impl Columns {
    /// Writes one column. `before` are the columns of the same rows that the reader has read by then.
    pub(crate) fn write(&mut self, column: &[i64], before: &[Vec<i64>], out: &mut Vec<u8>) {
        let Some(first) = column.first().copied() else { return };
        if column.iter().all(|number| *number == first) {
            out.push(Guess::Same as u8);
            varint::put_signed(out, first);
            return;
        }
        self.best.bits = u64::MAX;
        self.near(column);
        self.step(column, first);
        self.line(column, first);
        for (place, other) in before.iter().enumerate().rev().take(LIKENESSES) {
            self.offer(Guess::Like, &[place as i64], column.iter().zip(other).map(|(number, like)| number.wrapping_sub(*like)));
        }
        if before.len() > 2 {
            self.offer(Guess::Sum, &[], column.iter().enumerate().map(|(row, number)| number.wrapping_sub(sum(before, row))));
        }
        out.push(self.best.guess);
        self.best.parameters.iter().for_each(|parameter| varint::put_signed(out, *parameter));
        write_rest(&self.best.rest, out);
    }

    fn near(&mut self, column: &[i64]) {
        self.offer(Guess::Near, &[], column.iter().copied());
    }

    fn step(&mut self, column: &[i64], first: i64) {
        let steps = column.iter().zip(column.iter().skip(1)).map(|(before, after)| after.wrapping_sub(*before));
        self.offer(Guess::Step, &[first], steps);
    }

    fn line(&mut self, column: &[i64], first: i64) {
        let last = column.last().copied().unwrap_or(first);
        let step = slope(first, last, column.len());
        self.offer(Guess::Line, &[step], (0..).zip(column).map(|(row, number)| number.wrapping_sub(step.wrapping_mul(row))));
    }

    /// Takes this guess when it leaves less than the best so far. What it leaves is told from its median, so that a few far ones cost only themselves.
    fn offer(&mut self, guess: Guess, parameters: &[i64], left: impl Iterator<Item = i64>) {
        self.work.clear();
        self.work.extend(left);
        self.sorted.clone_from(&self.work);
        let middle = self.sorted.len() / 2;
        let median = if self.sorted.is_empty() { 0 } else { *self.sorted.select_nth_unstable(middle).1 };
        let trial = &mut self.trial;
        trial.rest.clear();
        trial.rest.extend(self.work.iter().map(|number| zigzag(number.wrapping_sub(median))));
        trial.bits =
            trial.rest.iter().map(|number| u64::from(u64::BITS - number.leading_zeros())).sum::<u64>() + 16 * parameters.len() as u64;
        if trial.bits < self.best.bits {
            trial.guess = guess as u8;
            trial.parameters.clear();
            trial.parameters.extend(parameters.iter().chain([&median]));
            std::mem::swap(&mut self.best, &mut self.trial);
        }
    }
}

fn slope(first: i64, last: i64, rows: usize) -> i64 {
    let steps = i128::try_from(rows.saturating_sub(1)).unwrap_or(1).max(1);
    i64::try_from((i128::from(last) - i128::from(first)) / steps).unwrap_or(0)
}

/// Of the row's earlier columns, the first (the start) left out.
fn sum(before: &[Vec<i64>], row: usize) -> i64 {
    before.iter().skip(1).filter_map(|column| column.get(row)).fold(0, |sum, number| sum.wrapping_add(*number))
}

fn write_rest(rest: &[u64], out: &mut Vec<u8>) {
    let widths: u32 = rest.iter().map(|number| u64::BITS - number.leading_zeros()).sum();
    let usual = widths / u32::try_from(rest.len()).unwrap_or(u32::MAX).max(1);
    let low = (usual.saturating_sub(3)..=usual + 1)
        .map(|low| low.min(MOST_LOW))
        .min_by_key(|low| rest.iter().map(|number| bits::cost(*number, *low)).sum::<u64>())
        .unwrap_or(0);
    out.push(low as u8);
    let mut writer = BitWriter::new(out);
    rest.iter().for_each(|number| writer.rice(*number, low));
    writer.finish();
}

/// Reads one column of so many rows.
pub(crate) fn read(bytes: &mut Bytes<'_>, rows: usize, before: &[Vec<i64>]) -> Result<Vec<i64>, Malformed> {
    if rows == 0 {
        return Ok(Vec::new());
    }
    let guess = Guess::ALL.get(usize::from(bytes.byte()?)).ok_or(Malformed("guess"))?;
    match guess {
        Guess::Same => Ok(vec![bytes.signed()?; rows]),
        Guess::Near => {
            let near = bytes.signed()?;
            rest(bytes, rows, |_, left, _| Ok(near.wrapping_add(left)))
        }
        Guess::Step => {
            let (first, step) = (bytes.signed()?, bytes.signed()?);
            let mut column = vec![first];
            column.extend(rest(bytes, rows - 1, |_, left, last| Ok(last.unwrap_or(first).wrapping_add(step).wrapping_add(left)))?);
            Ok(column)
        }
        Guess::Line => {
            let (step, base) = (bytes.signed()?, bytes.signed()?);
            rest(bytes, rows, |row, left, _| Ok(base.wrapping_add(step.wrapping_mul(row as i64)).wrapping_add(left)))
        }
        Guess::Like => {
            let place = usize::try_from(bytes.signed()?).map_err(|_| Malformed("likeness"))?;
            let other = before.get(place).ok_or(Malformed("likeness"))?;
            let near = bytes.signed()?;
            rest(bytes, rows, |row, left, _| Ok(other.get(row).ok_or(Malformed("likeness"))?.wrapping_add(near).wrapping_add(left)))
        }
        Guess::Sum => {
            let near = bytes.signed()?;
            rest(bytes, rows, |row, left, _| Ok(sum(before, row).wrapping_add(near).wrapping_add(left)))
        }
    }
}

/// Reads what the guess left of each row, and lets `each` put the number together from its row, that, and the number before.
fn rest(
    bytes: &mut Bytes<'_>,
    rows: usize,
    each: impl Fn(usize, i64, Option<i64>) -> Result<i64, Malformed>,
) -> Result<Vec<i64>, Malformed> {
    let low = u32::from(bytes.byte()?);
    if low > MOST_LOW {
        return Err(Malformed("width"));
    }
    // A number takes a bit at least: what cannot be there is not made room for.
    if rows > bytes.rest().len().saturating_mul(8) {
        return Err(Malformed("rows"));
    }
    let mut reader = BitReader::new(bytes.rest());
    let mut column = Vec::with_capacity(rows);
    for row in 0..rows {
        let left = unzigzag(reader.rice(low)?);
        column.push(each(row, left, column.last().copied())?);
    }
    *bytes = Bytes::new(reader.finish());
    Ok(column)
}

#[cfg(test)]
mod tests;
