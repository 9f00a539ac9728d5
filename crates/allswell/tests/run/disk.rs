//! Disks that fail: the page says so, whoever is to be woken is woken, and what was decided meanwhile is there afterwards.

use std::fs::{self, File};
use std::io::Write;
use std::net::TcpListener;
use std::path::Path;
use std::time::{Duration, Instant};

use allswell_testkit::namespace::inside;
use allswell_testkit::server::Server;
use allswell_testkit::server::site::Answer;
use rustix::mount::{MountFlags, mount};
use rustix::process::Signal;

use crate::page::Page;
use crate::program::Program;

/// Takes every byte that is left.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    let mut piece = 64 * 1024;
    while piece > 0 {
        if file.write_all(&vec![b'x'; piece]).is_err() {
            piece /= 2;
        }
    }
}

fn told(pager: &Server, kind: &str) -> usize {
    let kinds = pager.asked().into_iter().filter_map(|asked| serde_json::from_slice::<serde_json::Value>(&asked.body).ok());
    kinds.filter(|body| body["kind"] == kind).count()
}

fn until_told(pager: &Server, kind: &str, program: &Program) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while told(pager, kind) == 0 {
        assert!(Instant::now() < deadline, "nobody was told {kind}:\n{}", program.output());
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

#[test]
fn a_full_disk_silences_nobody() {
    inside(|| {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        fs::create_dir(&disk).unwrap();
        mount("tmpfs", &disk, "tmpfs", MountFlags::empty(), Some(c"size=4m")).unwrap();
        let pager = Server::http(|_| Answer::status(200));
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let text = format!(
            "listen: 127.0.0.1:0\nchannels: {{ oncall: {{ type: webhook, url: '{}' }} }}\n\
             defaults: {{ every: 50ms, timeout: 1s, recheck: 20ms, alert: oncall }}\ntargets: [{{ name: db, url: 'tcp://{address}' }}]\n",
            pager.url("http"),
        );
        fs::write(folder.path().join("allswell.yaml"), text).unwrap();
        let mut program = Program::start(folder.path(), &["run", "--store", "disk/allswell.db"]);
        let page = Page::of(&program);
        page.until("/api/v1/targets/db", "up", |text| text.contains("\"up\""));
        fill(&disk.join("filler"));
        page.until("/healthz", "the trouble", |text| text.contains("full"));
        assert!(page.get("/").contains("full"), "the page says so, too");

        drop(listener);
        until_told(&pager, "firing", &program);
        page.until("/api/v1/targets/db", "down, though nothing can be kept", |text| text.contains("\"down\""));
        page.until("/metrics", "what is lost", |text| {
            let lost = text.lines().find_map(|line| line.strip_prefix("allswell_store_results_total{kept=\"false\"} "));
            lost.is_some_and(|lost| lost.parse::<f64>().is_ok_and(|lost| lost > 0.0))
        });
        fs::remove_file(disk.join("filler")).unwrap();
        page.until("/healthz", "well again", |text| !text.contains("full"));
        page.until("/api/v1/events?limit=1000", "what was decided meanwhile", |text| text.contains("incident_began"));
        program.end(Signal::KILL);

        let _listener = TcpListener::bind(address).unwrap();
        let mut program = Program::start(folder.path(), &["run", "--store", "disk/allswell.db"]);
        until_told(&pager, "resolved", &program);
        program.end(Signal::TERM);
        assert_eq!(told(&pager, "firing"), 1, "the beginning is told once");
    });
}

#[test]
fn a_log_that_lost_its_end_is_said_on_the_page() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("allswell.yaml"),
        "listen: 127.0.0.1:0\ndefaults: { every: 50ms, timeout: 1s }\ntargets: [{ url: 'tcp://127.0.0.1:1' }]\n",
    )
    .unwrap();
    let mut program = Program::start(folder.path(), &["run", "--store", "allswell.db"]);
    let page = Page::of(&program);
    page.until("/api/v1/targets", "down", |text| text.contains("\"down\""));
    assert!(!page.get("/").contains("is lost"), "nothing is lost yet");
    program.end(Signal::KILL);
    let log = File::options().write(true).open(folder.path().join("allswell.db-wal")).unwrap();
    log.set_len(log.metadata().unwrap().len() / 2).unwrap();
    let mut program = Program::start(folder.path(), &["run", "--store", "allswell.db"]);
    let page = Page::of(&program);
    assert!(page.get("/").contains("A part of the history is lost: the last"), "{}", page.get("/"));
    page.until("/api/v1/targets", "it goes on", |text| text.contains("\"down\""));
    program.end(Signal::TERM);
}
