//! A running program with a target that is there and one that is gone, for commands that read its store meanwhile.

use std::fs;
use std::net::TcpListener;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use crate::page::Page;
use crate::program::Program;

/// The program, its page and what it watches.
pub(crate) struct Watched {
    program: Program,
    pub(crate) page: Page,
    _listener: TcpListener,
}

impl Watched {
    /// Starts it in this folder, with its store in `h`.
    pub(crate) fn start(folder: &Path) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let text = format!(
            "listen: 127.0.0.1:0\nstore: h\ndefaults: {{ every: 100ms, timeout: 80ms }}\ngroups: {{ on/loopback: {{}} }}\ntargets:\n  \
             - {{ name: there, group: on/loopback, url: 'tcp://127.0.0.1:{port}' }}\n  \
             - {{ name: '=gone', url: 'tcp://127.0.0.1:1' }}\n"
        );
        fs::write(folder.join("allswell.yaml"), text).unwrap();
        let program = Program::start(folder, &["run"]);
        let page = Page::of(&program);
        Self { program, page, _listener: listener }
    }

    /// Waits for so many results of each target.
    pub(crate) fn until(&self, results: usize) {
        for target in ["on%2Floopback%2Fthere", "%3Dgone"] {
            let path = format!("/api/v1/targets/{target}/results?limit=1000");
            self.page.until(&path, "results", |text| text.matches("\"seq\"").count() >= results);
        }
    }

    /// What the API tells of a target's results, the oldest first.
    pub(crate) fn results(&self, target: &str) -> Vec<Value> {
        results(&self.page, target)
    }

    /// How many descriptors it has open.
    pub(crate) fn descriptors(&self, folder: &Path) -> usize {
        let lock = fs::read_to_string(folder.join("h/allswell.db.lock")).unwrap();
        let pid = lock.lines().next().unwrap().trim();
        fs::read_dir(format!("/proc/{pid}/fd")).unwrap().count()
    }

    /// A figure of its metrics.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        let text = self.page.get("/metrics");
        let line =
            text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')).unwrap_or_else(|| panic!("no {name} in {text}"));
        line.parse().unwrap()
    }

    pub(crate) fn end(mut self) {
        self.program.end(Signal::TERM);
    }
}

/// What a page tells of a target's results, the oldest first.
pub(crate) fn results(page: &Page, target: &str) -> Vec<Value> {
    let target = target.replace('/', "%2F").replace('=', "%3D");
    let answer: Value = serde_json::from_str(&page.get(&format!("/api/v1/targets/{target}/results?limit=1000"))).unwrap();
    let mut results = answer["results"].as_array().unwrap_or_else(|| panic!("{answer}")).clone();
    results.reverse();
    results
}
