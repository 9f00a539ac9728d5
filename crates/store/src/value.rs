//! Values of any shape, and the sub-results of a failure, as bytes in a dictionary.

use std::borrow::Cow;
use std::time::Duration;

use allswell_model::{Measurements, Outcome, Stage, SubResult, Value};

use crate::error::Malformed;
use crate::varint::{Bytes, put, put_bytes, put_signed};

/// Deeper values than these no protocol declares; what is deeper is kept as null.
const DEEPEST: usize = 32;

pub(crate) fn put_value(out: &mut Vec<u8>, value: &Value) {
    put_at(out, value, 0);
}

fn put_at(out: &mut Vec<u8>, value: &Value, depth: usize) {
    match value {
        Value::Bool(false) => out.push(1),
        Value::Bool(true) => out.push(2),
        Value::Integer(n) => {
            out.push(3);
            put_signed(out, *n);
        }
        Value::Number(n) => {
            out.push(4);
            out.extend_from_slice(&n.to_bits().to_le_bytes());
        }
        Value::Text(text) => {
            out.push(5);
            put_bytes(out, text.as_bytes());
        }
        Value::List(items) if depth < DEEPEST => {
            out.push(6);
            put(out, items.len() as u64);
            items.iter().for_each(|item| put_at(out, item, depth + 1));
        }
        Value::Map(map) if depth < DEEPEST => {
            out.push(7);
            put(out, map.len() as u64);
            for (name, item) in map {
                put_bytes(out, name.as_bytes());
                put_at(out, item, depth + 1);
            }
        }
        Value::Null | Value::List(_) | Value::Map(_) => out.push(0),
    }
}

pub(crate) fn take_value(bytes: &mut Bytes<'_>) -> Result<Value, Malformed> {
    take_at(bytes, 0)
}

fn take_at(bytes: &mut Bytes<'_>, depth: usize) -> Result<Value, Malformed> {
    if depth > DEEPEST {
        return Err(Malformed("value: too deep"));
    }
    Ok(match bytes.byte()? {
        0 => Value::Null,
        1 => Value::Bool(false),
        2 => Value::Bool(true),
        3 => Value::Integer(bytes.signed()?),
        4 => Value::Number(f64::from_bits(u64::from_le_bytes(bytes.take(8)?.try_into().map_err(|_| Malformed("number"))?))),
        5 => Value::Text(bytes.text()?.to_owned()),
        6 => Value::List((0..bytes.count()?).map(|_| take_at(bytes, depth + 1)).collect::<Result<_, _>>()?),
        7 => Value::Map((0..bytes.count()?).map(|_| Ok((bytes.text()?.to_owned(), take_at(bytes, depth + 1)?))).collect::<Result<_, _>>()?),
        _ => return Err(Malformed("value")),
    })
}

pub(crate) fn put_sub_results(out: &mut Vec<u8>, subs: &[SubResult]) {
    put(out, subs.len() as u64);
    for sub in subs {
        put_bytes(out, sub.address.as_bytes());
        put_bytes(out, sub.outcome.word().as_bytes());
        put_optional(out, sub.outcome.stage().map(Stage::as_str));
        put_optional(out, sub.outcome.cause());
        put_bytes(out, sub.reason.as_bytes());
        put_optional(out, sub.said_by.as_deref());
        put(out, sub.rtt.map_or(0, |rtt| micros(rtt) as u64 + 1));
        put_measurements(out, &sub.measurements);
    }
}

pub(crate) fn take_sub_results(bytes: &mut Bytes<'_>) -> Result<Vec<SubResult>, Malformed> {
    (0..bytes.count()?).map(|_| take_sub_result(bytes)).collect()
}

fn take_sub_result(bytes: &mut Bytes<'_>) -> Result<SubResult, Malformed> {
    let address = bytes.text()?.to_owned();
    let word = bytes.text()?;
    let stage = take_optional(bytes)?;
    let cause = take_optional(bytes)?;
    Ok(SubResult {
        address,
        outcome: Outcome::from_words(word, stage, cause).ok_or(Malformed("outcome"))?,
        reason: bytes.text()?.to_owned(),
        said_by: take_optional(bytes)?.map(str::to_owned),
        rtt: bytes.varint()?.checked_sub(1).map(Duration::from_micros),
        measurements: take_measurements(bytes)?,
    })
}

fn put_measurements(out: &mut Vec<u8>, measurements: &Measurements) {
    put(out, measurements.len() as u64);
    for (name, value) in measurements {
        put_bytes(out, name.as_bytes());
        put_value(out, value);
    }
}

fn take_measurements(bytes: &mut Bytes<'_>) -> Result<Measurements, Malformed> {
    (0..bytes.count()?).map(|_| Ok((Cow::Owned(bytes.text()?.to_owned()), take_value(bytes)?))).collect()
}

fn put_optional(out: &mut Vec<u8>, text: Option<&str>) {
    out.push(u8::from(text.is_some()));
    if let Some(text) = text {
        put_bytes(out, text.as_bytes());
    }
}

fn take_optional<'a>(bytes: &mut Bytes<'a>) -> Result<Option<&'a str>, Malformed> {
    match bytes.byte()? {
        0 => Ok(None),
        1 => bytes.text().map(Some),
        _ => Err(Malformed("optional text")),
    }
}

/// Whole microseconds: what lasts longer than 292,000 years lasts that long.
pub(crate) fn micros(d: Duration) -> i64 {
    i64::try_from(d.as_micros()).unwrap_or(i64::MAX)
}
