//! The command line that repeats a target's probe.

use std::time::Duration;

use allswell_model::Target;

/// `allswell check --timeout 5s 'https://api.example.com/health?a=b'`
pub(super) fn repeat(target: &Target) -> String {
    format!("allswell check --timeout {} {}", span(target.policy.timeout), quoted(&target.url))
}

/// `5s`, or `250ms` where seconds would not be whole.
fn span(span: Duration) -> String {
    let millis = span.as_millis();
    if millis.is_multiple_of(1000) { format!("{}s", millis / 1000) } else { format!("{millis}ms") }
}

/// As a POSIX shell takes it for one word, whatever it holds.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(plain) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests;
