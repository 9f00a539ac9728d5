//! A watch over targets on this host: its folder, its configuration, the running program, and where its page is.

use std::fmt::Write as _;
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::program::Program;
use crate::taker::Taker;

/// What people can write that a page must not believe.
pub(crate) const EVIL: &str = "<script>alert(1)</script>";

/// A running watch with its targets.
pub(crate) struct Post {
    program: Option<Program>,
    pub(crate) address: SocketAddr,
    /// The target `db1`; it turns down when this is dropped.
    pub(crate) db1: Option<Taker>,
    /// Where that listens.
    db1_at: SocketAddr,
    _others: Vec<Taker>,
    folder: tempfile::TempDir,
}

impl Post {
    /// Three targets up and one down, each with something of its own; every target is asked five times a second.
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same, and one that nothing can be said of: it is to be probed from an address that is not ours.
    pub(crate) fn with_one_unknown() -> Self {
        Self::with("  - { name: far, group: edge, url: 'tcp://127.0.0.1:1', source: 192.0.2.99, warn: 'rtt_ms < 300' }\n")
    }

    /// The same, and one that is down and of which somebody is told by this webhook.
    pub(crate) fn with_one_that_alerts(webhook: &str) -> Self {
        Self::with(&format!(
            "  - {{ name: paged, group: edge, url: 'tcp://127.0.0.1:1', alert: oncall }}\nchannels:\n  oncall: {{ type: webhook, url: '{webhook}' }}\n"
        ))
    }

    fn with(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [db1, db2, evil] = [(); 3].map(|()| Taker::anywhere());
        let port = |taker: &Taker| taker.at.port();
        let mut text = String::from("listen: 127.0.0.1:0\nnode: { name: fra-1 }\nallowed_hosts: watch.example.com\nstore: history\n");
        text.push_str("defaults: { every: 200ms, timeout: 150ms, recheck: 100ms, labels: { team: data } }\ngroups:\n  prod/db: {}\n  edge: {}\ntargets:\n");
        for (group, name, port) in [("prod/db", "db1", port(&db1)), ("prod/db", "db2", port(&db2)), ("edge", EVIL, port(&evil))] {
            writeln!(
                text,
                "  - {{ name: '{name}', group: {group}, url: 'tcp://127.0.0.1:{port}', runbook: 'https://wiki.example.com/db' }}"
            )
            .unwrap();
        }
        // Nothing listens on the first port of all.
        text.push_str("  - { name: gone, group: edge, url: 'tcp://127.0.0.1:1' }\n");
        text.push_str(more);
        fs::write(folder.path().join("allswell.yaml"), text).unwrap();
        let (program, address) = start(folder.path(), &["run"]);
        let db1_at = db1.at;
        Self { program: Some(program), address, db1: Some(db1), db1_at, _others: vec![db2, evil], folder }
    }

    /// So many targets, all of them up, two hundred to a group.
    pub(crate) fn of_many(count: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let all = Taker::anywhere();
        let at = all.at;
        let mut text =
            String::from("listen: 127.0.0.1:0\nnode: { name: fra-1 }\nstore: history\ndefaults: { every: 10s, timeout: 5s }\ngroups:\n");
        (0..count / 200).for_each(|group| writeln!(text, "  site/{group:03}: {{}}").unwrap());
        text.push_str("targets:\n");
        for n in 0..count {
            writeln!(text, "  - {{ name: host-{n:05}, group: site/{:03}, url: 'tcp://{at}' }}", n / 200).unwrap();
        }
        fs::write(folder.path().join("allswell.yaml"), text).unwrap();
        let (program, address) = start(folder.path(), &["run"]);
        Self { program: Some(program), address, db1: None, db1_at: at, _others: vec![all], folder }
    }

    /// Lets `db1` answer again, where it does not.
    pub(crate) fn raise_db1(&mut self) {
        if self.db1.is_none() {
            self.db1 = Some(Taker::at(self.db1_at));
        }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn stop(&mut self) {
        self.program.take().unwrap().end(Signal::TERM);
    }

    /// On the same port again, with the same history.
    pub(crate) fn start_again(&mut self) {
        let (program, address) = start(self.folder.path(), &["run", "--listen", &self.address.to_string()]);
        assert_eq!(address, self.address);
        self.program = Some(program);
    }
}

fn start(folder: &Path, arguments: &[&str]) -> (Program, SocketAddr) {
    let program = Program::start(folder, arguments);
    let line = program.until_it_says("Page:");
    let address = line.rsplit("http://").next().unwrap().trim_end_matches('/').parse();
    let address = address.unwrap_or_else(|_| panic!("no address in {line:?}"));
    until_watched(address);
    (program, address)
}

/// The page may be there a moment before the targets are.
fn until_watched(address: SocketAddr) {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(stream, "GET /api/v1/targets?limit=1 HTTP/1.0\r\nHost: {address}\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        if answer.contains("\"total\":") && !answer.contains("\"total\":0") {
            return;
        }
        assert!(Instant::now() < deadline, "no target is watched: {answer}");
        std::thread::park_timeout(Duration::from_millis(10));
    }
}
