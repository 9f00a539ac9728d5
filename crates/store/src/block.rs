//! Results of one target as they rest in the file: the texts, the shapes, and the numbers in columns, under a checksum.
//!
//! The bytes: version; number of rows; texts; shapes; which shape each row has; when each began; its sequence number; then for
//! each shape the other columns of its rows; CRC-32. Numbers are as `varint` and `columns` write them.

use crate::error::Malformed;
use crate::rows::{Place, Rows};
use crate::shape::Shape;
use crate::texts::Texts;
use crate::varint::{self, Bytes};

pub(crate) mod columns;

use columns::Columns;

/// The layout of a block: its first byte.
const VERSION: u8 = 1;

/// No block that we write comes near this; it bounds what a wrong one can make us take.
const MOST_NUMBERS: usize = 1 << 24;

/// Writes rows as a block.
pub(crate) fn encode(rows: &Rows) -> Vec<u8> {
    let mut out = vec![VERSION];
    let mut columns = Columns::default();
    varint::put(&mut out, rows.len() as u64);
    rows.texts.write(0, &mut out);
    varint::put(&mut out, rows.shapes.len() as u64);
    rows.shapes.iter().for_each(|shape| shape.write(&mut out));
    let mut whole = |column: Vec<i64>, out: &mut Vec<u8>| columns.write(&column, &[], out);
    whole(rows.places.iter().map(|place| place.shape as i64).collect(), &mut out);
    whole(rows.iter().map(|row| row.started().0).collect(), &mut out);
    whole(rows.places.iter().map(|place| place.seq as i64).collect(), &mut out);
    for (shape, parts) in rows.shapes.iter().enumerate() {
        let table = transposed(rows, shape, parts.len());
        for place in 1..table.len() {
            if let (Some(column), Some(before)) = (table.get(place), table.get(..place)) {
                columns.write(column, before, &mut out);
            }
        }
    }
    varint::seal(&mut out);
    out
}

/// The rows of one shape as columns; the first is the start.
fn transposed(rows: &Rows, shape: usize, parts: usize) -> Vec<Vec<i64>> {
    let of_shape: Vec<usize> = rows.places.iter().filter(|place| place.shape == shape).map(|place| place.at).collect();
    (0..parts).map(|part| of_shape.iter().filter_map(|at| rows.numbers.get(at + part).copied()).collect()).collect()
}

/// Reads a block.
pub(crate) fn decode(data: &[u8]) -> Result<Rows, Malformed> {
    let mut bytes = varint::unseal(data)?;
    if bytes.byte()? != VERSION {
        return Err(Malformed("block: its version is not known"));
    }
    // Sequence numbers differ, so that each takes a bit at least.
    let most = data.len().saturating_mul(8);
    let count = usize::try_from(bytes.varint()?).ok().filter(|count| *count <= most).ok_or(Malformed("block: too many rows"))?;
    let mut texts = Texts::default();
    texts.read(&mut bytes)?;
    let shapes = (0..bytes.count()?).map(|_| Shape::read(&mut bytes)).collect::<Result<Vec<_>, _>>()?;
    let of_row = columns::read(&mut bytes, count, &[])?;
    let started = columns::read(&mut bytes, count, &[])?;
    let seqs = columns::read(&mut bytes, count, &[])?;
    let places = lay_out(&shapes, &of_row, &seqs)?;
    let total = places.iter().map(|place| shapes.get(place.shape).map_or(0, Shape::len)).sum();
    let mut rows = Rows { texts, shapes, places, numbers: vec![0; total] };
    fill_started(&mut rows, &started)?;
    for shape in 0..rows.shapes.len() {
        fill(&mut rows, shape, &mut bytes)?;
    }
    if bytes.is_empty() { Ok(rows) } else { Err(Malformed("block: too long")) }
}

fn lay_out(shapes: &[Shape], of_row: &[i64], seqs: &[i64]) -> Result<Vec<Place>, Malformed> {
    let mut at = 0;
    of_row
        .iter()
        .zip(seqs)
        .map(|(shape, seq)| {
            let shape = usize::try_from(*shape).map_err(|_| Malformed("shape number"))?;
            let place = Place { seq: *seq as u64, shape, at };
            at += shapes.get(shape).ok_or(Malformed("shape number"))?.len();
            if at > MOST_NUMBERS { Err(Malformed("block: too many numbers")) } else { Ok(place) }
        })
        .collect()
}

fn fill_started(rows: &mut Rows, started: &[i64]) -> Result<(), Malformed> {
    rows.places.iter().zip(started).try_for_each(|(place, started)| {
        *rows.numbers.get_mut(place.at).ok_or(Malformed("row"))? = *started;
        Ok(())
    })
}

/// Reads the columns of one shape into their rows.
fn fill(rows: &mut Rows, shape: usize, bytes: &mut Bytes<'_>) -> Result<(), Malformed> {
    let ats: Vec<usize> = rows.places.iter().filter(|place| place.shape == shape).map(|place| place.at).collect();
    let parts = rows.shapes.get(shape).map_or(0, Shape::len);
    let mut table: Vec<Vec<i64>> = vec![ats.iter().filter_map(|at| rows.numbers.get(*at).copied()).collect()];
    for part in 1..parts {
        let column = columns::read(bytes, ats.len(), &table)?;
        for (at, number) in ats.iter().zip(&column) {
            *rows.numbers.get_mut(at + part).ok_or(Malformed("row"))? = *number;
        }
        table.push(column);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
