//! From the parser's syntax tree to a checked one: names are resolved, types agree, constants are folded.

mod calls;
mod checker;
mod operators;

use std::collections::BTreeMap;

use allswell_model::Value;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, EntryExpr, Expr, LiteralValue, MapExpr, SelectExpr, operators as op};

use crate::expect::check::checker::Checked;
pub(crate) use crate::expect::check::checker::Checker;
use crate::expect::describe::describe;
use crate::expect::eval::fold;
use crate::expect::nearest::nearest;
use crate::expect::refused::Refused;
use crate::expect::tree::{Form, Node};
use crate::expect::types::Type;

/// The evaluator recurses as deep as the tree.
const DEPTH_LIMIT: usize = 48;

/// Parts of one expectation; each may be run for each item of an answer.
const NODE_LIMIT: usize = 300;

/// Names listed where none is near.
const NAMES_SHOWN: usize = 16;

impl Checker<'_> {
    /// The whole expectation, which must be true or false.
    pub(crate) fn whole(&mut self, expr: &IdedExpr) -> Checked {
        let root = self.node(expr)?;
        if root.of.may_be(&Type::Bool) {
            return Ok(root);
        }
        let what = describe(&root);
        let refused = Refused::new(format!("an expectation is true or false; `{what}` is {}", root.of));
        Err(match root.of {
            Type::Integer | Type::Number => refused.hint(format!("compare it, as in `{what} < 300`")),
            Type::Text => refused.hint(format!("compare it, as in `{what} == \"...\"`")),
            _ => refused,
        })
    }

    pub(crate) fn node(&mut self, expr: &IdedExpr) -> Checked {
        self.depth += 1;
        self.nodes += 1;
        if self.depth > DEPTH_LIMIT || self.nodes > NODE_LIMIT {
            return Err(Refused::new("an expectation of so many parts is refused").hint("write several expectations: all must hold"));
        }
        let node = self.unlimited(expr)?;
        self.depth -= 1;
        if !foldable(&node.form) {
            return Ok(node);
        }
        fold(&node).map_err(|why| self.refuse(expr, why))
    }

    fn unlimited(&mut self, expr: &IdedExpr) -> Checked {
        match &expr.expr {
            Expr::Literal(literal) => self.literal(expr, literal).map(Node::constant),
            Expr::Ident(name) => self.name(expr, name),
            Expr::Select(select) => self.member(expr, select),
            Expr::Call(call) => self.operation(expr, call),
            Expr::List(list) => self.list(expr, &list.elements),
            Expr::Map(map) => self.map(expr, map).map(Node::constant),
            Expr::Struct(_) | Expr::Comprehension(_) | Expr::Unspecified => Err(self.refuse(expr, "this form of CEL has no use here")),
        }
    }

    fn operation(&mut self, expr: &IdedExpr, call: &CallExpr) -> Checked {
        match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (op::LOGICAL_AND | op::LOGICAL_OR, None, _) => self.chain(expr, call),
            (op::LOGICAL_NOT, None, [a]) => self.not(a),
            (op::NEGATE, None, [a]) => self.negate(expr, a),
            (op::CONDITIONAL, None, [c, a, b]) => self.choose(expr, [c, a, b]),
            (op::INDEX, None, [a, b]) => self.index(expr, a, b),
            (op::IN, None, [a, b]) => self.within(expr, a, b),
            (name, None, [a, b]) if name.starts_with('_') && name.ends_with('_') => self.binary(expr, name, [a, b]),
            (name, target, args) => self.call(expr, name, target, args),
        }
    }

    fn literal(&self, expr: &IdedExpr, literal: &LiteralValue) -> Result<Value, Refused> {
        Ok(match literal {
            LiteralValue::Boolean(v) => Value::Bool(*v.inner()),
            LiteralValue::Int(v) => Value::Integer(*v.inner()),
            LiteralValue::Double(v) => Value::Number(*v.inner()),
            LiteralValue::String(v) => Value::Text(v.inner().to_owned()),
            LiteralValue::Null => Value::Null,
            LiteralValue::UInt(v) => {
                Value::Integer(i64::try_from(*v.inner()).map_err(|_| self.refuse(expr, "no figure is as large as this"))?)
            }
            LiteralValue::Bytes(_) => return Err(self.refuse(expr, "no field holds bytes").hint("write text, without the b")),
        })
    }

    fn name(&mut self, expr: &IdedExpr, name: &str) -> Checked {
        let local = self.locals.iter().enumerate().rev().find(|(_, (local, _))| local == name);
        if let Some((level, (_, of))) = local {
            return Ok(Node { form: Form::Local { level, name: name.to_owned() }, of: of.clone() });
        }
        let field = self.scope.field(name).ok_or_else(|| self.unknown(expr, name))?;
        let slot = self.fields.iter().position(|known| known.name == field.name).unwrap_or_else(|| {
            self.fields.push(field);
            self.fields.len() - 1
        });
        Ok(Node { form: Form::Field { slot, field }, of: field.kind.into() })
    }

    fn unknown(&self, expr: &IdedExpr, name: &str) -> Refused {
        let locals = self.locals.iter().map(|(local, _)| local.as_str());
        let hint = match nearest(name, self.scope.names().chain(locals)) {
            Some(near) => format!("did you mean `{near}`?"),
            None if name.starts_with('.') => "write the name without its leading dot".to_owned(),
            None if name == "measurements" => "measurements are named directly: status, not measurements.status".to_owned(),
            None => format!("there are {}{}", self.scope.names().take(NAMES_SHOWN).collect::<Vec<_>>().join(", "), self.more()),
        };
        self.refuse(expr, format!("there is no field `{name}` here")).hint(hint)
    }

    /// How many names a list of them leaves out.
    fn more(&self) -> String {
        match self.scope.names().count().saturating_sub(NAMES_SHOWN) {
            0 => String::new(),
            left => format!(", and {left} more"),
        }
    }

    fn member(&mut self, expr: &IdedExpr, select: &SelectExpr) -> Checked {
        let whole = self.node(&select.operand)?;
        let of = self.member_type(expr, &whole)?;
        Ok(Node { form: Form::Member(Box::new(whole), select.field.clone()), of })
    }

    /// What the members of this are.
    pub(super) fn member_type(&self, expr: &IdedExpr, whole: &Node) -> Result<Type, Refused> {
        match &whole.of {
            Type::Any => Ok(Type::Any),
            Type::Map(item) => Ok((**item).clone()),
            other => Err(self.refuse(expr, format!("`{}` is {other}, which has no members", describe(whole)))),
        }
    }

    fn list(&mut self, expr: &IdedExpr, items: &[IdedExpr]) -> Checked {
        let items = items.iter().map(|item| self.node(item)).collect::<Result<Vec<_>, _>>()?;
        let mut types = items.iter().map(|item| item.of.clone());
        let first = types.next().unwrap_or(Type::Any);
        let item =
            types.try_fold(first, |all, next| all.join(&next)).ok_or_else(|| self.refuse(expr, "the items of a list are of one type"))?;
        Ok(Node { form: Form::List(items), of: Type::List(Box::new(item)) })
    }

    fn map(&mut self, expr: &IdedExpr, map: &MapExpr) -> Result<Value, Refused> {
        let mut entries = BTreeMap::new();
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return Err(self.refuse(expr, "this form of CEL has no use here"));
            };
            match (self.node(&entry.key)?.form, self.node(&entry.value)?.form) {
                (Form::Constant(Value::Text(key)), Form::Constant(value)) => entries.insert(key, value),
                _ => return Err(self.refuse(expr, "a map that is written out holds constants by text")),
            };
        }
        Ok(Value::Map(entries))
    }
}

/// Whether it stands for one value from the start.
fn foldable(form: &Form) -> bool {
    let all = |nodes: &[Node]| nodes.iter().all(|node| node.as_constant().is_some());
    match form {
        Form::Constant(_) | Form::Field { .. } | Form::Local { .. } | Form::Each(..) | Form::Map(_) => false,
        Form::Member(a, _)
        | Form::Has(a, _)
        | Form::Not(a)
        | Form::Negate(a)
        | Form::Size(a)
        | Form::Matches(a, _)
        | Form::Convert(_, a) => a.as_constant().is_some(),
        Form::Index(pair) | Form::Compare(_, pair) | Form::Arithmetic(_, pair) | Form::Within(pair) | Form::Text(_, pair) => all(&**pair),
        Form::Choose(three) => all(&**three),
        Form::List(nodes) | Form::And(nodes) | Form::Or(nodes) => all(nodes),
    }
}
