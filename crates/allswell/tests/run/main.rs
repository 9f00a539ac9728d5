//! `allswell run` as people start it: the real binary, in namespaces of its own where it would look around.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod asked;
mod disk;
mod links;
mod night;
mod page;
mod program;

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path as Network;
use rustix::process::Signal;

use page::Page;
use program::Program;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn configuration(folder: &Path, targets: &str) {
    fs::write(
        folder.join("allswell.yaml"),
        format!("listen: 127.0.0.1:0\ndefaults: {{ every: 200ms, timeout: 150ms }}\ntargets:\n{targets}"),
    )
    .unwrap();
}

#[test]
fn with_nothing_but_itself_it_finds_what_to_watch_and_shows_it_within_two_seconds() {
    inside(|| {
        let _network = Network::new();
        let folder = folder();
        fs::write(folder.path().join("resolv.conf"), "nameserver 10.77.1.1\n").unwrap();
        rustix::mount::mount_bind(folder.path().join("resolv.conf"), "/etc/resolv.conf").unwrap();
        let service = TcpListener::bind("127.0.0.1:5555").unwrap();
        let _disturbed = TcpListener::bind("127.0.0.1:3306").unwrap();
        let begun = Instant::now();
        let mut program = Program::start(folder.path(), &["run"]);
        let page = Page::of(&program);
        assert!(page.get("/").contains("Allswell"));
        assert!(begun.elapsed() < Duration::from_secs(2), "the page took {:?}", begun.elapsed());
        page.until("/api/v1/targets", "what was found", |text| text.contains("\"id\""));
        let targets = page.get("/api/v1/targets");
        for url in ["icmp://10.77.1.1", "dns://10.77.1.1:53/.?type=NS", "tcp://127.0.0.1:5555", "/healthz"] {
            assert!(targets.contains(url), "{url} is not in {targets}");
        }
        assert!(!targets.contains("3306"), "nothing is disturbed unasked: {targets}");
        page.until("/api/v1/targets", "the gateway is up", |text| text.contains("replied in"));
        page.until("/api/v1/targets", "a resolver that never answered is not watched", |text| text.contains("never_answered"));
        drop(service);
        program.end(Signal::TERM);
        assert!(program.output().contains("not watched unasked: tcp://127.0.0.1:3306"), "{}", program.output());
    });
}

#[test]
fn a_configuration_is_picked_up_when_it_appears_and_one_with_mistakes_changes_nothing() {
    inside(|| {
        let folder = folder();
        let mut program = Program::start(folder.path(), &["run", "--listen", "127.0.0.1:0"]);
        let page = Page::of(&program);
        configuration(folder.path(), "  - { name: configured, url: 'tcp://127.0.0.1:1' }\n");
        page.until("/api/v1/targets", "the target of the file", |text| text.contains("\"configured\""));
        configuration(folder.path(), "  - { name: configured, url: 'tcp://127.0.0.1:70000', evry: 1s }\n");
        program.until_it_says("Nothing was changed");
        let said = program.output();
        assert!(said.contains("port outside 1 to 65535") && said.contains("`evry`"), "both mistakes: {said}");
        assert!(page.get("/api/v1/targets").contains("\"configured\""));
        program.end(Signal::TERM);
    });
}

#[test]
fn urls_of_the_command_line_are_named_once_and_without_their_password() {
    let folder = folder();
    let url = "http://me:sup3rsecret@127.0.0.1:1/";
    let (code, said) = Program::refused(folder.path(), &["run", "--store", "h", "tcp://127.0.0.1:1", "tcp://127.0.0.1:1"]);
    assert_eq!((code, said.as_str()), (64, "tcp://127.0.0.1:1 is named twice.\n"));
    let mut program = Program::start(folder.path(), &["run", "--listen", "127.0.0.1:0", "--store", "h", url]);
    let page = Page::of(&program);
    page.until("/api/v1/targets", "the result", |text| text.contains("refused"));
    let shown = page.get("/api/v1/targets") + &page.get("/api/v1/events") + &page.get("/metrics") + &page.get("/");
    program.end(Signal::TERM);
    assert!(!shown.contains("sup3rsecret") && !program.output().contains("sup3rsecret"), "{shown}");
}

#[test]
fn what_a_running_program_cannot_change_is_said() {
    let folder = folder();
    configuration(folder.path(), "  - { name: gone, url: 'tcp://127.0.0.1:1' }\n");
    let mut program = Program::start(folder.path(), &["run", "--store", "h"]);
    program.until_it_says("History:");
    configuration(folder.path(), "  - { name: gone, url: 'tcp://127.0.0.1:1' }\nnode: { name: other }\nretention: { raw: 3d }\n");
    program.until_it_says("what changed in node, retention takes effect at the next start");
    program.end(Signal::TERM);
}

#[test]
fn it_ends_within_two_seconds_and_its_status_survives() {
    let folder = folder();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    configuration(
        folder.path(),
        &format!("  - {{ name: there, url: 'tcp://127.0.0.1:{port}' }}\n  - {{ name: gone, url: 'tcp://127.0.0.1:1' }}\n"),
    );
    for signal in [Signal::TERM, Signal::INT] {
        let mut program = Program::start(folder.path(), &["run", "--store", "history"]);
        let page = Page::of(&program);
        page.until("/api/v1/targets?status=down", "one down", |text| text.contains("\"gone\"") && !text.contains("\"there\""));
        let begun = Instant::now();
        program.end(signal);
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
    let mut program = Program::start(folder.path(), &["run", "--store", "history"]);
    let page = Page::of(&program);
    page.until("/api/v1/events?limit=1000", "the third start", |events| events.matches("\"event\":\"started\"").count() == 3);
    let events = page.get("/api/v1/events?limit=1000");
    assert_eq!(events.matches("\"to\":\"down\"").count(), 1, "restarts made up no transition: {events}");
    assert_eq!(events.matches("\"event\":\"target_added\"").count(), 2, "{events}");
    program.end(Signal::TERM);
}

#[test]
fn what_hinders_the_start_is_one_sentence_with_its_remedy() {
    let folder = folder();
    configuration(folder.path(), "  - url: 'tcp://127.0.0.1:1'\n");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, said) = Program::refused(folder.path(), &["run", "--store", "h", "--listen", &address]);
    assert_eq!((code, said.contains("is in use by another program; say --listen")), (69, true), "{said}");

    let mut first = Program::start(folder.path(), &["run", "--store", "h"]);
    first.until_it_says("History:");
    let (code, said) = Program::refused(folder.path(), &["run", "--store", "h", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("another"), "the store is in use: {said}");
    first.end(Signal::TERM);

    fs::write(folder.path().join("broken.db"), vec![b'x'; 8192]).unwrap();
    let (code, said) = Program::refused(folder.path(), &["run", "--store", "broken.db"]);
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("broken.db"), "{said}");

    let (code, said) = Program::refused(folder.path(), &["run", "example.com", "tcp://x:70000"]);
    assert_eq!(code, 64, "{said}");
    assert!(said.contains("https://example.com") && said.contains("70000"), "all mistakes at once: {said}");
}

#[test]
fn killed_at_once_it_has_lost_nothing_that_was_shown() {
    let folder = folder();
    configuration(folder.path(), "  - { name: gone, url: 'tcp://127.0.0.1:1' }\n");
    for round in 1..=5 {
        let mut program = Program::start(folder.path(), &["run", "--store", "h"]);
        let page = Page::of(&program);
        page.until("/api/v1/targets?status=down", "down", |text| text.contains("\"gone\""));
        let shown = page.get("/api/v1/events?limit=1000");
        program.end(Signal::KILL);
        let mut again = Program::start(folder.path(), &["run", "--store", "h"]);
        let kept = Page::of(&again).get("/api/v1/events?limit=1000");
        for event in shown.split("{\"node\"").skip(1).filter_map(|event| event.split("\"event\"").next()) {
            assert!(kept.contains(event.trim_end_matches(',')), "round {round}: lost {event}");
        }
        again.end(Signal::TERM);
    }
}
