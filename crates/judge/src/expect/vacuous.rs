//! Finds expectations that cannot fail, or can never hold.
//!
//! A formula of comparisons with constants depends only on where each compared part lies among its constants, so it
//! is tried out at one point of each interval between them, and at the constants themselves.

mod points;

use allswell_model::Value;

use crate::expect::describe::describe;
use crate::expect::tree::{Comparison, Form, Node, Quantifier};
use crate::expect::vacuous::points::Points;
use crate::expect::value::Val;

/// So many combinations of points are tried; beyond that the expectation is taken as it is.
const COMBINATIONS: usize = 4096;

/// What the expectation always is; `None` when that depends on the answer.
pub(crate) fn always(node: &Node) -> Option<bool> {
    match &node.form {
        Form::Constant(Value::Bool(v)) => Some(*v),
        Form::Not(a) => always(a).map(|v| !v),
        Form::And(terms) => joined(terms, false).or_else(|| tried(node)),
        Form::Or(terms) => joined(terms, true).or_else(|| tried(node)),
        Form::Choose(three) => {
            let [condition, a, b] = &**three;
            match always(condition) {
                Some(true) => always(a),
                Some(false) => always(b),
                None => always(a).filter(|v| always(b) == Some(*v)).or_else(|| tried(node)),
            }
        }
        Form::Compare(comparison, pair) => {
            let [left, right] = &**pair;
            if left == right { Some(comparison.holds(std::cmp::Ordering::Equal)) } else { tried(node) }
        }
        Form::Within(pair) => within(pair),
        Form::Text(_, pair) => {
            let [whole, part] = &**pair;
            let empty = matches!(part.as_constant(), Some(Value::Text(text)) if text.is_empty());
            (empty || whole == part).then_some(true)
        }
        Form::Matches(_, pattern) => ["", "^", "$", ".*", "(.*)"].contains(&pattern.0.as_str()).then_some(true),
        Form::Each(quantifier, pair) => {
            let [range, body] = &**pair;
            each(*quantifier, range, body)
        }
        _ => None,
    }
}

/// One decisive term decides; all of them undecisive do so too.
fn joined(terms: &[Node], decisive: bool) -> Option<bool> {
    let mut all = true;
    for term in terms {
        match always(term) {
            Some(v) if v == decisive => return Some(decisive),
            Some(_) => {}
            None => all = false,
        }
    }
    all.then_some(!decisive)
}

fn within([item, whole]: &[Node; 2]) -> Option<bool> {
    match &whole.form {
        Form::Constant(Value::List(items)) if items.is_empty() => Some(false),
        Form::List(items) => items.contains(item).then_some(true),
        _ => None,
    }
}

fn each(quantifier: Quantifier, range: &Node, body: &Node) -> Option<bool> {
    let empty = matches!(range.as_constant(), Some(Value::List(items)) if items.is_empty());
    match (quantifier, always(body)) {
        (Quantifier::All, _) if empty => Some(true),
        (Quantifier::Exists | Quantifier::ExistsOne, _) if empty => Some(false),
        (Quantifier::All, Some(true)) => Some(true),
        (Quantifier::Exists | Quantifier::ExistsOne, Some(false)) => Some(false),
        _ => None,
    }
}

/// Tries the formula at every combination of points.
fn tried(node: &Node) -> Option<bool> {
    let mut parts = Vec::new();
    collect(node, &mut parts);
    let parts: Vec<(Key<'_>, Vec<Value>)> = parts.into_iter().map(|(key, points)| (key, points.list())).collect();
    let combinations = parts.iter().try_fold(1_usize, |product, (_, points)| product.checked_mul(points.len()))?;
    if combinations > COMBINATIONS {
        return None;
    }
    let mut outcomes = (0..combinations).map(|number| holds(node, &Assignment { parts: &parts, number }) == Some(true));
    let first = outcomes.next()?;
    outcomes.all(|outcome| outcome == first).then_some(first)
}

/// What is compared: a part with constants, or two parts with one another.
#[derive(PartialEq, Clone, Copy)]
enum Key<'n> {
    One(&'n Node),
    Two(&'n Node, &'n Node),
}

/// One combination of points, by its number.
struct Assignment<'p, 'n> {
    parts: &'p [(Key<'n>, Vec<Value>)],
    number: usize,
}

impl<'p> Assignment<'p, '_> {
    fn value(&self, key: Key<'_>) -> Option<Val<'p>> {
        let mut rest = self.number;
        for (known, points) in self.parts {
            if *known == key {
                return points.get(rest % points.len()).map(Val::from);
            }
            rest /= points.len();
        }
        None
    }
}

/// A comparison as (what is compared, how, the constant); two parts are compared by the sign of their difference.
fn comparison(comparison: Comparison, pair: &[Node; 2]) -> (Key<'_>, Comparison, &Value) {
    const EVEN: &Value = &Value::Integer(0);
    let [left, right] = pair;
    match (left.as_constant(), right.as_constant()) {
        (None, Some(constant)) => (Key::One(left), comparison, constant),
        (Some(constant), None) => (Key::One(right), comparison.flipped(), constant),
        // `a < b` and `b > a` say the same of one pair.
        _ if describe(left) > describe(right) => (Key::Two(right, left), comparison.flipped(), EVEN),
        _ => (Key::Two(left, right), comparison, EVEN),
    }
}

fn collect<'n>(node: &'n Node, parts: &mut Vec<(Key<'n>, Points)>) {
    match &node.form {
        Form::Constant(_) => {}
        Form::And(terms) | Form::Or(terms) => terms.iter().for_each(|term| collect(term, parts)),
        Form::Not(a) => collect(a, parts),
        Form::Choose(three) => three.iter().for_each(|part| collect(part, parts)),
        Form::Compare(how, pair) => {
            let (key, _, constant) = comparison(*how, pair);
            points(key, parts).add(constant);
        }
        Form::Within(pair) => {
            let [item, whole] = &**pair;
            match whole.as_constant() {
                Some(Value::List(items)) => items.iter().for_each(|constant| points(Key::One(item), parts).add(constant)),
                _ => points(Key::One(node), parts).add(&Value::Bool(true)),
            }
        }
        _ => points(Key::One(node), parts).add(&Value::Bool(true)),
    }
}

fn points<'n, 'p>(key: Key<'n>, parts: &'p mut Vec<(Key<'n>, Points)>) -> &'p mut Points {
    let at = parts.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        let points = match key {
            Key::One(node) => Points::of(node),
            Key::Two(left, right) => Points::of_difference(left, right),
        };
        parts.push((key, points));
        parts.len() - 1
    });
    #[expect(clippy::indexing_slicing, reason = "the place was found or pushed just above")]
    &mut parts[at].1
}

/// The formula at one combination of points; `None` where it could not be answered.
fn holds(node: &Node, at: &Assignment<'_, '_>) -> Option<bool> {
    match &node.form {
        Form::Constant(Value::Bool(v)) => Some(*v),
        Form::And(terms) => decide(terms, at, false),
        Form::Or(terms) => decide(terms, at, true),
        Form::Not(a) => holds(a, at).map(|v| !v),
        Form::Choose(three) => {
            let [condition, a, b] = &**three;
            holds(if holds(condition, at)? { a } else { b }, at)
        }
        Form::Compare(how, pair) => {
            let (key, how, constant) = comparison(*how, pair);
            let (value, constant) = (at.value(key)?, Val::from(constant));
            if how.is_equality() {
                Some(value.same(&constant) == (how == Comparison::Equal))
            } else {
                value.order(&constant).map(|order| how.holds(order))
            }
        }
        Form::Within(pair) => {
            let [item, whole] = &**pair;
            match whole.as_constant() {
                Some(Value::List(items)) => at.value(Key::One(item)).map(|value| items.iter().any(|known| Val::from(known).same(&value))),
                _ => truth(node, at),
            }
        }
        _ => truth(node, at),
    }
}

/// A part that is true or false by itself.
fn truth(node: &Node, at: &Assignment<'_, '_>) -> Option<bool> {
    match at.value(Key::One(node))? {
        Val::Bool(v) => Some(v),
        _ => None,
    }
}

fn decide(terms: &[Node], at: &Assignment<'_, '_>, decisive: bool) -> Option<bool> {
    let mut unanswered = false;
    for term in terms {
        match holds(term, at) {
            Some(v) if v == decisive => return Some(decisive),
            Some(_) => {}
            None => unanswered = true,
        }
    }
    (!unanswered).then_some(!decisive)
}
