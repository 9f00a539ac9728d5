//! What a request shows of its caller: a name and a password, or tokens, in a header or in our cookie.

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::percent;

/// So many of our cookies are looked at: more than one come only from a neighbour that wants to confuse us.
const COOKIES: usize = 4;

/// What a request shows.
#[derive(Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// By HTTP Basic (RFC 7617).
    pub(super) password: Option<(String, String)>,
    /// By HTTP Bearer (RFC 6750), or in cookies. A site beside ours may have set another cookie of the same name: any may be right.
    pub(super) tokens: Vec<String>,
}

impl Shown {
    /// What stands in these headers.
    pub(super) fn by(headers: &HeaderMap, cookie: &str) -> Self {
        let mut shown = Self::default();
        let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        match authorization.and_then(|value| value.split_once(' ')) {
            Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => shown.tokens.push(token.trim().to_owned()),
            Some((scheme, pair)) if scheme.eq_ignore_ascii_case("basic") => shown.password = basic(pair.trim()),
            _ => {}
        }
        shown.tokens.extend(cookies(headers, cookie).filter_map(percent::decode).take(COOKIES));
        // An empty token is none.
        shown.tokens.retain(|token| !token.is_empty());
        shown
    }
}

fn basic(pair: &str) -> Option<(String, String)> {
    let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
    let (name, password) = pair.split_once(':')?;
    Some((name.to_owned(), password.to_owned()))
}

fn cookies<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(move |(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests;
