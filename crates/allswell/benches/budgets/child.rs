//! Processes of the bench: its own executable in another role, or a rival. Each is ended by its id, at the latest when it is dropped.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::figures::{Figures, Trouble};
use crate::usage;

/// The first argument of a process in a role.
pub(crate) const ROLE: &str = "role";

/// A process that runs until this is dropped. One of our own ends also when the bench does: its standard input ends then.
pub(crate) struct Running {
    child: Child,
    _input: Option<ChildStdin>,
    output: Option<BufReader<ChildStdout>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// This executable in a role.
    pub(crate) fn role(words: &[&str]) -> Result<Self, Trouble> {
        Self::start(Command::new(std::env::current_exe()?).arg(ROLE).args(words).stdout(Stdio::piped()))
    }

    /// A program that knows nothing of the bench; the kernel ends it when the bench ends.
    pub(crate) fn rival(program: &str, arguments: &[&OsStr]) -> Result<Self, Trouble> {
        let mut command = Command::new("setpriv");
        Self::start(command.args(["--pdeathsig", "KILL", program]).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()))
    }

    pub(crate) fn start(command: &mut Command) -> Result<Self, Trouble> {
        let mut child = command.stdin(Stdio::piped()).spawn()?;
        let output = child.stdout.take().map(BufReader::new);
        Ok(Self { _input: child.stdin.take(), output, child })
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens, for a server.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a port")]
    pub(crate) fn port(&mut self) -> Result<u16, Trouble> {
        Ok(self.figures()?.of("port")? as u16)
    }

    /// The next line of figures that it prints.
    pub(crate) fn figures(&mut self) -> Result<Figures, Trouble> {
        let mut line = String::new();
        if let Some(output) = &mut self.output {
            output.read_line(&mut line)?;
        }
        if line.is_empty() {
            return Err(format!("a process of the bench ended without its figures ({:?})", self.child.wait()).into());
        }
        Figures::parse(&line)
    }
}

/// Runs this executable in a role to its end.
pub(crate) fn run_role(words: &[&str]) -> Result<Figures, Trouble> {
    Running::role(words)?.figures()
}

/// Runs a program to its end; its processor time is read before it is forgotten.
pub(crate) fn run_rival(program: &str, arguments: &[&str]) -> Result<(f64, String), Trouble> {
    let mut child = Command::new(program).args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut said = String::new();
    child.stdout.take().map(|mut output| output.read_to_string(&mut said)).transpose()?;
    let mut complaint = String::new();
    child.stderr.take().map(|mut output| output.read_to_string(&mut complaint)).transpose()?;
    let cpu = usage::ended(child.id());
    child.wait()?;
    Ok((cpu?, said + &complaint))
}

/// Ends this process as soon as the one that started it has ended.
pub(crate) fn end_with_parent() {
    std::thread::spawn(|| {
        // Nothing is ever sent: this returns at the end of the input.
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
}

/// Whether a program is installed.
pub(crate) fn installed(program: &str) -> bool {
    let paths = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&paths).any(|folder| folder.join(program).is_file())
}
