//! Processes of the bench: this executable in a role. Each is told what to do by lines, and ends when its standard input does.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The first argument of a process in a role.
pub(crate) const ROLE: &str = "role";

/// One that runs. It is ended by its id when this is dropped.
pub(crate) struct Running {
    child: Child,
    input: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
}

impl Running {
    /// Starts this executable in a role; `within` are the words before it: `ip netns exec far`, `strace ...`.
    pub(crate) fn role(within: &[&str], role: &[&str]) -> Self {
        let itself = std::env::current_exe().unwrap();
        let mut command = match within.split_first() {
            Some((program, words)) => {
                let mut command = Command::new(program);
                command.args(words).arg(itself);
                command
            }
            None => Command::new(itself),
        };
        let mut child = command.arg(ROLE).args(role).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (input, output) = (child.stdin.take(), child.stdout.take().unwrap());
        Self { child, input, lines: BufReader::new(output) }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells it something.
    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line that it prints.
    pub(crate) fn line(&mut self) -> String {
        let mut line = String::new();
        assert!(self.lines.read_line(&mut line).unwrap() > 0, "a process of the bench has ended early");
        line.trim_end().to_owned()
    }

    /// All that it prints until a line that says `end`.
    pub(crate) fn lines_until_end(&mut self) -> Vec<String> {
        std::iter::from_fn(|| Some(self.line()).filter(|line| line != "end")).collect()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        drop(self.input.take());
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Lets this process have ten thousand connections and some more.
pub(crate) fn raise_descriptors() {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum }).unwrap();
    assert!(limit.maximum.is_none_or(|most| most > 11_000), "the bench needs 11,000 descriptors: ulimit -Hn");
}
