//! Who a caller is, and what of it is said to one who is nobody.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::passwords::{Passwords, Typed, Unverified, Verified};
use super::shown::Shown;
use crate::access::{Access, AccessList, Role, Secret};
use crate::problem::Problem;
use crate::secret::TokenHash;
use crate::serve::Whence;
use crate::settings::{Settings, Token};

/// Somebody who may call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Caller {
    /// What the log calls them.
    pub(crate) name: Arc<str>,
    /// What they may do.
    pub(crate) role: Role,
}

/// Knows who may call.
pub(super) struct Lock {
    listen: SocketAddr,
    token: Option<Token>,
    access: AccessList,
    passwords: Passwords,
}

/// Why somebody is not let in.
pub(super) enum Locked {
    /// Nothing was shown, or something wrong. These may be shown.
    Unknown { passwords: bool, tokens: bool },
    /// Too many wrong passwords came from there.
    TooMany(Duration),
    /// Too many passwords wait to be verified.
    Busy,
}

impl Lock {
    pub(super) fn new(settings: &Settings) -> Self {
        let (token, access) = (settings.token.clone(), settings.access.clone());
        Self { listen: settings.listen, token, access, passwords: Passwords::new() }
    }

    /// The port by which the cookie is named.
    pub(super) fn port(&self) -> u16 {
        self.listen.port()
    }

    /// How often passwords were right and wrong.
    pub(super) fn verified(&self) -> &Verified {
        self.passwords.verified()
    }

    /// Who this is.
    pub(super) async fn who(&self, shown: Shown, whence: Whence) -> Result<Caller, Locked> {
        let may_call = self.access.now();
        if self.is_open(&may_call) {
            return Ok(Caller { name: "anybody on this host".into(), role: Role::Operator });
        }
        if let Some(caller) = shown.tokens.iter().filter_map(|token| self.bearer(&may_call, token)).max_by_key(|caller| caller.role) {
            return Ok(caller);
        }
        if let Some((name, password)) = &shown.password {
            match self.passwords.who(&may_call, Typed { name, password, whence }).await {
                Ok(Some(access)) => return Ok(caller(&access)),
                Ok(None) => tracing::info!(?whence, "a wrong password"),
                Err(Unverified::TooMany(wait)) => return Err(Locked::TooMany(wait)),
                Err(Unverified::Busy) => return Err(Locked::Busy),
            }
        }
        let passwords = may_call.iter().any(|access| matches!(access.secret, Secret::Password(_)));
        let tokens = self.token.is_some() || may_call.iter().any(|access| matches!(access.secret, Secret::Token(_)));
        Err(Locked::Unknown { passwords, tokens })
    }

    /// Whose token this is. All are compared, whichever fits: the time tells nothing. They need no limit: nobody guesses them.
    pub(super) fn token(&self, offered: &str) -> Option<Caller> {
        self.bearer(&self.access.now(), offered)
    }

    fn bearer(&self, may_call: &[Access], offered: &str) -> Option<Caller> {
        let hash = TokenHash::of(offered);
        let ours = self.token.as_ref().filter(|token| token.is(offered)).map(|_| Caller { name: "the token".into(), role: Role::Operator });
        let declared = may_call.iter().filter(|access| matches!(&access.secret, Secret::Token(known) if known.is(&hash)));
        declared.map(caller).chain(ours).max_by_key(|caller| caller.role)
    }

    /// On loopback nobody needs to show anything, unless somebody was declared; elsewhere nobody gets in unless somebody was.
    fn is_open(&self, may_call: &[Access]) -> bool {
        self.token.is_none() && may_call.is_empty() && self.listen.ip().is_loopback()
    }
}

fn caller(access: &Access) -> Caller {
    Caller { name: access.name.as_str().into(), role: access.role }
}

impl Locked {
    /// As it is said.
    pub(super) fn problem(&self) -> Problem {
        match self {
            Self::Unknown { passwords, tokens } => Problem::new(StatusCode::UNAUTHORIZED, needed(*passwords, *tokens)),
            Self::TooMany(wait) => {
                let detail = "Too many wrong passwords came from your address; wait a little before the next.";
                Problem::new(StatusCode::TOO_MANY_REQUESTS, detail).retry_after(wait.as_secs() + 1)
            }
            Self::Busy => Problem::busy("Too many passwords wait to be verified; try again."),
        }
    }

    /// A response with what may be shown (RFC 9110, section 11.6.1).
    pub(super) fn challenge(&self, mut response: Response) -> Response {
        if let Self::Unknown { passwords, tokens } = self {
            let headers = response.headers_mut();
            if *passwords {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Allswell\", charset=\"UTF-8\""));
            }
            if *tokens || !*passwords {
                headers.append(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Allswell\""));
            }
        }
        response
    }
}

fn needed(passwords: bool, tokens: bool) -> &'static str {
    match (passwords, tokens) {
        (true, true) => "A name and password, or a token, are needed: sign in, or send `Authorization: Bearer TOKEN`.",
        (true, false) => "A name and password are needed.",
        (false, true) => {
            "A token is needed: open the address that the program printed at its start, or send `Authorization: Bearer TOKEN`."
        }
        (false, false) => "Nobody may call here: neither a token nor `access` is configured.",
    }
}

impl IntoResponse for Locked {
    fn into_response(self) -> Response {
        self.challenge(self.problem().into_response())
    }
}
