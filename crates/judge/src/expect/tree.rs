//! A checked expectation: every name resolved, every part typed. The evaluator runs on it.

use std::fmt;

use allswell_model::{Field, Value};
use regex::Regex;

use crate::expect::types::Type;

/// A part of an expectation.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) form: Form,
    pub(crate) of: Type,
}

/// Two parts are equal when they say the same.
impl PartialEq for Node {
    fn eq(&self, other: &Self) -> bool {
        self.form == other.form
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Form {
    Constant(Value),
    Field {
        /// Its place in the list of the fields that the expectation names.
        slot: usize,
        field: Field,
    },
    /// The variable of an enclosing [`Form::Each`] or [`Form::Map`].
    Local {
        /// How many enclose that one.
        level: usize,
        name: String,
    },
    /// `json.queue`
    Member(Box<Node>, String),
    /// `has(json.queue)`
    Has(Box<Node>, String),
    /// `headers["server"]`
    Index(Box<[Node; 2]>),
    List(Vec<Node>),
    Not(Box<Node>),
    Negate(Box<Node>),
    And(Vec<Node>),
    Or(Vec<Node>),
    /// `c ? a : b`
    Choose(Box<[Node; 3]>),
    Compare(Comparison, Box<[Node; 2]>),
    Arithmetic(Arithmetic, Box<[Node; 2]>),
    /// `a in b`
    Within(Box<[Node; 2]>),
    Size(Box<Node>),
    /// A text, and the part that is looked for in it.
    Text(TextTest, Box<[Node; 2]>),
    Matches(Box<Node>, Pattern),
    Convert(Conversion, Box<Node>),
    /// What is gone through, and what is asked of each item.
    Each(Quantifier, Box<[Node; 2]>),
    /// What is gone through, which items are taken, and what becomes of each.
    Map(Box<[Node; 3]>),
}

impl Node {
    pub(crate) fn constant(value: Value) -> Self {
        Self { of: Type::of(&value), form: Form::Constant(value) }
    }

    pub(crate) fn as_constant(&self) -> Option<&Value> {
        match &self.form {
            Form::Constant(value) => Some(value),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    /// The same with its sides exchanged.
    pub(crate) fn flipped(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether it compares for equality only.
    pub(crate) fn is_equality(self) -> bool {
        matches!(self, Self::Equal | Self::NotEqual)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Arithmetic {
    pub(crate) fn sign(self) -> char {
        match self {
            Self::Add => '+',
            Self::Subtract => '-',
            Self::Multiply => '*',
            Self::Divide => '/',
            Self::Remainder => '%',
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conversion {
    Integer,
    Number,
    Text,
}

impl Conversion {
    /// The function's name.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Integer => "int",
            Self::Number => "double",
            Self::Text => "string",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    All,
    Exists,
    ExistsOne,
    /// Keeps the items for which it holds.
    Filter,
}

/// A compiled regular expression.
#[derive(Clone)]
pub(crate) struct Pattern(pub(crate) Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_str(), f)
    }
}
