//! The style sheet and the script: files of their own, named by their content, so that a browser may keep them for ever.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

const CSS: &str = include_str!("../assets/allswell.css");
const JS: &str = concat!(include_str!("../assets/allswell.js"), include_str!("../assets/chart.js"));

/// FNV-1a: tells one version of a file from the next; it protects nothing.
const fn fingerprint(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut at = 0;
    while at < bytes.len() {
        #[expect(clippy::indexing_slicing, reason = "at < len, and a const fn has no iterator")]
        let byte = bytes[at] as u64;
        hash = (hash ^ byte).wrapping_mul(0x0100_0000_01b3);
        at += 1;
    }
    hash
}

/// The style sheet's path.
pub(crate) fn css_path() -> String {
    format!("/assets/{:016x}.css", const { fingerprint(CSS) })
}

/// The script's path.
pub(crate) fn js_path() -> String {
    format!("/assets/{:016x}.js", const { fingerprint(JS) })
}

/// `GET /assets/{name}`
pub(crate) async fn file(uri: Uri) -> Response {
    let known = [(css_path(), "text/css; charset=utf-8", CSS), (js_path(), "text/javascript; charset=utf-8", JS)];
    match known.into_iter().find(|(path, ..)| path == uri.path()) {
        Some((_, kind, text)) => {
            let kind = HeaderValue::from_static(kind);
            let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
            ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], text).into_response()
        }
        None => Problem::not_found("There is no such file; a page that names it is of another version.").into_response(),
    }
}
