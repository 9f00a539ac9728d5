//! Pages of a list: how many, and from where on. Cursors are opaque texts of ours.

use allswell_model::TargetId;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::problem::Problem;

/// How many entries a page may hold, and holds when nothing is said.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    /// When nothing is said.
    pub(crate) usual: usize,
    /// At most.
    pub(crate) most: usize,
}

/// Of every list of the API.
pub(crate) const SIZES: Sizes = Sizes { usual: 100, most: 1000 };

/// The first letter of a target's cursor: the version of its layout.
const VERSION: &str = "t";

/// Reads `limit`.
///
/// # Errors
/// When it is no number from 1 to the most.
pub(crate) fn limit(said: Option<&str>) -> Result<usize, Problem> {
    let Some(said) = said.filter(|said| !said.is_empty()) else { return Ok(SIZES.usual) };
    let within = said.parse().ok().filter(|limit| (1..=SIZES.most).contains(limit));
    within.ok_or_else(|| Problem::bad_request(format!("`limit` is a number from 1 to {}.", SIZES.most)))
}

/// The place after this target, as a cursor.
pub(crate) fn after_target(id: &TargetId) -> String {
    format!("{VERSION}{}", URL_SAFE_NO_PAD.encode(id.as_str()))
}

/// The id that a target's cursor stands behind.
///
/// # Errors
/// When it is none of ours.
pub(crate) fn target_of(cursor: &str) -> Result<TargetId, Problem> {
    let bytes = cursor.strip_prefix(VERSION).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
    let id = bytes.and_then(|bytes| TargetId::new(std::str::from_utf8(&bytes).ok()?).ok());
    id.ok_or_else(|| bad_cursor("after"))
}

/// What is said of a cursor that is none.
pub(crate) fn bad_cursor(name: &str) -> Problem {
    Problem::bad_request(format!("`{name}` is not a cursor; use one that an earlier answer gave, or begin without one."))
}

#[cfg(test)]
mod tests;
