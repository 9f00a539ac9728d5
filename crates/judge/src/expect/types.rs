//! The types that expectations are checked with, and which of them go together.

use std::fmt;

use allswell_model::{Kind, Value};

/// The type of a part of an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Integer,
    Number,
    Text,
    Null,
    List(Box<Type>),
    Map(Box<Type>),
    /// Known only when the value is there.
    Any,
}

impl Type {
    /// Whether a value of the one type can ever equal one of the other.
    pub(crate) fn comparable(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::List(a), Self::List(b)) | (Self::Map(a), Self::Map(b)) => a.comparable(b),
            (a, b) => a == b || (a.is_numeric() && b.is_numeric()),
        }
    }

    /// Whether the one can be less than the other.
    pub(crate) fn ordered(&self, other: &Self) -> bool {
        self.sortable() && other.sortable() && self.comparable(other)
    }

    fn sortable(&self) -> bool {
        self.maybe(Self::is_numeric) || *self == Self::Text
    }

    /// The type that both are of.
    pub(crate) fn join(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (a, b) if a == b => Some(a.clone()),
            (Self::Any | Self::Null, _) | (_, Self::Any | Self::Null) => Some(Self::Any),
            (Self::List(a), Self::List(b)) => a.join(b).map(|item| Self::List(Box::new(item))),
            (Self::Map(a), Self::Map(b)) => a.join(b).map(|item| Self::Map(Box::new(item))),
            (a, b) if a.is_numeric() && b.is_numeric() => Some(Self::Number),
            _ => None,
        }
    }

    pub(crate) fn is_numeric(&self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    /// Whether the condition holds, or may hold when the value is there.
    pub(crate) fn maybe(&self, condition: impl FnOnce(&Self) -> bool) -> bool {
        *self == Self::Any || condition(self)
    }

    /// Whether a value of this type may be exactly of that one.
    pub(crate) fn may_be(&self, wanted: &Self) -> bool {
        self.maybe(|own| own == wanted)
    }

    /// What a value is an instance of.
    pub(crate) fn of(value: &Value) -> Self {
        let joined = |mut types: Box<dyn Iterator<Item = Self> + '_>| {
            let first = types.next().unwrap_or(Self::Any);
            Box::new(types.fold(first, |all, next| all.join(&next).unwrap_or(Self::Any)))
        };
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Integer(_) => Self::Integer,
            Value::Number(_) => Self::Number,
            Value::Text(_) => Self::Text,
            Value::List(items) => Self::List(joined(Box::new(items.iter().map(Self::of)))),
            Value::Map(map) => Self::Map(joined(Box::new(map.values().map(Self::of)))),
        }
    }
}

impl From<Kind> for Type {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Bool => Self::Bool,
            Kind::Integer => Self::Integer,
            Kind::Number => Self::Number,
            Kind::Text => Self::Text,
            Kind::TextList => Self::List(Box::new(Self::Text)),
            Kind::TextMap => Self::Map(Box::new(Self::Text)),
            Kind::NumberMap => Self::Map(Box::new(Self::Number)),
            Kind::Dynamic => Self::Any,
        }
    }
}

impl fmt::Display for Type {
    /// As it stands after "is".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("true or false"),
            Self::Integer => f.write_str("an integer"),
            Self::Number => f.write_str("a number"),
            Self::Text => f.write_str("text"),
            Self::Null => f.write_str("null"),
            Self::List(item) => write!(f, "a list{}", Many(item)),
            Self::Map(item) => write!(f, "a map{}", Many(item)),
            Self::Any => f.write_str("of any type"),
        }
    }
}

/// What a list or a map holds.
struct Many<'a>(&'a Type);

impl fmt::Display for Many<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Type::Bool => " of true or false",
            Type::Integer => " of integers",
            Type::Number => " of numbers",
            Type::Text => " of text",
            Type::List(_) => " of lists",
            Type::Map(_) => " of maps",
            Type::Null | Type::Any => "",
        })
    }
}
