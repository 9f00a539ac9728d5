//! What the program decides about its pages: where they are reached, by whom, and how they are called.

use std::fmt;
use std::hint::black_box;
use std::net::SocketAddr;

use crate::percent;

/// How the pages are served.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The address that is listened on: its host is allowed, its port names the cookie.
    pub listen: SocketAddr,
    /// Further hosts under which browsers may call, without a port.
    pub allowed_hosts: Vec<String>,
    /// Stands in the tab beside the counts: the node's name.
    pub title: String,
    /// Whoever calls must know it, where there is one.
    pub token: Option<Token>,
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

    /// The same, fit for a cookie.
    pub(crate) fn encoded(&self) -> Self {
        Self(percent::encode(&self.0))
    }

    /// Whether this is the token, in a time that tells nothing of where the texts differ.
    pub(crate) fn is(&self, offered: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), offered.as_bytes());
        let differing = ours.iter().zip(theirs).fold(0, |seen, (a, b)| black_box(seen | (a ^ b)));
        !ours.is_empty() && ours.len() == theirs.len() && differing == 0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(hidden)")
    }
}
