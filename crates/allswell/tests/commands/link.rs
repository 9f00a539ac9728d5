//! `allswell link` against a page that tells what a test wants it to, and against one that a program serves.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use allswell_testkit::certificate::Leaf;
use allswell_testkit::namespace::inside;
use rustix::process::Signal;

use crate::program::Program;
use crate::{allswell, stderr, stdout};

const LINKS: &str = r#"{
  "node": "fra-1", "at_us": 1800000000000000, "nodes": [], "cells": [], "dropped": {},
  "findings": [{ "kind": "link_down", "of": ["fra-1", "fra-3"], "sentence": "fra-1 and fra-3 do not reach each other.", "since_us": 0 }],
  "own": [
    { "peer": "fra-2", "protocol": "link", "address": "10.0.0.2:8421", "state": "STATE", "since_us": 1799999990000000,
      "reason": "Packets go both ways.", "interval_ms": 50.0, "multiplier": 3, "detection_ms": 150.0,
      "rtt": { "count": 9, "min_ms": 0.2, "p50_ms": 0.21, "p90_ms": 0.3, "p99_ms": 0.45, "max_ms": 1.0 }, "rtt_all": null,
      "jitter_ms": 0.01, "loss_forward": 0.005, "loss_reverse": 0.0, "counts": {},
      "recent": [{ "at_us": 1799999999000000, "rtt_ms": 0.22, "loss_forward": 0.0, "loss_reverse": null, "state": "up" }],
      "sessions": [{ "id": "1:2", "began_us": 0, "up_after_ms": 1.0, "initiated": true, "ended_us": null, "cause": null, "sentence": null }] }
  ]
}"#;

/// A page that answers everything alike, and remembers what it was asked.
struct Fake {
    url: String,
    asked: Arc<Mutex<Vec<String>>>,
    _thread: JoinHandle<()>,
}

impl Fake {
    fn new(status: &'static str, body: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (remembered, body) = (Arc::clone(&asked), body.to_owned());
        let thread = std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let mut question = Vec::new();
                let mut byte = [0];
                while !question.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
                    question.extend(byte);
                }
                remembered.lock().unwrap().push(String::from_utf8(question).unwrap());
                let _ = write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            }
        });
        Self { url, asked, _thread: thread }
    }

    fn links(state: &str) -> Self {
        Self::new("200 OK", &LINKS.replace("STATE", state))
    }
}

fn ask(arguments: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    allswell(folder.path()).env_remove("ALLSWELL_TOKEN").arg("link").args(arguments).output().unwrap()
}

#[test]
fn findings_come_before_the_links_and_the_exit_code_tells_the_worst() {
    let page = Fake::links("up");
    let output = ask(&["peers", "--page", &page.url]);
    let (first, rest) = stdout(&output).split_once('\n').map(|(first, rest)| (first.to_owned(), rest.to_owned())).unwrap();
    assert_eq!(first, "fra-1 and fra-3 do not reach each other.");
    assert!(rest.contains("fra-2  10.0.0.2:8421  up     10s    0.210 ms  0.450 ms  0.5 %       0 %"), "{rest}");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    for (state, code) in [("down", 1), ("opening", 2), ("degraded", 0)] {
        let page = Fake::links(state);
        assert_eq!(ask(&["peers", "--page", &page.url]).status.code(), Some(code), "{state}");
    }
}

#[test]
fn programs_get_one_object() {
    let page = Fake::links("up");
    let told: serde_json::Value = serde_json::from_str(&stdout(&ask(&["peers", "--json", "--page", &page.url]))).unwrap();
    assert_eq!((&told["node"], &told["own"][0]["peer"]), (&"fra-1".into(), &"fra-2".into()));
    assert_eq!(told["findings"][0]["kind"], "link_down");
    assert!(told["own"][0]["sessions"][0]["id"] == "1:2" && told.get("cells").is_none());
}

#[test]
fn whoever_asks_shows_a_token() {
    let page = Fake::links("up");
    let folder = tempfile::tempdir().unwrap();
    let mut command = allswell(folder.path());
    command.args(["link", "peers", "--page", &page.url]).env("ALLSWELL_TOKEN", "of-the-environment");
    assert!(command.output().unwrap().status.success());
    assert!(ask(&["peers", "--page", &page.url, "--token", "typed"]).status.success());
    let asked = page.asked.lock().unwrap();
    assert!(asked[0].contains("\r\nAuthorization: Bearer of-the-environment\r\n"), "{asked:?}");
    assert!(asked[1].contains("\r\nAuthorization: Bearer typed\r\n"), "{asked:?}");
    assert!(asked[0].starts_with("GET /api/v1/links HTTP/1.0\r\n"), "{asked:?}");
}

#[test]
fn what_is_in_the_way_is_said() {
    for (status, body, said) in [
        ("404 Not Found", "{}", "tells of no links: its configuration has no `links`"),
        ("200 OK", "null", "tells of no links: its configuration has no `links`"),
        ("401 Unauthorized", "", "say --token TOKEN, or set ALLSWELL_TOKEN"),
        ("503 Busy", r#"{"detail": "It is ending."}"#, "answers with 503: It is ending"),
        ("200 OK", "<html>", "does not tell of links as this program knows them"),
    ] {
        let page = Fake::new(status, body);
        let output = ask(&["peers", "--page", &page.url]);
        assert_eq!(output.status.code(), Some(69), "{output:?}");
        assert!(stderr(&output).starts_with(&format!("error: {} ", page.url)) && stderr(&output).contains(said), "{output:?}");
    }
}

#[test]
fn without_a_terminal_a_second_is_a_line_until_the_time_is_over() {
    let page = Fake::links("up");
    let output = ask(&["watch", "fra-2", "--for", "1500ms", "--page", &page.url]);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let lines: Vec<String> = stdout(&output).lines().map(str::to_owned).collect();
    assert!((1..=2).contains(&lines.len()), "{lines:?}");
    assert_eq!(lines[0], "2027-01-15T07:59:59.000000Z up rtt 0.220 ms lost there 0 % back -");
}

#[test]
fn a_peer_that_is_not_there_is_misuse() {
    let page = Fake::links("up");
    let output = ask(&["watch", "fra2", "--page", &page.url]);
    assert_eq!(
        (output.status.code(), stderr(&output).as_str()),
        (Some(64), "error: no link of fra-1 goes to `fra2`: did you mean `fra-2`?\n")
    );
}

#[test]
fn the_usual_page_is_asked_where_nothing_is_said() {
    // Nobody listens in a network of its own.
    inside(|| {
        let output = ask(&["peers"]);
        assert_eq!(output.status.code(), Some(69), "{output:?}");
        assert!(stderr(&output).starts_with("error: http://127.0.0.1:8420 does not answer ("), "{output:?}");
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("allswell.yaml"), "listen: 127.0.0.1:9999\n").unwrap();
        let configured = |folder: &Path| allswell(folder).args(["link", "peers"]).output().unwrap();
        assert!(stderr(&configured(folder.path())).starts_with("error: http://127.0.0.1:9999 does not answer ("));
    });
}

/// What a terminal by `script(1)` shows until this stands there so often; then Ctrl-C is typed.
fn on_a_terminal(page: &Fake, wanted: &str, times: usize) -> (Option<i32>, String) {
    let line = format!("{} link watch fra-2 --page {}", env!("CARGO_BIN_EXE_allswell"), page.url);
    let mut command = Command::new("script");
    command.args(["-q", "-f", "-e", "-c", &line, "/dev/null"]).env("TERM", "xterm").stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut shown, mut byte) = (Vec::new(), [0]);
    let found = |shown: &[u8]| String::from_utf8_lossy(shown).matches(wanted).count() >= times;
    while !(byte == *b"\n" && found(&shown)) {
        let read = child.stdout.as_mut().unwrap().read(&mut byte).unwrap();
        assert_eq!(read, 1, "it ended: {}", String::from_utf8_lossy(&shown));
        shown.extend(byte);
    }
    child.stdin.as_mut().unwrap().write_all(b"\x03").unwrap();
    child.stdout.take().unwrap().read_to_end(&mut shown).unwrap();
    (child.wait().unwrap().code(), String::from_utf8_lossy(&shown).into_owned())
}

#[test]
fn on_a_terminal_it_is_drawn_over_itself_until_an_interrupt() {
    let page = Fake::links("up");
    let (code, shown) = on_a_terminal(&page, "silence ends it after 150 ms", 2);
    assert_eq!(code, Some(130), "{shown}");
    let (first, again) = shown.split_once("\u{1b}[11A\u{1b}[J").unwrap_or_else(|| panic!("it does not go back: {shown:?}"));
    assert_eq!(first.lines().count(), 11, "over as many lines as it drew: {first:?}");
    assert!(again.contains("silence ends it"), "{again:?}");
    assert!(shown.contains("fra-2 at 10.0.0.2:8421 (link): ") && shown.contains("for 10s"), "{shown}");
    assert!(shown.contains("▁ 0 %") && shown.contains("· -"), "{shown}");
}

#[test]
fn a_page_with_a_certificate_is_asked_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let identity = Leaf::of(&["localhost"]).self_signed();
    for (name, text) in [("page.pem", identity.pem()), ("page-key.pem", identity.key_pem())] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let text = "listen: 127.0.0.1:0\nstore: h\ntls: { certificate: page.pem, key: page-key.pem }\n";
    std::fs::write(folder.path().join("allswell.yaml"), text).unwrap();
    let mut program = Program::start(folder.path(), &["run"]);
    let port = program.until_it_says("Page:").trim_end_matches('/').rsplit(':').next().unwrap().to_owned();
    let ask = |trusted: &str, arguments: &[&str]| {
        let mut command = allswell(folder.path());
        command.env("SSL_CERT_FILE", folder.path().join(trusted)).args(["link", "peers"]).args(arguments).output().unwrap()
    };
    let url = format!("https://localhost:{port}");
    let output = ask("page.pem", &["--page", &url]);
    assert!(output.status.code() == Some(69) && stderr(&output).contains("tells of no links"), "{output:?}");
    std::fs::write(folder.path().join("other.pem"), Leaf::of(&["localhost"]).self_signed().pem()).unwrap();
    let output = ask("other.pem", &["--page", &url]);
    assert!(output.status.code() == Some(69) && stderr(&output).contains("invalid peer certificate"), "{output:?}");
    let output = ask("page.pem", &[]);
    assert!(output.status.code() == Some(64) && stderr(&output).contains("say --page https://NAME:"), "{output:?}");
    program.end(Signal::TERM);
}
