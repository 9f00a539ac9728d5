//! The address that the program prints holds a token. It is traded for a cookie once, so that it stands in no history.

use axum::http::{HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::percent;

/// The name of the cookie. A browser sends all ports of a host the same cookies, so the port is part of it; and beside TLS
/// nobody but this very host may have set it (`__Host-`, RFC 6265bis).
pub(super) fn cookie(port: u16, secure: bool) -> String {
    if secure { format!("__Host-allswell_{port}") } else { format!("allswell_{port}") }
}

/// The token that an address holds, and the address without it.
pub(super) fn token_of(uri: &Uri) -> Option<(String, String)> {
    let (offered, rest): (Vec<_>, Vec<_>) = pairs(uri)?.into_iter().partition(|(name, _)| name == "token");
    let (_, offered) = offered.into_iter().next().filter(|(_, offered)| !offered.is_empty())?;
    let rest = rest.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    // A path that begins with two slashes, of either kind, would lead to another host.
    let path = format!("/{}", uri.path().trim_start_matches(['/', '\\']));
    Some((offered, format!("{path}{}", percent::query(rest))))
}

/// What somebody gets whose address held the right token.
pub(super) struct Admission {
    /// The name of the cookie.
    pub(super) cookie: String,
    /// The token.
    pub(super) token: String,
    /// Where to go on.
    pub(super) location: String,
    /// Whether the line speaks TLS: then the cookie goes nowhere else.
    pub(super) secure: bool,
    /// Whether another site led here.
    pub(super) stranger: bool,
}

impl IntoResponse for Admission {
    /// A strict cookie is not sent along a redirect that another site began; there the browser is told to begin anew.
    fn into_response(self) -> Response {
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{}={}; Path=/; HttpOnly; SameSite=Strict{secure}", self.cookie, percent::encode(&self.token));
        let (status, name, value): (_, HeaderName, _) = if self.stranger {
            (StatusCode::OK, header::REFRESH, format!("0;url={}", self.location))
        } else {
            (StatusCode::SEE_OTHER, header::LOCATION, self.location)
        };
        let mut response = status.into_response();
        for (name, text) in [(name, value), (header::SET_COOKIE, cookie)] {
            if let Ok(value) = HeaderValue::try_from(text) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

fn pairs(uri: &Uri) -> Option<Vec<(String, String)>> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri).ok().map(|query| query.0)
}

#[cfg(test)]
mod tests;
