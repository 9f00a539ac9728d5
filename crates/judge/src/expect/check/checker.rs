//! What the checks of one expectation share.

use allswell_model::Field;
use cel::IdedExpr;
use cel::common::ast::SourceInfo;

use crate::expect::refused::Refused;
use crate::expect::scope::Scope;
use crate::expect::tree::Node;
use crate::expect::types::Type;

/// Walks one expectation.
pub(crate) struct Checker<'s> {
    pub(super) scope: &'s Scope,
    pub(super) source: &'s str,
    places: &'s SourceInfo,
    /// The fields named so far; a field's slot is its place in here.
    pub(crate) fields: Vec<Field>,
    /// The variables of the enclosing macros.
    pub(super) locals: Vec<(String, Type)>,
    pub(super) depth: usize,
    pub(super) nodes: usize,
}

pub(super) type Checked = Result<Node, Refused>;

impl<'s> Checker<'s> {
    pub(crate) fn new(scope: &'s Scope, source: &'s str, places: &'s SourceInfo) -> Self {
        Self { scope, source, places, fields: Vec::new(), locals: Vec::new(), depth: 0, nodes: 0 }
    }

    /// A refusal that points at this part.
    pub(super) fn refuse(&self, expr: &IdedExpr, message: impl Into<String>) -> Refused {
        let refused = Refused::new(message);
        match self.place(expr) {
            Some(byte) => refused.at(self.source, byte),
            None => refused,
        }
    }

    /// A refusal that points at the name of a function, which ends where its bracket opens.
    pub(super) fn refuse_call(&self, expr: &IdedExpr, name: &str, message: impl Into<String>) -> Refused {
        let refused = Refused::new(message);
        let start = self.place(expr).and_then(|bracket| bracket.checked_sub(name.len()));
        match start.filter(|start| self.source.get(*start..).is_some_and(|rest| rest.starts_with(name))) {
            Some(byte) => refused.at(self.source, byte),
            None => self.refuse(expr, refused.message),
        }
    }

    fn place(&self, expr: &IdedExpr) -> Option<usize> {
        self.places.offset_for(expr.id).and_then(|(start, _)| usize::try_from(start).ok())
    }
}
