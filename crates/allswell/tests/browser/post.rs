//! A watch over targets on this host: its folder, its configuration, the running program, and where its page is.

use std::fmt::Write as _;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::Path;

use rustix::process::Signal;

use crate::program::Program;

/// What people can write that a page must not believe.
pub(crate) const EVIL: &str = "<script>alert(1)</script>";

/// A running watch with its targets.
pub(crate) struct Post {
    program: Option<Program>,
    pub(crate) address: SocketAddr,
    /// The target `db1`; it turns down when this is dropped.
    pub(crate) db1: Option<TcpListener>,
    _others: Vec<TcpListener>,
    folder: tempfile::TempDir,
}

impl Post {
    /// Three targets up and one down, each with something of its own; every target is asked five times a second.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let [db1, db2, evil] = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
        let port = |listener: &TcpListener| listener.local_addr().unwrap().port();
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
        fs::write(folder.path().join("allswell.yaml"), text).unwrap();
        let (program, address) = start(folder.path(), &["run"]);
        Self { program: Some(program), address, db1: Some(db1), _others: vec![db2, evil], folder }
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
    (program, address.unwrap_or_else(|_| panic!("no address in {line:?}")))
}
