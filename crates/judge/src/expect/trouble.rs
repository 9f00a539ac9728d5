//! Why an expectation could not be answered. It is cheap to make: `a || b` may make and drop one for each item.

use std::collections::BTreeMap;

use allswell_model::Value;

use crate::expect::describe::describe;
use crate::expect::shown::{shown, shown_name};
use crate::expect::tree::Node;
use crate::expect::value::Val;

/// A run-time error. It fails the expectation.
#[derive(Debug, Clone)]
pub(crate) enum Trouble<'a> {
    /// The result has no value for the field.
    Absent(&'static str),
    NoMember {
        whole: &'a Node,
        name: String,
        there: &'a BTreeMap<String, Value>,
    },
    NoItem {
        whole: &'a Node,
        index: i64,
        len: usize,
    },
    /// A value that is not of the type that is wanted.
    Unfit {
        part: &'a Node,
        value: Val<'a>,
        wanted: &'static str,
    },
    NeverInOrder(Val<'a>, Val<'a>),
    DivisionByZero,
    Overflow,
    TooManySteps,
}

/// A map with more names than this is not searched for the one that was meant.
const NAMES_SEARCHED: usize = 1000;

impl Trouble<'_> {
    /// The sentence, without its closing dot.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::Absent(name) => format!("this result has no `{name}`"),
            Self::NoMember { whole, name, there } => {
                let nearly = there.keys().take(NAMES_SEARCHED).find(|key| key.eq_ignore_ascii_case(name));
                let meant = nearly.map(|key| format!("; it has `{}`", shown_name(key))).unwrap_or_default();
                format!("{} has no `{}`{meant}", describe(whole), shown_name(name))
            }
            Self::NoItem { whole, index, len: 0 } => format!("{} is empty, without an item [{index}]", describe(whole)),
            Self::NoItem { whole, index, len: 1 } => format!("{} has 1 item, none at [{index}]", describe(whole)),
            Self::NoItem { whole, index, len } => format!("{} has {len} items, none at [{index}]", describe(whole)),
            Self::Unfit { part, value, wanted } => format!("{} was {}, not {wanted}", describe(part), shown(value)),
            Self::NeverInOrder(left, right) => format!("it was {}, which is not in order with {}", shown(left), shown(right)),
            Self::DivisionByZero => "it divides by zero".to_owned(),
            Self::Overflow => "a figure is too large".to_owned(),
            Self::TooManySteps => format!("it takes more than {} steps over this answer", crate::expect::eval::STEP_LIMIT),
        }
    }
}
