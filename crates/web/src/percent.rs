//! Percent-encoding for path segments and query values: everything but the unreserved characters of RFC 3986.

use std::fmt::Write as _;

/// Fit for one path segment and for a query value alike; a slash becomes `%2F`.
pub(crate) fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

/// What was encoded so; nothing when it is not UTF-8. A sign that begins no pair of digits stands for itself.
pub(crate) fn decode(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let pair = after.split_at_checked(2).filter(|(pair, _)| *first == b'%' && pair.iter().all(u8::is_ascii_hexdigit));
        let byte = pair.and_then(|(pair, after)| Some((u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?, after)));
        let (byte, after) = byte.unwrap_or((*first, after));
        out.push(byte);
        rest = after;
    }
    String::from_utf8(out).ok()
}

/// `?a=b&c=d`, or nothing without pairs.
pub(crate) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut out = String::new();
    for (name, value) in pairs {
        out.push(if out.is_empty() { '?' } else { '&' });
        out.push_str(&encode(name));
        out.push('=');
        out.push_str(&encode(value));
    }
    out
}

/// The path of a target's page.
pub(crate) fn target_path(id: &str) -> String {
    format!("/targets/{}", encode(id))
}

/// The path of a link's page.
pub(crate) fn link_path(peer: &str) -> String {
    format!("/links/{}", encode(peer))
}

#[cfg(test)]
mod tests;
