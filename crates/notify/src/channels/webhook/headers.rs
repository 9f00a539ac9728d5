//! The headers of a webhook's request, as they are declared.

use allswell_model::settings::{Mistake, Settings};
use http::{HeaderMap, HeaderName, HeaderValue};

/// What frames the message is ours to say.
const OURS: &[&str] =
    &["content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "expect", "idempotency-key", "content-type"];

/// Reads `headers`.
///
/// # Errors
/// The first that HTTP cannot carry, or that is ours. The mistake names no value.
pub(super) fn read(settings: &Settings) -> Result<HeaderMap, Mistake> {
    let mut headers = HeaderMap::new();
    for (name, value) in settings.map("headers") {
        let wrong = |why: &str| Mistake::of("headers", format!("the header `{name}` {why}"));
        let parsed: HeaderName = name.parse().map_err(|_| wrong("has a name that HTTP cannot carry"))?;
        if parsed == "content-type" {
            return Err(wrong("has a setting of its own").hint("set `content_type`"));
        }
        if OURS.contains(&parsed.as_str()) {
            return Err(wrong("is set by allswell"));
        }
        let mut value = HeaderValue::try_from(value).map_err(|_| wrong("has a value that HTTP cannot carry"))?;
        value.set_sensitive(true);
        headers.append(parsed, value);
    }
    Ok(headers)
}

/// Reads `content_type`.
///
/// # Errors
/// HTTP cannot carry it, or it is another one than that of the document which is sent without a template.
pub(super) fn content_type(text: &str, settings: &Settings) -> Result<HeaderValue, Mistake> {
    let wrong = |why: &str| Mistake::of("content_type", format!("`content_type` {why}"));
    if settings.text("body").is_none() && text != super::JSON {
        return Err(wrong("needs a `body`: without one, the alert's JSON document is sent"));
    }
    if !text.contains('/') {
        return Err(wrong("takes a media type such as application/json or text/plain"));
    }
    HeaderValue::try_from(text).map_err(|_| wrong("is one that HTTP cannot carry"))
}
