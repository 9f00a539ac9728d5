//! Lines for people and pipes. A reader that has gone away is no error of ours: `allswell check ... | head -1` ends quietly.

use std::io::{self, Write};

/// Writes text to stdout; what cannot be written is dropped.
pub(crate) fn say(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Writes text to stderr; what cannot be written is dropped.
pub(crate) fn complain(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
