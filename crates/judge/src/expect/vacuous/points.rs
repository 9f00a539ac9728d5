//! The points at which a part of a formula is tried: its constants, and one between each two of them.

use allswell_model::Value;

use crate::expect::scope::bounds;
use crate::expect::tree::{Form, Node};
use crate::expect::types::Type;
use crate::expect::value::Val;

/// Collects the constants that one part is compared with.
pub(super) struct Points {
    of: Type,
    least: f64,
    most: f64,
    constants: Vec<Value>,
}

impl Points {
    pub(super) fn of(node: &Node) -> Self {
        let (least, most) = range(node);
        Self { of: node.of.clone(), least, most, constants: Vec::new() }
    }

    /// The sign of a difference: -1, 0 or 1. Where nothing is less or greater, any sign means unequal.
    pub(super) fn of_difference(left: &Node, right: &Node) -> Self {
        // Parts of unknown type may have no order at all, and then no comparison of them holds.
        let of = if left.of == Type::Any || right.of == Type::Any { Type::Any } else { Type::Integer };
        Self { of, least: -1.0, most: 1.0, constants: Vec::new() }
    }

    pub(super) fn add(&mut self, constant: &Value) {
        if !self.constants.contains(constant) {
            self.constants.push(constant.clone());
        }
    }

    /// Enough points to tell any two behaviours apart.
    pub(super) fn list(&self) -> Vec<Value> {
        let mut points = self.numbers();
        points.extend(self.texts());
        if matches!(self.of, Type::Bool | Type::Any) && self.constants.iter().any(|constant| matches!(constant, Value::Bool(_))) {
            points.extend([Value::Bool(true), Value::Bool(false)]);
        }
        let others = |constant: &&Value| matches!(constant, Value::Null | Value::List(_) | Value::Map(_));
        points.extend(self.constants.iter().filter(others).cloned());
        // A value that is none of the constants, and can be in no order with them.
        match self.of {
            Type::Any => points.push(Value::List(vec![Value::List(Vec::new())])),
            Type::List(_) => points.push(Value::List(vec![Value::Null])),
            Type::Map(_) => points.push(Value::Map([(String::new(), Value::Null)].into())),
            _ => {}
        }
        points
    }

    fn numbers(&self) -> Vec<Value> {
        let mut constants: Vec<f64> = self.constants.iter().filter_map(figure).collect();
        constants.sort_by(f64::total_cmp);
        let (Some(first), Some(last)) = (constants.first(), constants.last()) else {
            return Vec::new();
        };
        let mut points = vec![below(*first), above(*last), self.least, self.most];
        points.extend(constants.iter().zip(constants.iter().skip(1)).map(|(a, b)| a + (b - a) / 2.0));
        points.extend(&constants);
        if self.of == Type::Integer {
            points = points.iter().flat_map(|point| [point.floor(), point.ceil()]).collect();
        }
        points.retain(|point| point.is_finite() && self.least <= *point && *point <= self.most);
        points.sort_by(f64::total_cmp);
        points.dedup();
        let whole = self.constants.iter().filter(|constant| matches!(constant, Value::Integer(_))).cloned();
        let within = |value: &Value| figure(value).is_some_and(|v| self.least <= v && v <= self.most);
        points.into_iter().map(Value::Number).chain(whole.filter(within)).collect()
    }

    fn texts(&self) -> Vec<Value> {
        let texts: Vec<&String> =
            self.constants.iter().filter_map(|constant| if let Value::Text(text) = constant { Some(text) } else { None }).collect();
        if texts.is_empty() {
            return Vec::new();
        }
        // Nothing lies before the empty text, and nothing between a text and the same with a NUL after it.
        let mut points: Vec<String> = texts.iter().flat_map(|text| [(*text).clone(), format!("{text}\0")]).collect();
        points.push(String::new());
        points.sort();
        points.dedup();
        points.into_iter().map(Value::Text).collect()
    }
}

/// A number well below, or above, whatever its size.
fn below(number: f64) -> f64 {
    number - number.abs() - 1.0
}

fn above(number: f64) -> f64 {
    number + number.abs() + 1.0
}

fn figure(value: &Value) -> Option<f64> {
    match Val::from(value) {
        #[expect(clippy::cast_precision_loss, reason = "only a point near the constant is wanted; the constant itself is a point too")]
        Val::Integer(v) => Some(v as f64),
        Val::Number(v) => Some(v),
        _ => None,
    }
}

/// The least and the greatest figure that a part can be.
fn range(node: &Node) -> (f64, f64) {
    match &node.form {
        Form::Size(_) => (0.0, f64::INFINITY),
        Form::Field { field, .. } => bounds(field),
        Form::Member(whole, _) => range(whole),
        Form::Index(pair) => {
            let [whole, _] = &**pair;
            range(whole)
        }
        _ => (f64::NEG_INFINITY, f64::INFINITY),
    }
}
