//! What the program decides about its pages: where they are reached, by whom, and how they are called.

use std::fmt;
use std::net::SocketAddr;

use crate::access::AccessList;
use crate::secret::same;

/// How the pages are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that is listened on: its host is allowed, its port names the cookie.
    pub listen: SocketAddr,
    /// Further hosts under which browsers may call, without a port.
    pub allowed_hosts: Vec<String>,
    /// Stands in the tab beside the counts: the node's name.
    pub title: String,
    /// The token that was made at the start, where one was: whoever shows it is an operator.
    pub token: Option<Token>,
    /// Who else may call, and what they may do. It can be replaced while the pages are served.
    ///
    /// With neither token nor entries whoever reaches a loopback address is an operator, and nobody gets in elsewhere.
    pub access: AccessList,
}

/// The secret that opens the pages. Its text is never printed.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token of this text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Whether this is the token, in a time that tells nothing of where the texts differ.
    pub(crate) fn is(&self, offered: &str) -> bool {
        !self.0.is_empty() && same(self.0.as_bytes(), offered.as_bytes())
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}
