//! What the process answers when it ends.

use std::process::ExitCode;

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done; of a check: all targets are up.
    Fine,
    /// Of a check: some targets are down. Of other commands: it failed.
    Down,
    /// Of a check: some targets are unknown, and none is down.
    Unknown,
    /// What was asked for makes no sense (EX_USAGE of sysexits.h).
    Misuse,
    /// What the program needs is not to be had: the store, the port (EX_UNAVAILABLE).
    Unavailable,
    /// A bug of the program's own ended it (EX_SOFTWARE).
    Bug,
    /// What was asked for could not be written (EX_IOERR).
    Unwritten,
    /// Ctrl-C ended it, as shells tell of SIGINT.
    Interrupted,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Fine => 0,
            Exit::Down => 1,
            Exit::Unknown => 2,
            Exit::Misuse => 64,
            Exit::Unavailable => 69,
            Exit::Bug => 70,
            Exit::Unwritten => 74,
            Exit::Interrupted => 130,
        })
    }
}
