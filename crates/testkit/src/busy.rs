//! Other work that the machine has to do: processes that never stop computing.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Processes that do nothing but compute, as many as were asked for. They are ended when this is dropped.
#[derive(Debug)]
pub struct Loops {
    children: Vec<Child>,
}

impl Loops {
    /// Starts them, and returns once each of them has had a processor for itself for a while.
    ///
    /// The thread that calls this must live as long as they shall: the kernel ends them with it.
    ///
    /// # Panics
    /// When `setpriv(1)` cannot be started, or one of them does not get to compute.
    #[must_use]
    pub fn start(count: usize) -> Self {
        let loops = Self { children: (0..count).map(|_| spin()).collect() };
        let deadline = Instant::now() + Duration::from_secs(30);
        while !loops.ids().iter().all(|&id| has_computed(id)) {
            assert!(Instant::now() < deadline, "a busy loop does not get to compute");
            thread::yield_now();
        }
        loops
    }

    /// Their process ids.
    #[must_use]
    pub fn ids(&self) -> Vec<u32> {
        self.children.iter().map(Child::id).collect()
    }
}

impl Drop for Loops {
    fn drop(&mut self) {
        // One that is gone already is what is wanted.
        for child in &mut self.children {
            let _ = child.kill();
        }
        for child in &mut self.children {
            let _ = child.wait();
        }
    }
}

fn spin() -> Child {
    // Nobody ends them when the test was killed, so the kernel does.
    let mut shell = Command::new("setpriv");
    shell.args(["--pdeathsig", "KILL", "sh", "-c", "while :; do :; done"]);
    shell.stdin(Stdio::null()).spawn().unwrap()
}

/// Whether a process is past its start: `sh` by name, and with some ticks of the clock spent (proc_pid_stat(5), `utime`).
fn has_computed(id: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    // The name is in parentheses and may hold anything; after it `utime` is the twelfth field.
    let ticks = stat.rsplit_once(')').and_then(|(_, fields)| fields.split_whitespace().nth(11)?.parse().ok());
    stat.contains("(sh)") && ticks.is_some_and(|ticks: u64| ticks >= 2)
}

#[cfg(test)]
mod tests;
