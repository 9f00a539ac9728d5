//! The program as a child process: started, watched, ended by its id.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

const PATIENCE: Duration = Duration::from_secs(10);

/// A running program, with all that it has printed so far.
pub(crate) struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
    command.args(arguments).current_dir(folder).env("HOME", folder).env_remove("STATE_DIRECTORY").env_remove("XDG_STATE_HOME");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

impl Program {
    pub(crate) fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut child = command(folder, arguments).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let readers = vec![follow(child.stdout.take().unwrap(), &said), follow(child.stderr.take().unwrap(), &said)];
        Self { child, said, readers }
    }

    /// Runs one that must not start: its exit code, and what it printed.
    pub(crate) fn refused(folder: &Path, arguments: &[&str]) -> (i32, String) {
        let mut program = Self::start(folder, arguments);
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = program.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "it started, though it must not:\n{}", program.output());
            std::thread::park_timeout(Duration::from_millis(5));
        };
        program.readers.drain(..).for_each(|reader| reader.join().unwrap());
        (status.code().unwrap_or(-1), program.output())
    }

    pub(crate) fn output(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it has printed this, and gives the line.
    pub(crate) fn until_it_says(&self, words: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let output = self.output();
            if let Some(line) = output.lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            assert!(Instant::now() < deadline, "it never said {words:?}, but:\n{output}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Ends it with a signal and waits for its end.
    pub(crate) fn end(&mut self, signal: Signal) {
        kill_process(self.pid(), signal).unwrap();
        let status = self.child.wait().unwrap();
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        assert!(signal == Signal::KILL || status.success(), "{status}:\n{}", self.output());
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended in a test that went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn follow(stream: impl Read + Send + 'static, said: &Arc<Mutex<String>>) -> JoinHandle<()> {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    })
}
