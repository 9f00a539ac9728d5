//! Why an expectation was refused when it was read.

use std::fmt;

/// An operator's mistake in an expectation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// What is wrong, in a sentence without its closing dot.
    pub message: String,
    /// What was probably meant.
    pub hint: Option<String>,
    /// The character within the source where it is wrong, from 1.
    pub column: Option<usize>,
}

impl Refused {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, column: None }
    }

    pub(crate) fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    pub(crate) fn or_hint(self, hint: Option<String>) -> Self {
        Self { hint: self.hint.or(hint), ..self }
    }

    /// The character that begins at this byte of the source.
    pub(crate) fn at(self, source: &str, byte: usize) -> Self {
        Self { column: source.get(..byte).map(|before| before.chars().count() + 1), ..self }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.hint.iter().try_for_each(|hint| write!(f, " ({hint})"))
    }
}

impl std::error::Error for Refused {}
