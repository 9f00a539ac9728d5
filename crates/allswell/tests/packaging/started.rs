//! A program under test as a child process: what it prints is kept, it is ended by its id.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

/// A program that runs.
pub(crate) struct Started {
    child: Child,
    said: Arc<Mutex<String>>,
    readers: Vec<JoinHandle<()>>,
}

impl Started {
    pub(crate) fn new(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let readers = vec![follow(child.stdout.take().unwrap(), &said), follow(child.stderr.take().unwrap(), &said)];
        Self { child, said, readers }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits until it has printed a line that holds this, and gives the line.
    pub(crate) fn until_it_says(&self, words: &str) -> String {
        let deadline = Instant::now() + Duration::from_secs(20);
        loop {
            let said = self.said.lock().unwrap().clone();
            if let Some(line) = said.lines().find(|line| line.contains(words)) {
                return line.to_owned();
            }
            assert!(Instant::now() < deadline, "it never said {words:?}, but:\n{said}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// Ends it as an operator does; it must end in order, and soon.
    pub(crate) fn end(&mut self) -> String {
        let begun = Instant::now();
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let status = self.child.wait().unwrap();
        self.readers.drain(..).for_each(|reader| reader.join().unwrap());
        let said = self.said.lock().unwrap().clone();
        assert!(status.success() && begun.elapsed() < Duration::from_secs(5), "{status} after {:?}:\n{said}", begun.elapsed());
        said
    }
}

impl Drop for Started {
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
            said.lock().unwrap().push_str(&format!("{line}\n"));
        }
    })
}
