//! Runs a checked expectation over the values of one result.
//!
//! Our own interpreter rather than the crate's: it has a step limit, borrows the values instead of copying them, and
//! can say what a part was when it failed.

mod loops;
mod operations;

use std::borrow::Cow;

use allswell_model::Value;

use crate::expect::slots::{Slots, Source};
use crate::expect::tree::{Form, Node};
use crate::expect::trouble::Trouble;
use crate::expect::types::Type;
use crate::expect::value::Val;

/// Each part that is run, each item that is gone through and each 64 bytes of text that are looked at is a step;
/// a million take some 30 ms, and nothing that an operator means needs as many.
pub(crate) const STEP_LIMIT: usize = 1_000_000;

/// One run of one expectation.
pub(crate) struct Run<'a> {
    source: &'a dyn Source,
    locals: Vec<Val<'a>>,
    steps_left: usize,
}

pub(crate) type Ran<'a> = Result<Val<'a>, Trouble<'a>>;

impl<'a> Run<'a> {
    pub(crate) fn new(source: &'a dyn Source) -> Self {
        Self { source, locals: Vec::new(), steps_left: STEP_LIMIT }
    }

    pub(crate) fn eval(&mut self, node: &'a Node) -> Ran<'a> {
        self.charge(1)?;
        match &node.form {
            Form::Constant(value) => Ok(Val::from(value)),
            Form::Field { slot, field } => self.source.value(*slot, field).map(Val::from).ok_or(Trouble::Absent(field.name)),
            Form::Local { level, .. } => Ok(self.locals.get(*level).cloned().unwrap_or(Val::Null)),
            Form::Member(whole, name) => self.member(whole, name),
            Form::Has(whole, name) => self.map(whole).map(|map| Val::Bool(map.contains_key(name))),
            Form::Index(pair) => self.index(pair),
            Form::List(items) => items.iter().map(|item| self.eval(item)).collect::<Result<_, _>>().map(Val::made),
            Form::Not(a) => self.bool(a).map(|v| Val::Bool(!v)),
            Form::Negate(a) => self.negate(a),
            Form::And(terms) => self.decide(terms, false),
            Form::Or(terms) => self.decide(terms, true),
            Form::Choose(three) => {
                let [condition, a, b] = &**three;
                if self.bool(condition)? { self.eval(a) } else { self.eval(b) }
            }
            Form::Compare(comparison, pair) => self.compare(*comparison, pair),
            Form::Arithmetic(arithmetic, pair) => self.arithmetic(*arithmetic, pair),
            Form::Within(pair) => self.within(pair),
            Form::Size(a) => self.size(a),
            Form::Text(test, pair) => self.text_test(*test, pair),
            Form::Matches(a, pattern) => {
                let text = self.text(a)?;
                Ok(Val::Bool(pattern.0.is_match(&text)))
            }
            Form::Convert(to, a) => self.convert(*to, a),
            Form::Each(quantifier, pair) => self.each(*quantifier, pair),
            Form::Map(three) => self.map_each(three),
        }
    }

    /// The first term that is `decisive` decides, even when another one could not be answered: so does CEL.
    fn decide(&mut self, terms: &'a [Node], decisive: bool) -> Ran<'a> {
        let mut trouble = None;
        for term in terms {
            match self.bool(term) {
                Ok(v) if v == decisive => return Ok(Val::Bool(decisive)),
                Ok(_) => {}
                Err(Trouble::TooManySteps) => return Err(Trouble::TooManySteps),
                Err(found) => trouble = trouble.or(Some(found)),
            }
        }
        trouble.map_or(Ok(Val::Bool(!decisive)), Err)
    }

    pub(crate) fn bool(&mut self, node: &'a Node) -> Result<bool, Trouble<'a>> {
        match self.eval(node)? {
            Val::Bool(v) => Ok(v),
            value => Err(Trouble::Unfit { part: node, value, wanted: "true or false" }),
        }
    }

    /// Text that is about to be looked at, and is paid for.
    fn text(&mut self, node: &'a Node) -> Result<Cow<'a, str>, Trouble<'a>> {
        match self.eval(node)? {
            Val::Text(text) => self.charge(text.len() / crate::expect::value::BYTES_A_STEP).map(|()| text),
            value => Err(Trouble::Unfit { part: node, value, wanted: "text" }),
        }
    }

    /// Pays for as many steps.
    fn charge(&mut self, steps: usize) -> Result<(), Trouble<'a>> {
        self.steps_left = self.steps_left.checked_sub(steps).ok_or(Trouble::TooManySteps)?;
        Ok(())
    }
}

/// A part without fields is replaced by its value.
///
/// # Errors
/// The sentence why it has none.
pub(crate) fn fold(node: &Node) -> Result<Node, String> {
    let slots = Slots::new(&|_| None, 0);
    let value: Value = Run::new(&slots).eval(node).map_err(|trouble| trouble.sentence())?.into_value();
    // An integer that stands where numbers are stays one: the declared type is what comparisons are checked by.
    let of = if node.of == Type::Any { Type::of(&value) } else { node.of.clone() };
    Ok(Node { form: Form::Constant(value), of })
}
