//! Named figures of a result: how a protocol declares them, and their values.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The type of a field, as expectations are checked against it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// true or false
    Bool,
    /// a whole number
    Integer,
    /// a number with a fraction
    Number,
    /// text
    Text,
    /// a list of texts
    TextList,
    /// texts by name
    TextMap,
    /// numbers by name
    NumberMap,
    /// of any shape, known only when it is there (parsed JSON)
    Dynamic,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Bool => "bool",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Text => "text",
            Self::TextList => "list of text",
            Self::TextMap => "text by name",
            Self::NumberMap => "number by name",
            Self::Dynamic => "any",
        })
    }
}

/// The unit of a numeric field; it is also the last word of the field's name where it has one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// a count, a code, or not a number at all
    None,
    /// milliseconds
    Milliseconds,
    /// days
    Days,
    /// bytes
    Bytes,
    /// a share between 0 and 1
    Ratio,
}

/// How long a field's value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Keep {
    /// A measurement: printed, stored, exported.
    Measurement,
    /// For expectations only: a body never enters the pipe.
    Transient,
}

/// One field that a protocol declares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Field {
    /// The name in expectations and JSON, snake case, its unit last.
    pub name: &'static str,
    /// Its type.
    pub kind: Kind,
    /// Its unit.
    pub unit: Unit,
    /// Whether it is kept.
    pub keep: Keep,
    /// One line of reference.
    pub doc: &'static str,
}

impl Field {
    /// A field that is kept.
    #[must_use]
    pub const fn measurement(name: &'static str, kind: Kind, unit: Unit, doc: &'static str) -> Self {
        Self { name, kind, unit, keep: Keep::Measurement, doc }
    }

    /// A field that only expectations see.
    #[must_use]
    pub const fn transient(name: &'static str, kind: Kind, doc: &'static str) -> Self {
        Self { name, kind, unit: Unit::None, keep: Keep::Transient, doc }
    }
}

/// Fields that results have whatever their protocol. They are columns of the result, but for `resolved_from`, which stands among the
/// measurements of a target that has a name.
pub const COMMON_FIELDS: &[Field] = &[
    Field::measurement("rtt_ms", Kind::Number, Unit::Milliseconds, "the protocol's round trip: connect, echo, request to first byte"),
    Field::measurement("duration_ms", Kind::Number, Unit::Milliseconds, "the whole probe, from its start to its last byte"),
    Field::measurement("address", Kind::Text, Unit::None, "the address that was tried, with its port where it has one"),
    Field::measurement(
        "resolved_from",
        Kind::Text,
        Unit::None,
        "where the addresses of the target's name came from: hosts, cache, or the resolver that was asked",
    ),
    Field::measurement("stages_ms", Kind::NumberMap, Unit::Milliseconds, "how long each stage took, by its name"),
];

/// The value of a field.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// JSON's null: only inside [`Kind::Dynamic`].
    Null,
    /// true or false
    Bool(bool),
    /// a whole number
    Integer(i64),
    /// a number with a fraction
    Number(f64),
    /// text
    Text(String),
    /// values in order
    List(Vec<Value>),
    /// values by name, in the names' order
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// A list of texts.
    pub fn texts<I: IntoIterator<Item = S>, S: Into<String>>(texts: I) -> Self {
        Self::List(texts.into_iter().map(|t| Self::Text(t.into())).collect())
    }

    /// Whether the value is of this kind; `Dynamic` takes any.
    #[must_use]
    pub fn fits(&self, kind: Kind) -> bool {
        match (kind, self) {
            (Kind::Dynamic, _)
            | (Kind::Bool, Self::Bool(_))
            | (Kind::Integer, Self::Integer(_))
            | (Kind::Number, Self::Number(_))
            | (Kind::Text, Self::Text(_)) => true,
            (Kind::TextList, Self::List(items)) => items.iter().all(|v| matches!(v, Self::Text(_))),
            (Kind::TextMap, Self::Map(map)) => map.values().all(|v| matches!(v, Self::Text(_))),
            (Kind::NumberMap, Self::Map(map)) => map.values().all(|v| matches!(v, Self::Number(_))),
            _ => false,
        }
    }
}

impl From<bool> for Value {
    fn from(v: bool) -> Self {
        Self::Bool(v)
    }
}

impl From<i64> for Value {
    fn from(v: i64) -> Self {
        Self::Integer(v)
    }
}

impl From<f64> for Value {
    fn from(v: f64) -> Self {
        Self::Number(v)
    }
}

impl From<String> for Value {
    fn from(v: String) -> Self {
        Self::Text(v)
    }
}

impl From<&str> for Value {
    fn from(v: &str) -> Self {
        Self::Text(v.to_owned())
    }
}
