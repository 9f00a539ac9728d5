//! Names and numbers by which things are known.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Why a name was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdError {
    /// It is empty.
    Empty,
    /// It is longer than [`NAME_LIMIT`] bytes.
    TooLong(usize),
    /// It holds a control character, which would break lines of logs and terminals.
    Control(char),
    /// It is `.` or `..`, which browsers take out of an address.
    Dots,
}

/// Names are shown on one line of a page; 512 bytes hold the longest URL worth reading.
pub const NAME_LIMIT: usize = 512;

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a name must not be empty"),
            Self::TooLong(n) => write!(f, "a name has at most {NAME_LIMIT} bytes; this one has {n}"),
            Self::Control(c) => {
                write!(f, "a name holds no control characters; this one has {}", c.escape_unicode())
            }
            Self::Dots => f.write_str("a name must be more than one or two dots, which a browser takes for a folder"),
        }
    }
}

impl std::error::Error for IdError {}

fn checked(text: &str) -> Result<(), IdError> {
    if text.is_empty() {
        return Err(IdError::Empty);
    }
    if matches!(text, "." | "..") {
        return Err(IdError::Dots);
    }
    if text.len() > NAME_LIMIT {
        return Err(IdError::TooLong(text.len()));
    }
    match text.chars().find(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
    {
        Some(c) => Err(IdError::Control(c)),
        None => Ok(()),
    }
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// # Errors
            /// Refuses empty and overlong names and names with control characters.
            pub fn new(text: &str) -> Result<Self, IdError> {
                checked(text)?;
                Ok(Self(Arc::from(text)))
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&*self.0, f)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.to_string()
            }
        }
    };
}

text_id! {
    /// What a target is known by for ever: its explicit `id`, else `group/name`.
    TargetId
}
text_id! {
    /// The machine that runs this Allswell.
    NodeId
}
text_id! {
    /// A way to send alerts, as the operator called it.
    ChannelName
}
text_id! {
    /// Known by this to whoever receives an alert: the same for each attempt to send it.
    AlertKey
}

/// How people call a target: a name, unique within its group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TargetName {
    /// May be empty: the target stands in no group. May hold slashes (`prod/db`).
    pub group: Arc<str>,
    /// Never empty; the URL where the operator gave none.
    pub name: Arc<str>,
}

impl TargetName {
    /// # Errors
    /// Refuses what [`TargetId::new`] refuses, in either part; the group may be empty.
    pub fn new(group: &str, name: &str) -> Result<Self, IdError> {
        checked(name)?;
        if !group.is_empty() {
            checked(group)?;
        }
        Ok(Self { group: group.into(), name: name.into() })
    }

    /// `group/name`, or `name` without a group.
    ///
    /// # Errors
    /// When both together are too long.
    pub fn id(&self) -> Result<TargetId, IdError> {
        TargetId::new(&self.to_string())
    }
}

impl fmt::Display for TargetName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.group.is_empty() { f.pad(&self.name) } else { f.pad(&format!("{}/{}", self.group, self.name)) }
    }
}

/// Which start of this node's store: 1 for the first, one more for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BootEpoch(pub u64);

/// An incident of this node: the microsecond of its beginning, made unique.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IncidentId(pub i64);

impl fmt::Display for IncidentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A node's sequence number: every stored result and event takes the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub u64);

#[cfg(test)]
mod tests;
