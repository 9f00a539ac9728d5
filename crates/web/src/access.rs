//! Who may call: names with their roles and secrets, as the configuration declares them.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use crate::secret::{NotASecret, Phc, TokenHash};

/// What somebody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// May look.
    Viewer,
    /// May also reload, check, and put and remove targets.
    Operator,
}

impl Role {
    /// As it stands in the configuration.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
        }
    }
}

/// One who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access {
    /// The name: what is typed with a password, and what the log calls them.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// What they must show.
    pub secret: Secret,
}

/// What somebody must show, as it was made of the secret: the secret itself does not follow from it. It is never printed.
#[derive(Clone, PartialEq, Eq)]
pub enum Secret {
    /// A password, shown with the name (HTTP Basic).
    Password(Phc),
    /// A token, shown alone (HTTP Bearer).
    Token(TokenHash),
}

impl Secret {
    /// A password's hash as `allswell hash` prints it: an argon2id PHC string.
    ///
    /// # Errors
    /// When it is none, or one that costs too much to verify.
    pub fn password(phc: &str) -> Result<Self, NotASecret> {
        Phc::parse(phc).map(Self::Password)
    }

    /// A token's hash as `allswell hash` prints it: `sha256:` and 64 hexadecimal digits.
    ///
    /// # Errors
    /// When it is none.
    pub fn token(hash: &str) -> Result<Self, NotASecret> {
        TokenHash::parse(hash).map(Self::Token)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Password(_) => "Password(hidden)",
            Self::Token(_) => "Token(hidden)",
        })
    }
}

/// Those who may call. Clones are one list: whoever holds one can replace it for all, as a reload does.
#[derive(Debug, Clone, Default)]
pub struct AccessList(Arc<RwLock<Arc<Vec<Access>>>>);

impl AccessList {
    /// The list of these. Of two with one name and one kind of secret the first counts.
    #[must_use]
    pub fn new(access: Vec<Access>) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(access))))
    }

    /// From now on these may call, and nobody else, whatever was remembered of earlier ones.
    pub fn replace(&self, access: Vec<Access>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(access);
    }

    /// Those who may call now.
    pub(crate) fn now(&self) -> Arc<Vec<Access>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests;
