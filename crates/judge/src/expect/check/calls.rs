//! Checks of functions and macros.

use cel::IdedExpr;
use cel::common::ast::Expr;
use regex::RegexBuilder;

use crate::expect::check::checker::{Checked, Checker};
use crate::expect::describe::describe;
use crate::expect::nearest::nearest;
use crate::expect::refused::Refused;
use crate::expect::tree::{Conversion, Form, Node, Pattern, Quantifier, TextTest};
use crate::expect::types::Type;

/// A compiled pattern; `\w{50}` alone takes more, and would be slow on a body of 10 MiB.
const PATTERN_LIMIT: usize = 256 * 1024;

/// Every function and macro there is, with what stands in its brackets.
const KNOWN: [(&str, &str); 16] = [
    ("size", "x.size()"),
    ("startsWith", "x.startsWith(\"...\")"),
    ("endsWith", "x.endsWith(\"...\")"),
    ("contains", "x.contains(\"...\")"),
    ("matches", "x.matches(\"...\")"),
    ("has", "has(json.x)"),
    ("all", "x.all(i, ...)"),
    ("exists", "x.exists(i, ...)"),
    ("exists_one", "x.exists_one(i, ...)"),
    ("existsOne", "x.existsOne(i, ...)"),
    ("filter", "x.filter(i, ...)"),
    ("map", "x.map(i, ...)"),
    ("int", "int(x)"),
    ("double", "double(x)"),
    ("string", "string(x)"),
    ("in", "x in y"),
];

/// What other languages call them.
const ELSEWHERE: [(&str, &str); 12] = [
    ("len", "size"),
    ("length", "size"),
    ("count", "size"),
    ("includes", "contains"),
    ("regex", "matches"),
    ("match", "matches"),
    ("test", "matches"),
    ("any", "exists"),
    ("every", "all"),
    ("float", "double"),
    ("str", "string"),
    ("exist", "exists"),
];

impl Checker<'_> {
    pub(super) fn call(&mut self, expr: &IdedExpr, name: &str, target: Option<&IdedExpr>, args: &[IdedExpr]) -> Checked {
        match (name, target, args) {
            ("size", Some(a), []) | ("size", None, [a]) => self.size(expr, a),
            ("contains", Some(a), [b]) => self.text(expr, TextTest::Contains, [a, b]),
            ("startsWith", Some(a), [b]) => self.text(expr, TextTest::StartsWith, [a, b]),
            ("endsWith", Some(a), [b]) => self.text(expr, TextTest::EndsWith, [a, b]),
            ("matches", Some(a), [b]) | ("matches", None, [a, b]) => self.matches(expr, a, b),
            ("int", None, [a]) => self.convert(expr, Conversion::Integer, a),
            ("double", None, [a]) => self.convert(expr, Conversion::Number, a),
            ("string", None, [a]) => self.convert(expr, Conversion::Text, a),
            ("has", None, [a]) => self.has(expr, a),
            ("all", Some(a), [i, b]) => self.each(expr, Quantifier::All, [a, i, b]),
            ("exists", Some(a), [i, b]) => self.each(expr, Quantifier::Exists, [a, i, b]),
            ("exists_one" | "existsOne", Some(a), [i, b]) => self.each(expr, Quantifier::ExistsOne, [a, i, b]),
            ("filter", Some(a), [i, b]) => self.each(expr, Quantifier::Filter, [a, i, b]),
            ("map", Some(a), [i, b]) => self.map_each(expr, [a, i], [None, Some(b)]),
            ("map", Some(a), [i, c, b]) => self.map_each(expr, [a, i], [Some(c), Some(b)]),
            _ => Err(self.no_call(expr, name)),
        }
    }

    fn no_call(&self, expr: &IdedExpr, name: &str) -> Refused {
        if let Some((_, form)) = KNOWN.iter().find(|(known, _)| *known == name) {
            return self.refuse_call(expr, name, format!("`{name}` is not called like this")).hint(format!("write {form}"));
        }
        let elsewhere = ELSEWHERE.iter().find(|(other, _)| *other == name.to_lowercase()).map(|(_, known)| *known);
        let near = elsewhere.or_else(|| nearest(&name.replace('_', ""), KNOWN.iter().map(|(known, _)| *known)));
        let hint = match near.and_then(|near| KNOWN.iter().find(|(known, _)| *known == near)) {
            Some((_, form)) => format!("did you mean {form}?"),
            None => format!("there are {}", KNOWN.map(|(known, _)| known).join(", ")),
        };
        self.refuse_call(expr, name, format!("there is no function `{name}`")).hint(hint)
    }

    fn size(&mut self, expr: &IdedExpr, a: &IdedExpr) -> Checked {
        let node = self.node(a)?;
        if !node.of.maybe(|of| matches!(of, Type::Text | Type::List(_) | Type::Map(_))) {
            return Err(self.refuse_call(expr, "size", format!("`{}` is {}, which has no size", describe(&node), node.of)));
        }
        Ok(Node { form: Form::Size(Box::new(node)), of: Type::Integer })
    }

    fn text(&mut self, expr: &IdedExpr, test: TextTest, [a, b]: [&IdedExpr; 2]) -> Checked {
        let pair = [self.text_of(expr, a)?, self.text_of(expr, b)?];
        Ok(Node { form: Form::Text(test, Box::new(pair)), of: Type::Bool })
    }

    /// A part that must be text.
    fn text_of(&mut self, expr: &IdedExpr, a: &IdedExpr) -> Checked {
        let node = self.node(a)?;
        if node.of.may_be(&Type::Text) {
            return Ok(node);
        }
        let refused = self.refuse(expr, format!("`{}` is {}, where text is wanted", describe(&node), node.of));
        Err(match node.of {
            Type::List(_) => refused.hint(format!("write `\"...\" in {0}`, or `{0}.exists(i, i.contains(\"...\"))`", describe(&node))),
            Type::Integer | Type::Number => refused.hint(format!("write string({})", describe(&node))),
            _ => refused,
        })
    }

    fn matches(&mut self, expr: &IdedExpr, a: &IdedExpr, pattern: &IdedExpr) -> Checked {
        let text = self.text_of(expr, a)?;
        let Form::Constant(allswell_model::Value::Text(source)) = self.text_of(pattern, pattern)?.form else {
            return Err(self.refuse(pattern, "a pattern is written out, so that it can be checked before it is needed"));
        };
        match RegexBuilder::new(&source).size_limit(PATTERN_LIMIT).build() {
            Ok(compiled) => Ok(Node { form: Form::Matches(Box::new(text), Pattern(compiled)), of: Type::Bool }),
            Err(error) => Err(self.refuse(pattern, format!("the pattern is no regular expression: {}", last_line(&error)))),
        }
    }

    fn convert(&mut self, expr: &IdedExpr, to: Conversion, a: &IdedExpr) -> Checked {
        let node = self.node(a)?;
        let fits = match &node.of {
            Type::Any | Type::Integer | Type::Number | Type::Text => true,
            Type::Bool => to == Conversion::Text,
            _ => false,
        };
        if !fits {
            return Err(self.refuse_call(
                expr,
                to.word(),
                format!("`{}` is {}, of which {}() makes nothing", describe(&node), node.of, to.word()),
            ));
        }
        let of = match to {
            Conversion::Integer => Type::Integer,
            Conversion::Number => Type::Number,
            Conversion::Text => Type::Text,
        };
        Ok(Node { form: Form::Convert(to, Box::new(node)), of })
    }

    fn has(&mut self, expr: &IdedExpr, a: &IdedExpr) -> Checked {
        let Expr::Select(select) = &a.expr else {
            return Err(self.refuse_call(expr, "has", "has() asks for a member").hint("write has(json.x), or \"x\" in json"));
        };
        let whole = self.node(&select.operand)?;
        self.member_type(a, &whole)?;
        Ok(Node { form: Form::Has(Box::new(whole), select.field.clone()), of: Type::Bool })
    }

    fn each(&mut self, expr: &IdedExpr, quantifier: Quantifier, [a, i, body]: [&IdedExpr; 3]) -> Checked {
        let range = self.node(a)?;
        self.enter(expr, &range, i)?;
        let body = self.condition(body)?;
        self.locals.pop();
        let of = match (quantifier, &range.of) {
            (Quantifier::Filter, Type::Map(_)) => Type::List(Box::new(Type::Text)),
            (Quantifier::Filter, of) => of.clone(),
            _ => Type::Bool,
        };
        Ok(Node { form: Form::Each(quantifier, Box::new([range, body])), of })
    }

    fn map_each(&mut self, expr: &IdedExpr, [a, i]: [&IdedExpr; 2], [taken, body]: [Option<&IdedExpr>; 2]) -> Checked {
        let range = self.node(a)?;
        self.enter(expr, &range, i)?;
        let taken = taken.map_or_else(|| Ok(Node::constant(true.into())), |taken| self.condition(taken))?;
        let body = body.map_or_else(|| Ok(Node::constant(true.into())), |body| self.node(body))?;
        self.locals.pop();
        let of = Type::List(Box::new(body.of.clone()));
        Ok(Node { form: Form::Map(Box::new([range, taken, body])), of })
    }

    /// Declares the variable that stands for each item.
    fn enter(&mut self, expr: &IdedExpr, range: &Node, variable: &IdedExpr) -> Result<(), Refused> {
        let Expr::Ident(name) = &variable.expr else {
            return Err(self.refuse(variable, "the first argument is the name that stands for each item").hint("as in x.all(i, i > 0)"));
        };
        let item = match &range.of {
            Type::Any => Type::Any,
            Type::List(item) => (**item).clone(),
            Type::Map(_) => Type::Text,
            other => return Err(self.refuse(expr, format!("`{}` is {other}, which has no items", describe(range)))),
        };
        self.locals.push((name.clone(), item));
        Ok(())
    }
}

/// The complaint itself; the lines before it draw the pattern.
fn last_line(error: &regex::Error) -> String {
    match error {
        regex::Error::CompiledTooBig(_) => "it is too large".to_owned(),
        _ => error.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned(),
    }
}
