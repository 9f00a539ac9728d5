//! A part of an expectation written out again, to name it in sentences.

use crate::expect::shown::{shown, shown_name};
use crate::expect::tree::{Arithmetic, Form, Node, Quantifier, TextTest};
use crate::expect::value::Val;

/// The part as CEL, short: what stands deep inside is left out.
pub(crate) fn describe(node: &Node) -> String {
    match &node.form {
        Form::Constant(value) => shown(&Val::from(value)),
        Form::Field { field, .. } => field.name.to_owned(),
        Form::Local { name, .. } => name.clone(),
        Form::Member(whole, name) => format!("{}.{}", describe(whole), shown_name(name)),
        Form::Has(whole, name) => format!("has({}.{})", describe(whole), shown_name(name)),
        Form::Index(pair) => {
            let [whole, key] = &**pair;
            format!("{}[{}]", describe(whole), describe(key))
        }
        Form::Negate(a) => format!("-{}", describe(a)),
        Form::Not(a) => format!("!{}", describe(a)),
        Form::Arithmetic(arithmetic, pair) => {
            let [left, right] = &**pair;
            format!("{} {} {}", operand(left, *arithmetic), arithmetic.sign(), operand(right, *arithmetic))
        }
        Form::Size(a) => format!("size({})", describe(a)),
        Form::Convert(to, a) => format!("{}({})", to.word(), describe(a)),
        Form::Text(test, pair) => {
            let [whole, _] = &**pair;
            format!("{}.{}(…)", describe(whole), test_word(*test))
        }
        Form::Matches(a, _) => format!("{}.matches(…)", describe(a)),
        Form::Each(quantifier, pair) => {
            let [range, _] = &**pair;
            format!("{}.{}(…)", describe(range), quantifier_word(*quantifier))
        }
        Form::Map(three) => {
            let [range, ..] = &**three;
            format!("{}.map(…)", describe(range))
        }
        Form::List(_) => "[…]".to_owned(),
        Form::And(_) | Form::Or(_) | Form::Choose(_) | Form::Compare(..) | Form::Within(_) => "(…)".to_owned(),
    }
}

fn operand(node: &Node, around: Arithmetic) -> String {
    match &node.form {
        Form::Arithmetic(inner, _) if *inner != around || around != Arithmetic::Add => format!("({})", describe(node)),
        _ => describe(node),
    }
}

fn test_word(test: TextTest) -> &'static str {
    match test {
        TextTest::Contains => "contains",
        TextTest::StartsWith => "startsWith",
        TextTest::EndsWith => "endsWith",
    }
}

fn quantifier_word(quantifier: Quantifier) -> &'static str {
    match quantifier {
        Quantifier::All => "all",
        Quantifier::Exists => "exists",
        Quantifier::ExistsOne => "exists_one",
        Quantifier::Filter => "filter",
    }
}
