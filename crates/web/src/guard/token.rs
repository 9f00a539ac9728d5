//! How a caller shows the token: in a header, in a cookie, or once in the address, which then gives the cookie.

use axum::http::{HeaderMap, Uri, header};

use crate::percent;
use crate::settings::Token;

/// Guards the pages by a token.
#[derive(Debug, Clone)]
pub(crate) struct Lock {
    token: Token,
    /// The token as it stands in the cookie, where few characters are allowed.
    encoded: Token,
    cookie: String,
}

impl Lock {
    /// The cookie is named by the port: a browser sends all ports of a host the same cookies.
    pub(crate) fn new(token: Token, port: u16) -> Self {
        let encoded = token.encoded();
        Self { token, encoded, cookie: format!("allswell_{port}") }
    }

    /// Whether the request carries the token in a header or a cookie.
    pub(crate) fn opens(&self, headers: &HeaderMap) -> bool {
        bearer(headers).is_some_and(|offered| self.token.is(offered))
            || self.cookie(headers).is_some_and(|offered| self.encoded.is(offered))
    }

    fn cookie<'h>(&self, headers: &'h HeaderMap) -> Option<&'h str> {
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        pairs.find(|(name, _)| *name == self.cookie).map(|(_, value)| value)
    }

    /// Where to go on, and with which cookie, when the address itself carries the right token.
    pub(crate) fn admission(&self, uri: &Uri) -> Option<Admission> {
        let (offered, rest): (Vec<_>, Vec<_>) = pairs(uri)?.into_iter().partition(|(name, _)| name == "token");
        let (_, offered) = offered.into_iter().next().filter(|(_, offered)| self.token.is(offered))?;
        let rest = rest.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        // A path of two slashes would lead to another host.
        let path = format!("/{}", uri.path().trim_start_matches('/'));
        Some(Admission {
            location: format!("{path}{}", percent::query(rest)),
            cookie: format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, percent::encode(&offered)),
        })
    }
}

/// What a caller with the right address gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Admission {
    /// The same address without the token.
    pub(crate) location: String,
    /// The cookie that stands for it from now on.
    pub(crate) cookie: String,
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ").map(str::trim)
}

fn pairs(uri: &Uri) -> Option<Vec<(String, String)>> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).ok().map(|query| query.0)
}

#[cfg(test)]
mod tests;
