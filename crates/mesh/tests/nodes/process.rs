//! A node's process from outside: started, told, heard, stopped, killed.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::{Arc, Mutex};

use allswell_testkit::namespace::space::Space;
use rustix::process::{Pid, Signal, kill_process};

use crate::picture::{self, Picture};
use crate::role;

/// What it has said so far.
#[derive(Debug, Default)]
struct Said {
    last: Option<Picture>,
    pictures: usize,
    /// When it last did as it was told.
    done_us: Option<i64>,
}

/// A running node.
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    said: Arc<Mutex<Said>>,
}

impl Process {
    /// Starts node `number` of `count` on a host. It ends with the calling thread.
    pub(crate) fn start(host: &Space, number: u8, count: u8) -> Self {
        let mut command = Command::new("ip");
        command.args(["netns", "exec", host.name()]).arg(std::env::current_exe().unwrap());
        command.args([role::TEST, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        command.env(role::MARK, format!("{number} {count}")).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let said = Arc::new(Mutex::new(Said::default()));
        std::thread::spawn({
            let said = Arc::clone(&said);
            move || output.lines().map_while(Result::ok).for_each(|line| hear(&said, &line))
        });
        Self { child, input, said }
    }

    /// Its newest picture, with the number of it.
    pub(crate) fn picture(&self) -> Option<(usize, Picture)> {
        let said = self.said.lock().unwrap();
        said.last.clone().map(|last| (said.pictures, last))
    }

    /// Tells it something.
    pub(crate) fn order(&mut self, words: &str) {
        self.said.lock().unwrap().done_us = None;
        writeln!(self.input, "{words}").unwrap();
    }

    /// When it did what it was told last; `None` until then.
    pub(crate) fn done_us(&self) -> Option<i64> {
        self.said.lock().unwrap().done_us
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

fn hear(said: &Mutex<Said>, line: &str) {
    let Some(words) = line.strip_prefix(role::OURS) else { return };
    let mut said = said.lock().unwrap();
    if let Some(at) = words.strip_prefix("done ") {
        said.done_us = at.parse().ok();
    } else {
        said.last = Some(picture::read(words));
        said.pictures += 1;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that is gone already is what is wanted; SIGKILL ends a stopped one, too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
