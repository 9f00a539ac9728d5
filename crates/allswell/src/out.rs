//! Lines for people and pipes. A reader that has gone away is no error of ours: `allswell check ... | head -1` ends quietly.
//! A full disk is one: half a result must not look like the whole.

use std::io::{self, Write};

use crate::exit::Exit;

/// Writes text to stdout; what cannot be written is dropped.
pub(crate) fn say(text: &str) {
    let _ = write(text);
}

/// Writes what was asked for to stdout. Where that fails, a sentence says so.
///
/// # Errors
/// The text did not arrive, and not because its reader went away: with what to exit.
pub(crate) fn deliver(text: &str) -> Result<(), Exit> {
    settle(write(text))
}

/// What became of writing to stdout; where it failed, a sentence says so.
///
/// # Errors
/// As [`deliver`].
pub(crate) fn settle(written: io::Result<()>) -> Result<(), Exit> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            complain(&format!("error: what was asked for cannot be written to stdout ({error})\n"));
            Err(Exit::Unwritten)
        }
        _ => Ok(()),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush())
}

/// Writes text to stderr; what cannot be written is dropped.
pub(crate) fn complain(text: &str) {
    let mut stderr = io::stderr().lock();
    let _ = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
}
