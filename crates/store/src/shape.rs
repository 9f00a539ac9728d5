//! A result taken apart: its shape (which parts it has), and one number for each part. Texts are numbers of a dictionary.
//! Results of one target mostly share their shape, so that rows of numbers remain, and those compress.

use std::borrow::Cow;
use std::time::Duration;

use allswell_model::{Degradation, Outcome, ProbeResult, Stage, StageTimes, TargetId, Timestamp, Value};

use crate::error::Malformed;
use crate::look::Look;
use crate::texts::Texts;
use crate::value::{micros, put_sub_results, put_value, take_sub_results, take_value};
use crate::varint::{self, Bytes};

/// Which parts a result has, and of what form. Numbers stand in this order: start, stages, rtt, duration, the outcome's
/// stage and cause, address, said_by, measurements, the warning's sentence, the reason, the sub-results.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Shape {
    flags: u32,
    /// Their names, as numbers of texts.
    stages: Vec<u32>,
    /// Their names, and the form of each value.
    measurements: Vec<(u32, Form)>,
}

const UP: u32 = 0;
const DOWN: u32 = 1;
const UNKNOWN: u32 = 2;
const OUTCOME: u32 = 3;
const RTT: u32 = 1 << 2;
const ADDRESS: u32 = 1 << 3;
const SAID_BY: u32 = 1 << 4;
const DEGRADED: u32 = 1 << 5;
const WARNING: u32 = 1 << 6;
const REASON: u32 = 1 << 7;
const SUB_RESULTS: u32 = 1 << 8;
const KNOWN: u32 = (1 << 9) - 1;

/// No protocol has so many stages or measurements; what is more is not kept.
const MOST_PARTS: usize = 256;

/// How a value becomes one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    Null,
    Bool,
    Integer,
    /// A number with up to three digits after the point, as most have.
    Milli,
    /// With up to six.
    Micro,
    /// Days, in whole seconds.
    Days,
    /// Milliseconds, as a [`Duration`] in whole nanoseconds gives them.
    Span,
    /// Any other: its bits.
    Bits,
    Text,
    /// A list, a map: bytes in the dictionary.
    Nested,
}

impl Form {
    const ALL: [Self; 10] =
        [Self::Null, Self::Bool, Self::Integer, Self::Milli, Self::Micro, Self::Days, Self::Span, Self::Bits, Self::Text, Self::Nested];

    /// Those of numbers, the narrowest first.
    const NUMBERS: [Self; 5] = [Self::Milli, Self::Micro, Self::Days, Self::Span, Self::Bits];
}

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
        let measurements = (0..parts(bytes)?).map(|_| Ok((bytes.index()?, form(bytes.byte()?)?))).collect::<Result<_, _>>()?;
        if flags & !KNOWN != 0 || flags & OUTCOME > UNKNOWN {
            return Err(Malformed("shape"));
        }
        Ok(Self { flags, stages, measurements })
    }

    /// Gives its texts the numbers of another dictionary.
    pub(crate) fn rename(&mut self, mut to: impl FnMut(u32) -> Result<u32, Malformed>) -> Result<(), Malformed> {
        let names = self.stages.iter_mut().chain(self.measurements.iter_mut().map(|(name, _)| name));
        names.map(|name| to(*name).map(|new| *name = new)).collect()
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
        self.measurements.iter().filter(|(_, form)| *form != Form::Null).for_each(|(_, form)| one(matches!(form, Form::Text | Form::Nested)));
        [WARNING, REASON, SUB_RESULTS].into_iter().filter(|flag| self.flags & flag != 0).for_each(|_| one(true));
    }
}

fn parts(bytes: &mut Bytes<'_>) -> Result<usize, Malformed> {
    let count = bytes.count()?;
    if count > MOST_PARTS { Err(Malformed("shape: too many parts")) } else { Ok(count) }
}

fn form(byte: u8) -> Result<Form, Malformed> {
    Form::ALL.get(usize::from(byte)).copied().ok_or(Malformed("form"))
}

/// One row: the result's parts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) shape: Shape,
    pub(crate) numbers: Vec<i64>,
}

/// Takes a result apart into `row`. `last` is the target's row before, from which texts and forms are guessed.
pub(crate) fn flatten(result: &ProbeResult, texts: &mut Texts, last: &Row, row: &mut Row) {
    let mut flags = match result.outcome {
        Outcome::Up => UP,
        Outcome::Down { .. } => DOWN,
        Outcome::Unknown { .. } => UNKNOWN,
    };
    let Row { shape, numbers } = row;
    numbers.clear();
    numbers.push(result.started.0);
    shape.stages.clear();
    for (place, (stage, took)) in result.stages.iter().take(MOST_PARTS).enumerate() {
        shape.stages.push(texts.number(stage.as_str().as_bytes(), last.shape.stages.get(place).copied()));
        numbers.push(micros(took));
    }
    if let Some(rtt) = result.rtt {
        flags |= RTT;
        numbers.push(micros(rtt));
    }
    numbers.push(micros(result.duration));
    let mut name = |text: &[u8], numbers: &mut Vec<i64>| {
        let guess = last.numbers.get(numbers.len()).and_then(|number| u32::try_from(*number).ok());
        numbers.push(i64::from(texts.number(text, guess)));
    };
    if let (Some(stage), Some(cause)) = (result.outcome.stage(), result.outcome.cause()) {
        name(stage.as_str().as_bytes(), numbers);
        name(cause.as_bytes(), numbers);
    }
    for (flag, text) in [(ADDRESS, &result.address), (SAID_BY, &result.said_by)] {
        if let Some(text) = text {
            flags |= flag;
            name(text.as_bytes(), numbers);
        }
    }
    shape.measurements.clear();
    for (place, (called, value)) in result.measurements.iter().take(MOST_PARTS).enumerate() {
        let before = last.shape.measurements.get(place);
        let form = flatten_value(value, before.map(|(_, form)| *form), texts, last, numbers);
        shape.measurements.push((texts.number(called.as_bytes(), before.map(|(name, _)| *name)), form));
    }
    if result.degraded.is_some() {
        flags |= DEGRADED;
    }
    shape.flags = flags;
}

fn flatten_value(value: &Value, before: Option<Form>, texts: &mut Texts, last: &Row, numbers: &mut Vec<i64>) -> Form {
    let guess = last.numbers.get(numbers.len()).and_then(|number| u32::try_from(*number).ok());
    let (form, number) = match value {
        Value::Null => return Form::Null,
        Value::Bool(is) => (Form::Bool, i64::from(*is)),
        Value::Integer(n) => (Form::Integer, *n),
        Value::Number(n) => decimal(*n, before),
        Value::Text(text) => (Form::Text, i64::from(texts.number(text.as_bytes(), guess))),
        Value::List(_) | Value::Map(_) => {
            let mut bytes = Vec::new();
            put_value(&mut bytes, value);
            (Form::Nested, i64::from(texts.number(&bytes, guess)))
        }
    };
    numbers.push(number);
    form
}

/// The narrowest form that gives the very number back, but not a narrower one than the row before had: a shape that keeps changing costs more.
fn decimal(n: f64, before: Option<Form>) -> (Form, i64) {
    let narrowest = Form::NUMBERS.iter().position(|form| Some(*form) == before).unwrap_or(0);
    Form::NUMBERS
        .into_iter()
        .skip(narrowest)
        .map(|form| (form, form.whole(n)))
        .find(|(form, whole)| form.number(*whole).to_bits() == n.to_bits())
        .unwrap_or((Form::Bits, n.to_bits() as i64))
}

impl Form {
    /// The whole number that stands for `n`, if any does.
    fn whole(self, n: f64) -> i64 {
        match self {
            Self::Milli => (n * 1e3).round() as i64,
            Self::Micro | Self::Span => (n * 1e6).round() as i64,
            Self::Days => (n * 86_400.0).round() as i64,
            _ => n.to_bits() as i64,
        }
    }

    /// The number that `whole` stands for.
    #[expect(clippy::cast_precision_loss, reason = "taken only where the way back is exact")]
    fn number(self, whole: i64) -> f64 {
        match self {
            Self::Milli => whole as f64 / 1e3,
            Self::Micro => whole as f64 / 1e6,
            Self::Days => whole as f64 / 86_400.0,
            Self::Span => Duration::from_nanos(u64::try_from(whole).unwrap_or(0)).as_secs_f64() * 1e3,
            _ => f64::from_bits(whole as u64),
        }
    }
}

/// Adds what is kept of a failure that is kept whole: the warning's sentence, the reason, the sub-results.
pub(crate) fn add_whole(result: &ProbeResult, texts: &mut Texts, row: &mut Row) {
    let mut add = |flag, text: &[u8]| {
        row.shape.flags |= flag;
        row.numbers.push(i64::from(texts.number(text, None)));
    };
    if let Some(degraded) = &result.degraded {
        add(WARNING, degraded.reason.as_bytes());
    }
    add(REASON, result.reason.as_bytes());
    if !result.sub_results.is_empty() {
        let mut bytes = Vec::new();
        put_sub_results(&mut bytes, &result.sub_results);
        add(SUB_RESULTS, &bytes);
    }
}

/// What [`add_whole`] added to a row, as an amendment of a row that was written without it.
pub(crate) fn write_amendment(row: &Row, compact: usize, out: &mut Vec<u8>) {
    varint::put(out, u64::from(row.shape.flags & (WARNING | REASON | SUB_RESULTS)));
    row.numbers.iter().skip(compact).for_each(|number| varint::put_signed(out, *number));
}

/// The amendment's flags and numbers; `shift` is the length of the dictionaries before its own.
pub(crate) fn read_amendment(bytes: &mut Bytes<'_>, shift: u32) -> Result<(u32, Vec<i64>), Malformed> {
    let flags = bytes.index()?;
    if flags & !(WARNING | REASON | SUB_RESULTS) != 0 {
        return Err(Malformed("amendment"));
    }
    let numbers = (0..flags.count_ones()).map(|_| Ok(bytes.signed()?.wrapping_add(i64::from(shift)))).collect::<Result<_, _>>()?;
    Ok((flags, numbers))
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

/// Puts a result together again. The reason of one that was not kept whole is said anew, from what was kept.
pub(crate) fn unflatten(target: &TargetId, shape: &Shape, numbers: &[i64], texts: &Texts) -> Result<ProbeResult, Malformed> {
    let mut numbers = numbers.iter().copied();
    let mut next = || numbers.next().ok_or(Malformed("row: too short"));
    let has = |flag| shape.flags & flag != 0;
    let started = Timestamp(next()?);
    let stages = shape.stages.iter().map(|name| Ok((Stage::from_text(texts.utf8(i64::from(*name))?), duration(next()?)?))).collect::<Result<StageTimes, _>>()?;
    let rtt = if has(RTT) { Some(duration(next()?)?) } else { None };
    let took = duration(next()?)?;
    let outcome = match shape.flags & OUTCOME {
        UP => Some(Outcome::Up),
        DOWN => Outcome::from_words("down", Some(texts.utf8(next()?)?), Some(texts.utf8(next()?)?)),
        _ => Outcome::from_words("unknown", Some(texts.utf8(next()?)?), Some(texts.utf8(next()?)?)),
    };
    let outcome = outcome.ok_or(Malformed("outcome"))?;
    let mut text = |flag| if has(flag) { next().and_then(|number| texts.utf8(number)).map(|t| Some(t.to_owned())) } else { Ok(None) };
    let address = text(ADDRESS)?;
    let said_by = text(SAID_BY)?;
    let mut measurements = Vec::with_capacity(shape.measurements.len());
    for (name, form) in &shape.measurements {
        let value = if *form == Form::Null { Value::Null } else { unflatten_value(*form, next()?, texts)? };
        measurements.push((Cow::Owned(texts.utf8(i64::from(*name))?.to_owned()), value));
    }
    let mut text = |flag| if has(flag) { next().and_then(|number| texts.utf8(number)).map(|t| Some(t.to_owned())) } else { Ok(None) };
    let warning = text(WARNING)?;
    let reason = text(REASON)?;
    let sub_results = if has(SUB_RESULTS) { take_sub_results(&mut Bytes::new(texts.bytes(next()?)?))? } else { Vec::new() };
    let reason = reason.unwrap_or_else(|| say_anew(&outcome, address.as_deref(), rtt));
    let degraded = has(DEGRADED).then(|| Degradation { reason: warning.unwrap_or_else(|| "a `warn` expectation failed".to_owned()) });
    let target = target.clone();
    Ok(ProbeResult { target, started, duration: took, outcome, reason, address, said_by, rtt, stages, measurements, degraded, sub_results })
}

fn duration(number: i64) -> Result<Duration, Malformed> {
    u64::try_from(number).map(Duration::from_micros).map_err(|_| Malformed("duration"))
}

fn unflatten_value(form: Form, number: i64, texts: &Texts) -> Result<Value, Malformed> {
    Ok(match form {
        Form::Null => Value::Null,
        Form::Bool => Value::Bool(number != 0),
        Form::Integer => Value::Integer(number),
        Form::Milli | Form::Micro | Form::Days | Form::Span | Form::Bits => Value::Number(form.number(number)),
        Form::Text => Value::Text(texts.utf8(number)?.to_owned()),
        Form::Nested => take_value(&mut Bytes::new(texts.bytes(number)?))?,
    })
}

/// The short sentence of a result whose own was not kept.
fn say_anew(outcome: &Outcome, address: Option<&str>, rtt: Option<Duration>) -> String {
    let who = address.unwrap_or("the target");
    match (outcome.stage(), outcome.cause(), rtt) {
        (Some(stage), Some(cause), _) => format!("{who}: {} at {stage}.", cause.replace('_', " ")),
        (_, _, Some(rtt)) => format!("{who} answered in {:.1} ms.", rtt.as_secs_f64() * 1e3),
        _ => format!("{who} answered."),
    }
}

#[cfg(test)]
mod tests;
