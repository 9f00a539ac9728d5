//! Whether a request comes from our own pages: other people's pages may neither change anything nor listen.

use axum::http::{HeaderMap, header};

/// Whether the request may have been made by our own page, or by no page at all.
///
/// A browser names the page's origin, or at least says how far away it is; programs say neither.
pub(crate) fn is_ours(headers: &HeaderMap, authority: &str) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| names(origin, authority)),
        None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none"),
    }
}

/// Whether the origin `scheme://host:port` is the authority that was called. A proxy that ends TLS before us
/// changes the scheme and nothing else.
fn names(origin: &str, authority: &str) -> bool {
    let called = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    called.is_some_and(|called| called.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests;
