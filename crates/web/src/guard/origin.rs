//! Whether a request comes from our own pages: other people's pages may neither change anything nor listen.

use axum::http::{HeaderMap, header};

/// Whether the request may have been made by our own page, or by no page at all.
///
/// A browser names the page's origin, or at least says how far away it is; programs say neither.
pub(crate) fn is_ours(headers: &HeaderMap, authority: &str, secure: bool) -> bool {
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.to_str().is_ok_and(|origin| names(origin, authority, secure)),
        None => headers.get("sec-fetch-site").is_none_or(|site| site == "same-origin" || site == "none"),
    }
}

/// Whether a page of another site wants this as a part of itself, which it could not even read. Only links may lead here.
pub(crate) fn is_embedded_elsewhere(headers: &HeaderMap) -> bool {
    let said = |name: &str, wanted: &[&str]| headers.get(name).is_some_and(|value| wanted.iter().any(|wanted| value == wanted));
    said("sec-fetch-site", &["cross-site", "same-site"]) && headers.contains_key("sec-fetch-mode") && !said("sec-fetch-mode", &["navigate"])
}

/// Whether the origin `scheme://host:port` is the authority that was called. A proxy that ends TLS before us
/// changes the scheme and nothing else; where we speak TLS ourselves it must be `https`.
fn names(origin: &str, authority: &str, secure: bool) -> bool {
    let called = origin.strip_prefix("http://").filter(|_| !secure).or_else(|| origin.strip_prefix("https://"));
    called.is_some_and(|called| called.eq_ignore_ascii_case(authority))
}

#[cfg(test)]
mod tests;
