//! Values while an expectation runs: borrowed from the result wherever they can be.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

use allswell_model::Value;

/// A value of a running expectation.
#[derive(Debug, Clone)]
pub(crate) enum Val<'a> {
    Null,
    Bool(bool),
    Integer(i64),
    Number(f64),
    Text(Cow<'a, str>),
    List(Items<'a>),
    Map(&'a BTreeMap<String, Value>),
}

/// The items of a list: the result's own, or made while running.
#[derive(Debug, Clone)]
pub(crate) enum Items<'a> {
    Of(&'a [Value]),
    Made(Rc<Vec<Val<'a>>>),
}

impl<'a> Items<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Of(items) => items.len(),
            Self::Made(items) => items.len(),
        }
    }

    pub(crate) fn at(&self, index: usize) -> Option<Val<'a>> {
        match self {
            Self::Of(items) => items.get(index).map(Val::from),
            Self::Made(items) => items.get(index).cloned(),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = Val<'a>> {
        (0..self.len()).filter_map(|index| self.at(index))
    }
}

impl<'a> From<&'a Value> for Val<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(v) => Self::Bool(*v),
            Value::Integer(v) => Self::Integer(*v),
            Value::Number(v) => Self::Number(*v),
            Value::Text(v) => Self::Text(Cow::Borrowed(v)),
            Value::List(v) => Self::List(Items::Of(v)),
            Value::Map(v) => Self::Map(v),
        }
    }
}

impl<'a> Val<'a> {
    pub(crate) fn made(items: Vec<Self>) -> Self {
        Self::List(Items::Made(Rc::new(items)))
    }

    /// The value on its own, for a constant.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(v) => Value::Bool(v),
            Self::Integer(v) => Value::Integer(v),
            Self::Number(v) => Value::Number(v),
            Self::Text(v) => Value::Text(v.into_owned()),
            Self::List(items) => Value::List(items.iter().map(Self::into_value).collect()),
            Self::Map(map) => Value::Map(map.clone()),
        }
    }

    /// Which is greater; `None` where neither can be.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Integer(a), Self::Number(b)) => order_mixed(*a, *b),
            (Self::Number(a), Self::Integer(b)) => order_mixed(*b, *a).map(Ordering::reverse),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    /// Whether both are the same. Values of different types are not, except numbers.
    pub(crate) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Null, Self::Null) => true,
            (Self::Bool(a), Self::Bool(b)) => a == b,
            (Self::List(a), Self::List(b)) => a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.same(&b)),
            (Self::Map(a), Self::Map(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|((k, a), (l, b))| k == l && Val::from(a).same(&Val::from(b)))
            }
            _ => self.order(other) == Some(Ordering::Equal),
        }
    }

    /// How many values it is made of, counted up to a limit: what it costs to look at all of it.
    pub(crate) fn weight(&self, limit: usize) -> usize {
        match self {
            Self::Text(text) => 1 + text.len() / BYTES_A_STEP,
            Self::List(Items::Of(items)) => 1 + weigh(items.iter().map(Val::from), limit),
            Self::List(Items::Made(items)) => 1 + weigh(items.iter().cloned(), limit),
            Self::Map(map) => 1 + weigh(map.values().map(Val::from), limit),
            _ => 1,
        }
    }
}

/// So many bytes of text are looked at in the time that one step takes.
pub(crate) const BYTES_A_STEP: usize = 64;

fn weigh<'a>(mut items: impl Iterator<Item = Val<'a>>, limit: usize) -> usize {
    items.try_fold(0, |sum: usize, item| if sum > limit { Err(sum) } else { Ok(sum + item.weight(limit - sum)) }).unwrap_or_else(|sum| sum)
}

/// Compares exactly: above 2^53 an integer has no number of its own.
fn order_mixed(integer: i64, number: f64) -> Option<Ordering> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63
    if number.is_nan() {
        None
    } else if number >= BEYOND {
        Some(Ordering::Less)
    } else if number < -BEYOND {
        Some(Ordering::Greater)
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "whole, and within 64 bits by the tests above")]
        let whole = number.trunc() as i64;
        Some(integer.cmp(&whole).then_with(|| 0.0.partial_cmp(&number.fract()).unwrap_or(Ordering::Equal)))
    }
}
