//! A result taken apart into a row of numbers, and put together again.

use std::borrow::Cow;
use std::time::Duration;

use allswell_model::{Degradation, Outcome, ProbeResult, Stage, StageTimes, TargetId, Timestamp, Value};

use crate::error::Malformed;
use crate::form::{self, Form};
use crate::shape::{ADDRESS, DEGRADED, DOWN, MOST_PARTS, OUTCOME, REASON, RTT, Row, SAID_BY, SUB_RESULTS, Shape, UNKNOWN, UP, WARNING};
use crate::texts::Texts;
use crate::value::{micros, put_sub_results, take_sub_results};
use crate::varint::{self, Bytes};

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
        let form = form::flatten(value, before.map(|(_, form)| *form), texts, last, numbers);
        shape.measurements.push((texts.number(called.as_bytes(), before.map(|(name, _)| *name)), form));
    }
    if result.degraded.is_some() {
        flags |= DEGRADED;
    }
    shape.flags = flags;
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

/// Puts a result together again. The reason of one that was not kept whole is said anew, from what was kept.
pub(crate) fn unflatten(target: &TargetId, shape: &Shape, numbers: &[i64], texts: &Texts) -> Result<ProbeResult, Malformed> {
    let mut numbers = numbers.iter().copied();
    let mut next = || numbers.next().ok_or(Malformed("row: too short"));
    let has = |flag| shape.flags & flag != 0;
    let started = Timestamp(next()?);
    let stages = shape
        .stages
        .iter()
        .map(|name| Ok((Stage::from_text(texts.utf8(i64::from(*name))?), duration(next()?)?)))
        .collect::<Result<StageTimes, _>>()?;
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
        let value = if *form == Form::Null { Value::Null } else { form::unflatten(*form, next()?, texts)? };
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

/// The short sentence of a result whose own was not kept: nothing that is not known, and of a failure that more was said.
fn say_anew(outcome: &Outcome, address: Option<&str>, rtt: Option<Duration>) -> String {
    let who = address.filter(|address| !address.is_empty()).unwrap_or("The target");
    let words = outcome.stage().zip(outcome.cause());
    let why = words.map(|(stage, cause)| format!("({}, at {})", cause.replace('_', " "), stage.as_str().replace('_', " ")));
    match (outcome, why, rtt.and_then(spoken)) {
        (Outcome::Down { .. }, Some(why), _) => format!("{who} was down {why}; the sentence was not kept."),
        (_, Some(why), _) => format!("{who} could not be judged {why}; the sentence was not kept."),
        (_, None, Some(rtt)) => format!("{who} answered in {rtt}."),
        (_, None, None) => format!("{who} answered."),
    }
}

/// Three digits, as far as there are so many: `0.042 ms`, `0.42 ms`, `31.4 ms`, `4.97 s`. `None` for what was too short to be measured.
fn spoken(rtt: Duration) -> Option<String> {
    let micros = rtt.as_micros();
    let (number, unit) = match micros {
        0 => return None,
        1..1_000_000 => (rtt.as_secs_f64() * 1e3, "ms"),
        _ => (rtt.as_secs_f64(), "s"),
    };
    let digits = match number {
        ..0.1 => 3,
        0.1..10.0 => 2,
        10.0..100.0 => 1,
        _ => 0,
    };
    let text = format!("{number:.digits$}");
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    Some(format!("{text} {unit}"))
}

#[cfg(test)]
mod tests;
