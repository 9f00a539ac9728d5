//! Expectations: CEL over the fields of a result, typed and checked when the configuration is read.

mod check;
mod describe;
mod eval;
mod explain;
mod nearest;
mod parse;
mod refused;
mod scope;
mod shown;
mod slots;
mod split;
mod tree;
mod trouble;
mod types;
mod vacuous;
mod value;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use allswell_model::{Field, Value};

pub use crate::expect::refused::Refused;
pub use crate::expect::scope::Scope;

use crate::expect::check::Checker;
use crate::expect::eval::Run;
use crate::expect::explain::explain;
use crate::expect::shown::{shown, shown_source};
use crate::expect::slots::{Slots, Source};
use crate::expect::tree::{Form, Node};
use crate::expect::value::Val;

/// A checked expectation. A clone shares what was compiled: compile once for many targets.
#[derive(Clone)]
pub struct Expectation(Arc<Compiled>);

struct Compiled {
    source: String,
    fields: Vec<Field>,
    /// What must hold, in order, each with its own text.
    parts: Vec<(String, Node)>,
}

/// An expectation that did not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// "`json.queue < 1000` failed: it was 4312", without a closing dot.
    pub sentence: String,
}

impl Expectation {
    /// Reads an expectation. `scope` is the [`Scope`] of the protocol whose results it will see.
    ///
    /// # Errors
    /// Refuses what is not CEL, names an unknown field or none, mixes types, is not true or false, cannot fail or
    /// never holds, or is too long, too deep or of too many parts.
    pub fn compile(source: &str, scope: &Scope) -> Result<Self, Refused> {
        let (expr, places) = parse::parse(source)?;
        let mut checker = Checker::new(scope, source, &places);
        let root = checker.whole(&expr)?;
        let fields = checker.fields;
        if fields.is_empty() {
            return Err(Refused::new("it names no field of the result, so it says nothing about the target"));
        }
        match vacuous::always(&root) {
            Some(true) => return Err(cannot_fail(&root)),
            Some(false) => return Err(Refused::new("this can never hold, whatever the target answers")),
            None => {}
        }
        let texts = split::conjuncts(source).into_iter().map(shown_source);
        let parts = match root.form {
            Form::And(terms) if terms.len() == texts.len() => texts.zip(terms).collect(),
            form => vec![(shown_source(source), Node { form, of: root.of })],
        };
        Ok(Self(Arc::new(Compiled { source: source.to_owned(), fields, parts })))
    }

    /// As the operator wrote it.
    #[must_use]
    pub fn source(&self) -> &str {
        &self.0.source
    }

    /// Whether it names this field.
    #[must_use]
    pub fn names(&self, field: &str) -> bool {
        self.0.fields.iter().any(|known| known.name == field)
    }

    /// Whether the values of a result meet it. Each field is asked for at most once, and only if it is needed.
    ///
    /// # Errors
    /// [`Failed`] when it does not hold, and when it cannot be answered.
    pub fn check(&self, values: &dyn Fn(&str) -> Option<Value>) -> Result<(), Failed> {
        self.check_borrowed(&|name| values(name).map(Cow::Owned))
    }

    /// The same over values that are only lent: a parsed body of 10 MiB need not be copied.
    ///
    /// # Errors
    /// As [`Expectation::check`].
    pub fn check_borrowed<'v>(&self, values: &dyn Fn(&str) -> Option<Cow<'v, Value>>) -> Result<(), Failed> {
        let slots = Slots::new(values, self.0.fields.len());
        let mut run = Run::new(&slots);
        for (text, node) in &self.0.parts {
            match run.eval(node) {
                Ok(Val::Bool(true)) => {}
                outcome => {
                    let why = match outcome {
                        Ok(Val::Bool(false)) => explain(&mut Run::new(&slots as &dyn Source), node),
                        Ok(value) => format!("it was {}, not true or false", shown(&value)),
                        Err(trouble) => trouble.sentence(),
                    };
                    return Err(Failed { sentence: format!("`{text}` failed: {why}") });
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Expectation").field(&self.0.source).finish()
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl std::error::Error for Failed {}

fn cannot_fail(root: &Node) -> Refused {
    let refused = Refused::new("this cannot fail, whatever the target answers");
    match &root.form {
        Form::Or(_) => refused.hint("did you mean && instead of ||?"),
        _ => refused,
    }
}

#[cfg(test)]
mod tests;
