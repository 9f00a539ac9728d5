//! How the value of a measurement becomes one number, and a value again.

use std::time::Duration;

use allswell_model::Value;

use crate::error::Malformed;
use crate::shape::Row;
use crate::texts::Texts;
use crate::value::{put_value, take_value};
use crate::varint::Bytes;

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

    /// The form of this byte.
    pub(crate) fn of(byte: u8) -> Result<Self, Malformed> {
        Self::ALL.get(usize::from(byte)).copied().ok_or(Malformed("form"))
    }

    /// Those of numbers, the narrowest first.
    const NUMBERS: [Self; 5] = [Self::Milli, Self::Micro, Self::Days, Self::Span, Self::Bits];
}

/// The number of a value, added to `numbers`, and its form. `before` is the form in the row before.
pub(crate) fn flatten(value: &Value, before: Option<Form>, texts: &mut Texts, last: &Row, numbers: &mut Vec<i64>) -> Form {
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

/// The value of a number.
pub(crate) fn unflatten(form: Form, number: i64, texts: &Texts) -> Result<Value, Malformed> {
    Ok(match form {
        Form::Null => Value::Null,
        Form::Bool => Value::Bool(number != 0),
        Form::Integer => Value::Integer(number),
        Form::Milli | Form::Micro | Form::Days | Form::Span | Form::Bits => Value::Number(form.number(number)),
        Form::Text => Value::Text(texts.utf8(number)?.to_owned()),
        Form::Nested => take_value(&mut Bytes::new(texts.bytes(number)?))?,
    })
}

#[cfg(test)]
mod tests;
