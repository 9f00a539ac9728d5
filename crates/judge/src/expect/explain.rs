//! What an expectation that failed was: "it was 4312".

use crate::expect::describe::describe;
use crate::expect::eval::Run;
use crate::expect::shown::shown;
use crate::expect::tree::{Form, Node, Quantifier};

/// A sentence names at most so many values.
const VALUES_SHOWN: usize = 3;

/// Says what stood against a part that turned out false.
pub(crate) fn explain<'a>(run: &mut Run<'a>, node: &'a Node) -> String {
    if let Form::Each(quantifier, pair) = &node.form
        && let Some(sentence) = explain_items(run, *quantifier, pair)
    {
        return sentence;
    }
    let mut parts = Vec::new();
    compared(run, node, &mut parts);
    let values: Vec<_> = parts.into_iter().filter_map(|part| Some((part, run.eval(part).ok()?))).take(VALUES_SHOWN).collect();
    match values.as_slice() {
        [] => "it was false".to_owned(),
        [(_, value)] => format!("it was {}", shown(value)),
        many => many.iter().map(|(part, value)| format!("{} was {}", describe(part), shown(value))).collect::<Vec<_>>().join(", "),
    }
}

fn explain_items<'a>(run: &mut Run<'a>, quantifier: Quantifier, [range, body]: &'a [Node; 2]) -> Option<String> {
    let count = run.items(range).ok()?.count();
    match quantifier {
        _ if count == 0 => Some(format!("{} was empty", describe(range))),
        Quantifier::All => {
            let (number, item) = run.first_failing(range, body).ok()??;
            Some(format!("item {number} of {count} was {}", shown(&item)))
        }
        Quantifier::Exists if count == 1 => Some("its one item does not".to_owned()),
        Quantifier::Exists => Some(format!("none of {count} items does")),
        Quantifier::ExistsOne => Some(format!("{} of {count} items do, not one", run.holding(range, body).ok()?.len())),
        Quantifier::Filter => None,
    }
}

/// The parts that were compared with something: what is constant is in the source already.
fn compared<'a>(run: &mut Run<'a>, node: &'a Node, parts: &mut Vec<&'a Node>) {
    match &node.form {
        Form::Constant(_) => {}
        Form::And(terms) | Form::Or(terms) => terms.iter().for_each(|term| compared(run, term, parts)),
        Form::Not(a) | Form::Matches(a, _) => compared(run, a, parts),
        Form::Compare(_, pair) => pair.iter().for_each(|side| add(side, parts)),
        Form::Within(pair) | Form::Text(_, pair) => {
            // The text that was searched says more than what was looked for; `status in [..]` has only the one side.
            let [a, b] = &**pair;
            if a.as_constant().is_some() { add(b, parts) } else { add(a, parts) }
        }
        Form::Choose(three) => {
            let [condition, a, b] = &**three;
            compared(run, condition, parts);
            let taken = if matches!(run.bool(condition), Ok(true)) { a } else { b };
            compared(run, taken, parts);
        }
        Form::Has(whole, _) => add(whole, parts),
        _ => add(node, parts),
    }
}

fn add<'a>(node: &'a Node, parts: &mut Vec<&'a Node>) {
    if node.as_constant().is_none() && !parts.contains(&node) {
        parts.push(node);
    }
}
