//! The program as a child process, and what the system knows of it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A debug build on a busy machine takes its time.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// Waits for a condition.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> Result<(), String>) {
    let deadline = Instant::now() + PATIENCE;
    while let Err(so_far) = holds() {
        assert!(Instant::now() < deadline, "{what} did not come about: {so_far}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// A running program, with all that it has printed so far.
pub(crate) struct Program {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Program {
    /// Starts it in a folder that holds its configuration and its history.
    pub(crate) fn start(folder: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_allswell"));
        command.args(["run", "--config", "allswell.yaml"]).current_dir(folder).env("ALLSWELL_LOG", "info").env_remove("NO_COLOR");
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        follow(child.stdout.take().unwrap(), &said);
        follow(child.stderr.take().unwrap(), &said);
        Self { child, said }
    }

    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// How often it has said this.
    pub(crate) fn times(&self, words: &str) -> usize {
        self.said.lock().unwrap().matches(words).count()
    }

    /// How many reloads it has answered, well or not.
    pub(crate) fn reloads(&self) -> usize {
        self.times("was read again") + self.times("Nothing was changed")
    }

    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    fn proc(&self, what: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{what}", self.child.id()))
    }

    pub(crate) fn threads(&self) -> usize {
        fs::read_dir(self.proc("task")).unwrap().count()
    }

    /// Descriptors by what they are of: the fewest of each over a while, for probes under way hold some. Those of the history are left
    /// out: it opens one more for whoever reads while another reads, and keeps it.
    pub(crate) fn descriptors(&self) -> BTreeMap<String, usize> {
        let end = Instant::now() + Duration::from_secs(2);
        let mut least: Option<BTreeMap<String, usize>> = None;
        while Instant::now() < end {
            let mut now: BTreeMap<String, usize> = BTreeMap::new();
            for entry in fs::read_dir(self.proc("fd")).unwrap() {
                // One may be closed meanwhile.
                let Ok(of) = fs::read_link(entry.unwrap().path()) else { continue };
                if of.to_string_lossy().contains("/history/") {
                    continue;
                }
                *now.entry(of.to_string_lossy().split(':').next().unwrap().to_owned()).or_default() += 1;
            }
            least = Some(match least {
                None => now,
                Some(least) => least.into_iter().filter_map(|(of, count)| Some((of.clone(), count.min(*now.get(&of)?)))).collect(),
            });
            std::thread::park_timeout(Duration::from_millis(3));
        }
        least.unwrap()
    }

    pub(crate) fn resident_kb(&self) -> u64 {
        let status = fs::read_to_string(self.proc("status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    /// Ends it in order.
    pub(crate) fn end(mut self) {
        self.signal(Signal::TERM);
        let status = self.child.wait().unwrap();
        assert!(status.success(), "{status}:\n{}", self.said());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Already ended in a test that went well.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// It ends with the stream.
fn follow(stream: impl Read + Send + 'static, said: &Arc<Mutex<String>>) {
    let said = Arc::clone(said);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut said = said.lock().unwrap();
            said.push_str(&line);
            said.push('\n');
        }
    });
}
