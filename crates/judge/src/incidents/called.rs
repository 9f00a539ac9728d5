//! How a sentence calls a target.

use std::fmt;

use allswell_model::{TargetId, TargetName};

/// A target as people call it: its name and where it stands, or its id where the name is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Called {
    Name(TargetName),
    Id(TargetId),
}

impl fmt::Display for Called {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) if name.group.is_empty() => f.write_str(&name.name),
            Self::Name(name) => write!(f, "{} in {}", name.name, name.group),
            Self::Id(id) => f.write_str(id.as_str()),
        }
    }
}
