//! What each operator and function does.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use allswell_model::Value;

use crate::expect::eval::{Ran, Run};
use crate::expect::tree::{Arithmetic, Comparison, Conversion, Node, TextTest};
use crate::expect::trouble::Trouble;
use crate::expect::value::{BYTES_A_STEP, Items, Val};

impl<'a> Run<'a> {
    pub(super) fn member(&mut self, whole: &'a Node, name: &str) -> Ran<'a> {
        let map = self.map(whole)?;
        map.get(name).map(Val::from).ok_or_else(|| Trouble::NoMember { whole, name: name.to_owned(), there: map })
    }

    pub(super) fn map(&mut self, node: &'a Node) -> Result<&'a BTreeMap<String, Value>, Trouble<'a>> {
        match self.eval(node)? {
            Val::Map(map) => Ok(map),
            value => Err(Trouble::Unfit { part: node, value, wanted: "an object" }),
        }
    }

    pub(super) fn index(&mut self, [whole, key]: &'a [Node; 2]) -> Ran<'a> {
        match (self.eval(whole)?, self.eval(key)?) {
            (Val::Map(map), Val::Text(name)) => {
                map.get(&*name).map(Val::from).ok_or_else(|| Trouble::NoMember { whole, name: name.into_owned(), there: map })
            }
            (Val::List(items), Val::Integer(index)) => {
                let item = usize::try_from(index).ok().and_then(|index| items.at(index));
                item.ok_or(Trouble::NoItem { whole, index, len: items.len() })
            }
            (Val::Map(_), value) => Err(Trouble::Unfit { part: key, value, wanted: "text" }),
            (Val::List(_), value) => Err(Trouble::Unfit { part: key, value, wanted: "an integer" }),
            (value, _) => Err(Trouble::Unfit { part: whole, value, wanted: "a list or an object" }),
        }
    }

    pub(super) fn negate(&mut self, a: &'a Node) -> Ran<'a> {
        match self.eval(a)? {
            Val::Integer(v) => v.checked_neg().map(Val::Integer).ok_or(Trouble::Overflow),
            Val::Number(v) => Ok(Val::Number(-v)),
            value => Err(Trouble::Unfit { part: a, value, wanted: "a number" }),
        }
    }

    pub(super) fn compare(&mut self, comparison: Comparison, [left, right]: &'a [Node; 2]) -> Ran<'a> {
        let (left, right) = (self.eval(left)?, self.eval(right)?);
        self.charge_both(&left, &right)?;
        if comparison.is_equality() {
            return Ok(Val::Bool(left.same(&right) == (comparison == Comparison::Equal)));
        }
        let order = match left.order(&right) {
            Some(order) => order,
            None => return Err(Trouble::NeverInOrder(left, right)),
        };
        Ok(Val::Bool(comparison.holds(order)))
    }

    /// Comparing ends where the smaller one ends.
    fn charge_both(&mut self, left: &Val<'a>, right: &Val<'a>) -> Result<(), Trouble<'a>> {
        let limit = left.weight(self.steps_left);
        self.charge(right.weight(limit).min(limit))
    }

    pub(super) fn arithmetic(&mut self, arithmetic: Arithmetic, [left, right]: &'a [Node; 2]) -> Ran<'a> {
        match (self.eval(left)?, self.eval(right)?) {
            (Val::Integer(a), Val::Integer(b)) => integers(arithmetic, a, b).map(Val::Integer),
            (Val::Text(a), Val::Text(b)) if arithmetic == Arithmetic::Add => {
                self.charge((a.len() + b.len()) / BYTES_A_STEP)?;
                Ok(Val::Text(Cow::Owned(format!("{a}{b}"))))
            }
            (Val::List(a), Val::List(b)) if arithmetic == Arithmetic::Add => {
                self.charge(a.len() + b.len())?;
                Ok(Val::made(a.iter().chain(b.iter()).collect()))
            }
            (a, b) => match (number(&a), number(&b)) {
                (Some(a), Some(b)) => numbers(arithmetic, a, b).map(Val::Number),
                (None, _) => Err(Trouble::Unfit { part: left, value: a, wanted: "a number" }),
                _ => Err(Trouble::Unfit { part: right, value: b, wanted: "a number" }),
            },
        }
    }

    pub(super) fn within(&mut self, [item, whole]: &'a [Node; 2]) -> Ran<'a> {
        let item = self.eval(item)?;
        match (self.eval(whole)?, &item) {
            (Val::List(items), _) => {
                self.charge(items.len())?;
                Ok(Val::Bool(self.any_same(&items, &item)?))
            }
            (Val::Map(map), Val::Text(name)) => Ok(Val::Bool(map.contains_key(&**name))),
            (Val::Map(_), _) => Ok(Val::Bool(false)),
            (value, _) => Err(Trouble::Unfit { part: whole, value, wanted: "a list or an object" }),
        }
    }

    fn any_same(&mut self, items: &Items<'a>, wanted: &Val<'a>) -> Result<bool, Trouble<'a>> {
        for item in items.iter() {
            self.charge_both(&item, wanted)?;
            if item.same(wanted) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Of text: its characters, as in CEL, not its bytes.
    pub(super) fn size(&mut self, a: &'a Node) -> Ran<'a> {
        let size = match self.eval(a)? {
            Val::Text(text) => {
                self.charge(text.len() / BYTES_A_STEP)?;
                text.chars().count()
            }
            Val::List(items) => items.len(),
            Val::Map(map) => map.len(),
            value => return Err(Trouble::Unfit { part: a, value, wanted: "text, a list or an object" }),
        };
        Ok(Val::Integer(i64::try_from(size).unwrap_or(i64::MAX)))
    }

    pub(super) fn text_test(&mut self, test: TextTest, [whole, part]: &'a [Node; 2]) -> Ran<'a> {
        let (whole, part) = (self.text(whole)?, self.text(part)?);
        Ok(Val::Bool(match test {
            TextTest::Contains => whole.contains(&*part),
            TextTest::StartsWith => whole.starts_with(&*part),
            TextTest::EndsWith => whole.ends_with(&*part),
        }))
    }

    pub(super) fn convert(&mut self, to: Conversion, a: &'a Node) -> Ran<'a> {
        let value = self.eval(a)?;
        let converted = match (to, &value) {
            (Conversion::Integer, Val::Integer(_)) | (Conversion::Number, Val::Number(_)) | (Conversion::Text, Val::Text(_)) => {
                Some(value.clone())
            }
            (Conversion::Integer, Val::Number(v)) => whole(*v).map(Val::Integer),
            (Conversion::Integer, Val::Text(text)) => text.parse().ok().map(Val::Integer),
            (Conversion::Number, Val::Integer(v)) => Some(Val::Number(approximate(*v))),
            (Conversion::Number, Val::Text(text)) => text.parse().ok().map(Val::Number),
            (Conversion::Text, Val::Integer(v)) => Some(Val::Text(Cow::Owned(v.to_string()))),
            (Conversion::Text, Val::Number(v)) => Some(Val::Text(Cow::Owned(v.to_string()))),
            (Conversion::Text, Val::Bool(v)) => Some(Val::Text(Cow::Borrowed(if *v { "true" } else { "false" }))),
            _ => None,
        };
        let wanted = match to {
            Conversion::Integer => "an integer",
            Conversion::Number => "a number",
            Conversion::Text => "text, nor a number",
        };
        converted.ok_or(Trouble::Unfit { part: a, value, wanted })
    }
}

impl Comparison {
    /// Whether it holds for a left side that is so to the right side.
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::NotEqual => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::LessOrEqual => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::GreaterOrEqual => order.is_ge(),
        }
    }
}

fn integers<'a>(arithmetic: Arithmetic, a: i64, b: i64) -> Result<i64, Trouble<'a>> {
    let result = match arithmetic {
        Arithmetic::Add => a.checked_add(b),
        Arithmetic::Subtract => a.checked_sub(b),
        Arithmetic::Multiply => a.checked_mul(b),
        Arithmetic::Divide | Arithmetic::Remainder if b == 0 => return Err(Trouble::DivisionByZero),
        Arithmetic::Divide => a.checked_div(b),
        Arithmetic::Remainder => a.checked_rem(b),
    };
    result.ok_or(Trouble::Overflow)
}

fn numbers<'a>(arithmetic: Arithmetic, a: f64, b: f64) -> Result<f64, Trouble<'a>> {
    let result = match arithmetic {
        Arithmetic::Add => a + b,
        Arithmetic::Subtract => a - b,
        Arithmetic::Multiply => a * b,
        Arithmetic::Divide | Arithmetic::Remainder if b == 0.0 => return Err(Trouble::DivisionByZero),
        Arithmetic::Divide => a / b,
        Arithmetic::Remainder => a % b,
    };
    if result.is_finite() { Ok(result) } else { Err(Trouble::Overflow) }
}

fn number(value: &Val<'_>) -> Option<f64> {
    match value {
        Val::Integer(v) => Some(approximate(*v)),
        Val::Number(v) => Some(*v),
        _ => None,
    }
}

#[expect(clippy::cast_precision_loss, reason = "mixed arithmetic is done in numbers, as everywhere")]
fn approximate(integer: i64) -> f64 {
    integer as f64
}

/// Towards zero, as in CEL.
fn whole(number: f64) -> Option<i64> {
    const BEYOND: f64 = 9_223_372_036_854_775_808.0; // 2^63
    #[expect(clippy::cast_possible_truncation, reason = "within 64 bits by the test before it")]
    (-BEYOND < number && number < BEYOND).then(|| number.trunc() as i64)
}
