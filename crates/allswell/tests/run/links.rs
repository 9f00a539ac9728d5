//! Links between two programs on one host: each is a target like any other, through restarts and reloads of either.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use allswell_testkit::namespace::inside;
use rustix::process::Signal;

use crate::page::Page;
use crate::program::Program;

/// Within a namespace of the test's own every port is free.
const LINKS: &str = r#"
  every: 20ms
  keys: [{ id: 1, secret: "${SECRET}" }]
  peers:
    - { name: a, address: "127.0.0.1:8421", location: eu/rack1 }
    - { name: b, address: "127.0.0.2:8421", location: eu/rack2 }
"#;

struct Node {
    folder: PathBuf,
    name: &'static str,
    ip: &'static str,
}

impl Node {
    fn new(root: &Path, name: &'static str, ip: &'static str) -> Self {
        let folder = root.join(name);
        fs::create_dir_all(&folder).unwrap();
        let node = Self { folder, name, ip };
        node.write(LINKS);
        node
    }

    /// The configuration with these links; none with nothing.
    fn write(&self, links: &str) {
        let links = links.replace("${SECRET}", "0123456789abcdef0123456789abcdef");
        let links = if links.is_empty() { String::new() } else { format!("links:\n  listen: {}:8421{links}", self.ip) };
        let text = format!("listen: 127.0.0.1:0\nstore: history\nnode: {{ name: {} }}\n{links}", self.name);
        fs::write(self.folder.join("allswell.yaml"), text).unwrap();
    }

    fn start(&self) -> (Program, Page) {
        let program = Program::start(&self.folder, &["run"]);
        let page = Page::of(&program);
        (program, page)
    }
}

fn loopback() {
    let up = std::process::Command::new("ip").args(["link", "set", "lo", "up"]).status().unwrap();
    assert!(up.success());
}

fn reload(page: &Page) {
    let (status, said) = page.ask("POST", "/api/v1/reload", "{}");
    assert_eq!(status, 200, "{said}");
}

const TARGET: &str = "/api/v1/targets/link%2Fb";

fn is(status: &str) -> impl Fn(&str) -> bool {
    let wanted = format!("\"status\":\"{status}\"");
    move |text| text.contains(&wanted)
}

#[test]
fn a_link_is_a_target_that_goes_down_with_its_peer_and_comes_back() {
    inside(|| {
        loopback();
        let root = tempfile::tempdir().unwrap();
        let (a, b) = (Node::new(root.path(), "a", "127.0.0.1"), Node::new(root.path(), "b", "127.0.0.2"));
        let (mut watching, page) = a.start();
        assert!(watching.until_it_says("Links:").contains("1 link, heard on 127.0.0.1:8421"), "{}", watching.output());
        assert!(watching.output().contains("Watching links alone: "), "{}", watching.output());
        let (mut other, _) = b.start();
        page.until(TARGET, "the link", is("up"));
        let target = page.get(TARGET);
        for part in ["\"protocol\":\"link\"", "\"group\":\"links\"", "link://b"] {
            assert!(target.contains(part), "{part} is not in {target}");
        }
        assert!(page.get("/targets/link%2Fb").contains("allswell link watch b"), "it is not said how to look closer");
        page.until("/api/v1/targets/link%2Fb/results?limit=5", "its figures", |text| text.contains("\"rtt_p50_ms\""));
        other.end(Signal::KILL);
        page.until(TARGET, "the end of its peer", is("down"));
        let (mut other, _) = b.start();
        page.until(TARGET, "its return", is("up"));
        other.end(Signal::TERM);
        watching.end(Signal::TERM);
        let mut export = std::process::Command::new(env!("CARGO_BIN_EXE_allswell"));
        let output = export.args(["export", "results", "link/b", "--store"]).arg(a.folder.join("history")).output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap();
        assert!(output.status.success() && told.contains("\"rtt_p50_ms\"") && told.contains("\"outcome\":\"down\""), "{told}");
    });
}

/// Three nodes, of which each would tell by a program that keeps what it is told in a file, and fails where there is a file `broken`.
const TOLD: &str = r#"
  every: 20ms
  keys: [{ id: 1, secret: "${SECRET}" }]
  alert: file
  alert_after: 1s
  peers:
    - { name: a, address: "127.0.0.1:8421" }
    - { name: b, address: "127.0.0.2:8421" }
    - { name: c, address: "127.0.0.3:8421" }
channels:
  file: { type: exec, command: [/bin/sh, -c, 'test ! -e $FOLDER/broken && cat >> $FOLDER/told'] }
"#;

impl Node {
    /// The alerts that it told, as far as they are so.
    fn told(&self, kind: &str) -> Vec<String> {
        let told = fs::read_to_string(self.folder.join("told")).unwrap_or_default();
        let kind = format!("\"kind\":\"{kind}\"");
        told.split_inclusive("\"version\"").filter(|alert| alert.contains(&kind)).map(str::to_owned).collect()
    }

    fn until_told(&self, kind: &str, count: usize) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while self.told(kind).len() < count {
            let all = fs::read_to_string(self.folder.join("told"));
            assert!(Instant::now() < deadline, "{} was to tell {kind} {count} times: {all:?}", self.name);
            std::thread::park_timeout(Duration::from_millis(10));
        }
    }
}

#[test]
fn one_node_tells_of_what_all_see_and_another_where_it_cannot() {
    inside(|| {
        loopback();
        let root = tempfile::tempdir().unwrap();
        let [a, b, c] = [("a", "127.0.0.1"), ("b", "127.0.0.2"), ("c", "127.0.0.3")].map(|(name, ip)| Node::new(root.path(), name, ip));
        for node in [&a, &b, &c] {
            node.write(&TOLD.replace("$FOLDER", &node.folder.display().to_string()));
        }
        let ((_first, _), (_second, page), (mut third, _)) = (a.start(), b.start(), c.start());
        for peer in ["a", "c"] {
            page.until(&format!("/api/v1/targets/link%2F{peer}"), "its links", is("up"));
        }
        third.end(Signal::KILL);
        a.until_told("firing", 1);
        let told = a.told("firing").concat();
        assert!(told.contains("c does not run Allswell: its kernel tells 2 of 2 nodes (a, b) that nothing listens there."), "{told}");
        let (mut third, _) = c.start();
        a.until_told("resolved", 1);
        page.until("/api/v1/targets/link%2Fc", "its return", is("up"));
        assert_eq!((a.told("firing").len(), b.told("firing").len()), (1, 0), "it is told once");
        // Nobody hears of it by a.
        fs::write(a.folder.join("broken"), "").unwrap();
        third.end(Signal::KILL);
        b.until_told("firing", 1);
        assert_eq!(a.told("firing").len(), 1);
    });
}

#[test]
fn links_begin_change_and_end_with_a_reload() {
    inside(|| {
        loopback();
        let root = tempfile::tempdir().unwrap();
        let a = Node::new(root.path(), "a", "127.0.0.1");
        a.write("");
        let (mut program, page) = a.start();
        assert!(!program.output().contains("Links:"), "{}", program.output());
        assert_eq!(page.ask("GET", TARGET, "").0, 404);
        a.write(LINKS);
        reload(&page);
        page.until(TARGET, "a link", |text| text.contains("\"protocol\":\"link\""));
        a.write(&format!("{LINKS}    - {{ name: c, address: \"127.0.0.3:8421\" }}\n"));
        reload(&page);
        page.until("/api/v1/targets/link%2Fc", "another", |text| text.contains("\"protocol\":\"link\""));
        let moved = fs::read_to_string(a.folder.join("allswell.yaml")).unwrap().replace("listen: 127.0.0.1:8421", "listen: 127.0.0.9:8421");
        fs::write(a.folder.join("allswell.yaml"), moved).unwrap();
        reload(&page);
        program.until_it_says("what changed in links.listen takes effect at the next start");
        let taken = r#"{"url": "tcp://10.0.0.1:1", "name": "b", "id": "link/b"}"#;
        let (status, said) = page.ask("PUT", TARGET, taken);
        assert!((400..500).contains(&status) && said.contains("a link"), "{status} {said}");
        a.write("");
        reload(&page);
        page.until("/api/v1/targets?limit=10", "no link", |text| !text.contains("\"link/"));
        program.end(Signal::TERM);
    });
}

#[test]
fn it_does_not_start_where_links_cannot_listen() {
    inside(|| {
        loopback();
        let root = tempfile::tempdir().unwrap();
        let a = Node::new(root.path(), "a", "127.0.0.1");
        let taken = std::net::UdpSocket::bind("127.0.0.1:8421").unwrap();
        let (code, said) = Program::refused(&a.folder, &["run"]);
        assert_eq!(code, 69, "{said}");
        assert!(said.contains("No links can be measured: links cannot listen on 127.0.0.1:8421"), "{said}");
        // While it runs, a mesh that cannot start is no reason to end the rest of the watch.
        a.write("");
        let (mut program, page) = a.start();
        a.write(LINKS);
        reload(&page);
        program.until_it_says("The rest of the configuration holds.");
        let (status, said) = page.ask("GET", "/healthz", "");
        assert!(status == 503 && said.contains("No links can be measured"), "{status} {said}");
        drop(taken);
        reload(&page);
        page.until(TARGET, "the link", |text| text.contains("\"protocol\":\"link\""));
        assert_eq!(page.ask("GET", "/healthz", "").0, 200);
        program.end(Signal::TERM);
    });
}

#[test]
fn a_node_that_takes_itself_for_a_peer_is_told_so() {
    inside(|| {
        loopback();
        let added = std::process::Command::new("ip").args(["addr", "add", "10.9.9.9/32", "dev", "lo"]).status().unwrap();
        assert!(added.success());
        let root = tempfile::tempdir().unwrap();
        let node = Node::new(root.path(), "elsewhere", "127.0.0.1");
        node.write(&LINKS.replace("127.0.0.1:8421", "10.9.9.9:8421"));
        let (mut program, page) = node.start();
        // Once its page answers it hears signals, too.
        assert!(page.get("/").contains("Allswell"));
        let note = program.until_it_says("is an address of this host");
        assert!(note.contains("10.9.9.9:8421 of peer a") && note.contains("say node: { name: a }"), "{note}");
        program.end(Signal::TERM);
    });
}
