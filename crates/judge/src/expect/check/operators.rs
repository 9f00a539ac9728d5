//! Checks of operators.

use allswell_model::Value;
use cel::IdedExpr;
use cel::common::ast::{CallExpr, Expr, operators as op};

use crate::expect::check::checker::{Checked, Checker};
use crate::expect::describe::describe;
use crate::expect::refused::Refused;
use crate::expect::tree::{Arithmetic, Comparison, Form, Node};
use crate::expect::types::Type;

impl Checker<'_> {
    /// `a && b && c`, or with `||`: the parser's tree of pairs becomes one list.
    pub(super) fn chain(&mut self, expr: &IdedExpr, call: &CallExpr) -> Checked {
        let mut terms = Vec::new();
        flatten(expr, &call.func_name, &mut terms);
        let nodes = terms.into_iter().map(|term| self.condition(term)).collect::<Result<Vec<_>, _>>()?;
        let form = if call.func_name == op::LOGICAL_AND { Form::And(nodes) } else { Form::Or(nodes) };
        Ok(Node { form, of: Type::Bool })
    }

    /// A part that must be true or false.
    pub(super) fn condition(&mut self, expr: &IdedExpr) -> Checked {
        let node = self.node(expr)?;
        if node.of.may_be(&Type::Bool) {
            return Ok(node);
        }
        Err(self.refuse(expr, format!("`{}` is {}, where true or false is wanted", describe(&node), node.of)))
    }

    pub(super) fn not(&mut self, a: &IdedExpr) -> Checked {
        let node = self.condition(a)?;
        Ok(Node { form: Form::Not(Box::new(node)), of: Type::Bool })
    }

    pub(super) fn negate(&mut self, expr: &IdedExpr, a: &IdedExpr) -> Checked {
        let node = self.node(a)?;
        if !node.of.maybe(Type::is_numeric) {
            return Err(self.refuse(expr, format!("`{}` is {}, which has no negative", describe(&node), node.of)));
        }
        let of = node.of.clone();
        Ok(Node { form: Form::Negate(Box::new(node)), of })
    }

    pub(super) fn choose(&mut self, expr: &IdedExpr, [c, a, b]: [&IdedExpr; 3]) -> Checked {
        let three = [self.condition(c)?, self.node(a)?, self.node(b)?];
        let [_, a, b] = &three;
        let of = a.of.join(&b.of).ok_or_else(|| self.refuse(expr, format!("either {} or {}: both must be of one type", a.of, b.of)))?;
        Ok(Node { form: Form::Choose(Box::new(three)), of })
    }

    pub(super) fn index(&mut self, expr: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let pair = [self.node(a)?, self.node(b)?];
        let [whole, key] = &pair;
        let (of, wanted) = match &whole.of {
            Type::Any if key.of.may_be(&Type::Integer) || key.of == Type::Text => (Type::Any, &key.of),
            Type::Any => return Err(self.refuse(expr, format!("an index is an integer or text, not {}", key.of))),
            Type::Map(item) => ((**item).clone(), &Type::Text),
            Type::List(item) => ((**item).clone(), &Type::Integer),
            other => return Err(self.refuse(expr, format!("`{}` is {other}, which has no items", describe(whole)))),
        };
        if !key.of.may_be(wanted) {
            return Err(self.refuse(expr, format!("`{}` is {}: its index is {wanted}, not {}", describe(whole), whole.of, key.of)));
        }
        Ok(Node { form: Form::Index(Box::new(pair)), of })
    }

    pub(super) fn within(&mut self, expr: &IdedExpr, a: &IdedExpr, b: &IdedExpr) -> Checked {
        let pair = [self.node(a)?, self.node(b)?];
        let [item, whole] = &pair;
        let wanted = match &whole.of {
            Type::Any => &Type::Any,
            Type::List(of) => of,
            Type::Map(_) => &Type::Text,
            Type::Text if item.of.may_be(&Type::Text) => {
                let hint = format!("write `{}.contains({})`", describe(whole), describe(item));
                return Err(self.refuse(expr, "`in` looks into lists and maps, not into text").hint(hint));
            }
            other => return Err(self.refuse(expr, format!("`{}` is {other}, which holds no items", describe(whole)))),
        };
        if !item.of.comparable(wanted) {
            let message = format!("`{}` is {}, which is never in {}", describe(item), item.of, whole.of);
            return Err(self.refuse(expr, message));
        }
        Ok(Node { form: Form::Within(Box::new(pair)), of: Type::Bool })
    }

    pub(super) fn binary(&mut self, expr: &IdedExpr, name: &str, [a, b]: [&IdedExpr; 2]) -> Checked {
        let pair = [self.node(a)?, self.node(b)?];
        if let Some(comparison) = comparison(name) {
            let [left, right] = &pair;
            let fit = if comparison.is_equality() { left.of.comparable(&right.of) } else { left.of.ordered(&right.of) };
            if !fit {
                return Err(self.never_compares(expr, comparison, &pair));
            }
            return Ok(Node { form: Form::Compare(comparison, Box::new(pair)), of: Type::Bool });
        }
        let Some(arithmetic) = arithmetic(name) else {
            return Err(self.refuse(expr, "this operator of CEL has no use here"));
        };
        let [left, right] = &pair;
        let of = result_type(arithmetic, &left.of, &right.of)
            .ok_or_else(|| self.refuse(expr, format!("`{}` has no meaning between {} and {}", arithmetic.sign(), left.of, right.of)))?;
        Ok(Node { form: Form::Arithmetic(arithmetic, Box::new(pair)), of })
    }

    fn never_compares(&self, expr: &IdedExpr, comparison: Comparison, [left, right]: &[Node; 2]) -> Refused {
        let verdict = if comparison.is_equality() { "never equal" } else { "never in order" };
        let sides = format!("`{}` is {}, `{}` is {}", describe(left), left.of, describe(right), right.of);
        let hint = fitting(left, right).or_else(|| fitting(right, left));
        self.refuse(expr, format!("{sides}: they are {verdict}")).or_hint(hint)
    }
}

/// How the constant should be written to fit the other side.
fn fitting(constant: &Node, other: &Node) -> Option<String> {
    match (constant.as_constant()?, &other.of) {
        (Value::Text(text), Type::Integer | Type::Number) if text.parse::<f64>().is_ok() => Some(format!("write {text} without quotes")),
        (Value::Text(text), Type::Bool) if text == "true" || text == "false" => Some(format!("write {text} without quotes")),
        (Value::Integer(_) | Value::Number(_) | Value::Bool(_), Type::Text) => Some(format!("write \"{}\" in quotes", describe(constant))),
        (value, Type::List(item)) if Type::of(value).comparable(item) => {
            Some(format!("write `{} in {}`", describe(constant), describe(other)))
        }
        (Value::Null, _) => Some(format!("`{}` is never null", describe(other))),
        _ => None,
    }
}

fn flatten<'e>(expr: &'e IdedExpr, name: &str, terms: &mut Vec<&'e IdedExpr>) {
    match &expr.expr {
        Expr::Call(call) if call.func_name == name => call.args.iter().for_each(|arg| flatten(arg, name, terms)),
        _ => terms.push(expr),
    }
}

fn comparison(name: &str) -> Option<Comparison> {
    Some(match name {
        op::EQUALS => Comparison::Equal,
        op::NOT_EQUALS => Comparison::NotEqual,
        op::LESS => Comparison::Less,
        op::LESS_EQUALS => Comparison::LessOrEqual,
        op::GREATER => Comparison::Greater,
        op::GREATER_EQUALS => Comparison::GreaterOrEqual,
        _ => return None,
    })
}

fn arithmetic(name: &str) -> Option<Arithmetic> {
    Some(match name {
        op::ADD => Arithmetic::Add,
        op::SUBSTRACT => Arithmetic::Subtract,
        op::MULTIPLY => Arithmetic::Multiply,
        op::DIVIDE => Arithmetic::Divide,
        op::MODULO => Arithmetic::Remainder,
        _ => return None,
    })
}

fn result_type(arithmetic: Arithmetic, left: &Type, right: &Type) -> Option<Type> {
    let joined = left.join(right)?;
    let fits = match arithmetic {
        Arithmetic::Remainder => left.may_be(&Type::Integer) && right.may_be(&Type::Integer),
        Arithmetic::Add if matches!(joined, Type::Text | Type::List(_)) => true,
        Arithmetic::Add => adds(left) && adds(right),
        Arithmetic::Subtract | Arithmetic::Multiply | Arithmetic::Divide => left.maybe(Type::is_numeric) && right.maybe(Type::is_numeric),
    };
    fits.then_some(joined)
}

fn adds(of: &Type) -> bool {
    of.maybe(|of| of.is_numeric() || matches!(of, Type::Text | Type::List(_)))
}
