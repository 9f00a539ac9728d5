//! What every page says first when the history is not kept.

use allswell_store::Board;

use crate::text;

/// The banner's words, while the store cannot be written, and after a start that found a part of it missing.
pub(crate) fn of(board: &Board) -> Option<String> {
    let unwritable = board.unwritable.as_deref().map(|why| sentence(why, board.not_kept.results));
    unwritable.or_else(|| board.lost.as_deref().map(|lost| format!("A part of the history is lost: {lost}.")))
}

fn sentence(why: &str, missing: u64) -> String {
    let why = why.strip_prefix("not kept: ").unwrap_or(why).trim_end_matches('.');
    let missing = match usize::try_from(missing).unwrap_or(usize::MAX) {
        0 => String::new(),
        1 => "; 1 result is missing from it".to_owned(),
        n => format!("; {} results are missing from it", text::count(n)),
    };
    format!("History is not kept: {why}. Probing and judging go on{missing}.")
}

#[cfg(test)]
mod tests;
