//! A process that exists and does nothing: its kernel goes on answering for it.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::os::fd::OwnedFd;
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, WaitOptions, waitpid};

/// A process under SIGSTOP that holds one descriptor, as a server does that hangs. It is ended when this is dropped.
#[derive(Debug)]
pub struct Stopped {
    child: Child,
}

impl Stopped {
    /// Starts it, gives it the descriptor, and returns once it has stopped.
    ///
    /// # Panics
    /// When `setpriv(1)` cannot be started.
    #[must_use]
    pub fn holding(descriptor: OwnedFd) -> Self {
        // Nobody wakes a stopped process whose test was killed, so the kernel ends it with its parent.
        let mut shell = Command::new("setpriv");
        shell.args(["--pdeathsig", "KILL", "sh", "-c", "kill -STOP $$"]);
        let child = shell.stdin(Stdio::from(descriptor)).spawn().unwrap();
        let (_, status) = waitpid(Some(Pid::from_child(&child)), WaitOptions::UNTRACED).unwrap().unwrap();
        assert!(status.stopped(), "{status:?}");
        Self { child }
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        // SIGKILL ends a stopped process too; one that is gone already is what is wanted.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests;
